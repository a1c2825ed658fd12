"""The JSON Schema of a published Document, and an example that the tests hold to it.

After a change of document.py: `python -m wagtail_senoffer.schemas`. It needs no settings.
"""

import json
from pathlib import Path
from typing import Any

from ..document import SCHEMA_VERSION, Document

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / f"document-{SCHEMA_VERSION}.schema.json"
EXAMPLE = FOLDER / f"document-{SCHEMA_VERSION}.example.json"


def document_schema() -> dict[str, Any]:
    """Return the JSON Schema that the models give."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:wagtail-senoffer:document:{SCHEMA_VERSION}",
        **Document.model_json_schema(),
    }


def as_text(data: dict[str, Any]) -> str:
    """Return JSON as it stands in this folder's files: keys sorted, two blanks a level."""
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
