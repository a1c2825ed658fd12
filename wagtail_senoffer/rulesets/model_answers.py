"""What a good answer could sound like, section by section: of a school that does not exist.

Apart from the rulesets, which are never edited once they have been in force.
"""

import tomllib
from functools import cache
from pathlib import Path

from .loader import Kind

FOLDER = Path(__file__).parent / "model-answers"


def model_answer(kind: Kind, code: str) -> tuple[str, ...]:
    """Return the paragraphs of the model answer to a section; () where there is none."""
    return _of(kind).get(code, ())


@cache
def _of(kind: Kind) -> dict[str, tuple[str, ...]]:
    path = FOLDER / f"{kind.value}.toml"
    found = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    return {code: tuple(text.strip().splitlines()) for code, text in found.items()}
