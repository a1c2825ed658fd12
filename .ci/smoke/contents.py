"""Says what the wheel and the sdist hold that they should not, or lack: contents.py FILE..."""

import sys
import tarfile
import zipfile
from pathlib import Path

FOREIGN = ("example_site", "tests", "templates")


def names(archive: Path) -> set[str]:
    """Return the files in an archive; those of a sdist without its outer folder."""
    if archive.suffix == ".whl":
        return set(zipfile.ZipFile(archive).namelist())
    with tarfile.open(archive) as tar:
        return {member.name.partition("/")[2] for member in tar if member.isfile()}


def expected() -> set[str]:
    """Return the package's files as they are in the repository."""
    files = Path("wagtail_senoffer").rglob("*")
    return {str(each) for each in files if each.is_file() and "__pycache__" not in each.parts}


for each in sys.argv[1:]:
    found = names(Path(each))
    missing = sorted(expected() - found)
    if missing:
        sys.exit(f"{Path(each).name} lacks {', '.join(missing)}")
    foreign = sorted(name for name in found if name.startswith(FOREIGN))
    if foreign:
        sys.exit(f"{Path(each).name} holds {', '.join(foreign)}")
    print(f"{Path(each).name}: {len(found)} files, every one of the package's")
