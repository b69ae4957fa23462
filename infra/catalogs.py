"""Message catalogs: `python -m infra.catalogs` extracts the UI texts of modules and templates.

`make messages` writes them to `chalicelib/locales/badgekit.pot` and updates the `.po` file of each
language. To add a language, copy the template to `locales/<language>/LC_MESSAGES/badgekit.po`. The
application reads `.mo` files, which are compiled from the `.po` files when the package is built or a
local run starts, and are not in the repository.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib import VERSION

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

CODE = Path(__file__).parents[1] / "chalicelib"
TEMPLATE = Path("locales/badgekit.pot")
METHODS = [
    ("templates/public/api.html", "ignore"),  # for developers, in English only
    ("templates/**", "jinja2"),
    ("**.py", "python"),
]
# The same as in chalicelib/web/templates.py.
OPTIONS = {
    "templates/**": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true",
                     "silent": "false"},
}  # fmt: skip
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
HEADER = "# Texts of BadgeKit: see infra/catalogs.py."
# Header lines that depend on the date or the machine.
UNSTEADY = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Report-Msgid-Bugs')


def extracted(code: Path = CODE) -> Catalog:
    """Return all UI texts, with the files that contain them."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir

    catalog = Catalog(header_comment=HEADER, project="BadgeKit", version=VERSION, fuzzy=False)
    for name, line, message, comments, context in extract_from_dir(
        code, METHODS, OPTIONS, KEYWORDS
    ):
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the content of a catalog's file, without header lines that vary."""
    from babel.messages.pofile import write_po

    file = io.BytesIO()
    write_po(file, catalog, width=100, sort_output=True, include_lineno=False)
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(UNSTEADY))


def read(path: Path) -> Catalog:
    """Return the catalog in a file."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name if path.suffix == ".po" else None)


def update(code: Path = CODE) -> None:
    """Write the template, and update the catalog of each language."""
    template = extracted(code)
    path = code / TEMPLATE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(written(template))
    for translated in languages(code):
        catalog = read(translated)
        catalog.update(template, no_fuzzy_matching=True)
        translated.write_bytes(written(catalog))


def languages(code: Path = CODE) -> list[Path]:
    """Return the `.po` file of each language."""
    return sorted(code.glob("locales/*/LC_MESSAGES/badgekit.po"))


def compile_to(path: Path, out: Path) -> None:
    """Compile the `.po` file of a language to a `.mo` file."""
    from babel.messages.mofile import write_mo

    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("wb") as file:
        write_mo(file, read(path))


def compile_all(code: Path = CODE) -> None:
    """Compile all languages, each beside its `.po` file."""
    for path in languages(code):
        compile_to(path, path.with_suffix(".mo"))


if __name__ == "__main__":
    update()
