"""What the guide's pages show and name, and whether a picture still looks like the screen."""

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from django.template.loader import get_template
from PIL import Image, ImageChops, ImageFilter, ImageStat

import wagtail_senoffer

FOLDER = Path(wagtail_senoffer.__file__).parent / "static" / "wagtail_senoffer" / "guide"
# Fonts of other machines make a picture a little larger or smaller.
STRETCH = 0.15
SLACK = 24  # pixels
CELL = 12  # pixels that become one
# Of 255. Other fonts move single letters: what differs then is less than a line of words.
LOOK = 40
SHARE = 0.04


@dataclass(frozen=True)
class Step:
    """A step of a page: its name, the labels that it names, and whether it shows a picture."""

    name: str
    labels: tuple[str, ...]
    is_shown: bool


def steps(slug: str) -> dict[str, Step]:
    """Return the steps of a page of the guide by their names, in order."""
    template = get_template(f"wagtail_senoffer/guide/{slug}.html").template
    _before, *parts = re.split(r'<section data-step="', template.source)
    found = {}
    for part in parts:
        name, rest = part.split('"', 1)
        body = rest.partition("</section>")[0]
        labels = re.findall(r'<b class="ui">(.*?)</b>', body)
        shown = re.findall(r'picture.html" with name="([\w-]+)"', body)
        assert shown in ([], [name])
        found[name] = Step(name, tuple(map(unescape, labels)), bool(shown))
    return found


def difference(stored: Image.Image, new: Image.Image) -> str:
    """Say how a stored picture differs from the screen of today; "" if it looks the same.

    Both are looked at from afar, where a letter is a grey spot.
    """
    for old, now in zip(stored.size, new.size, strict=True):
        if abs(old - now) > max(SLACK, STRETCH * old):
            return f"it is {stored.size} large, and the screen {new.size}"
    size = tuple(max(1, each // CELL) for each in new.size)
    # An edge that lies beside another by less than a letter is no difference.
    far = [
        each.convert("L").resize(size, Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))
        for each in (stored, new)
    ]
    spots = ImageChops.difference(*far).point(lambda value: 255 * (value > LOOK // 4))
    share = ImageStat.Stat(spots).mean[0] / 255
    return f"{share:.0%} of it looks otherwise" if share > SHARE else ""
