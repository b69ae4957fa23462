"""Catalogs of texts: `python -m infra.catalogs` takes all of them out of modules and templates.

They are written to `chalicelib/locales/badgekit.pot`, and what is new or gone into the `.po` file of
each language (`make messages`). A language is added by copying the template to
`locales/<language>/LC_MESSAGES/badgekit.po`. What runs reads `.mo` files; these are made from the
`.po` files when the package is built or a local run starts, and are not kept.
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
    ("templates/public/api.html", "ignore"),  # for developers, who read English
    ("templates/**", "jinja2"),
    ("**.py", "python"),
]
# As in chalicelib/web/templates.py.
OPTIONS = {
    "templates/**": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true",
                     "silent": "false"},
}  # fmt: skip
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
HEADER = "# Texts of BadgeKit: see infra/catalogs.py."
# They differ from day to day, or from machine to machine.
UNSTEADY = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Report-Msgid-Bugs')


def extracted(code: Path = CODE) -> Catalog:
    """Return all texts that people read, with the files they stand in."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir

    catalog = Catalog(header_comment=HEADER, project="BadgeKit", version=VERSION, fuzzy=False)
    for name, line, message, comments, context in extract_from_dir(
        code, METHODS, OPTIONS, KEYWORDS
    ):
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return a catalog as a file, the same whenever and wherever it is written."""
    from babel.messages.pofile import write_po

    file = io.BytesIO()
    write_po(file, catalog, width=100, sort_output=True, include_lineno=False)
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(UNSTEADY))


def read(path: Path) -> Catalog:
    """Return the catalog of a file."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name if path.suffix == ".po" else None)


def update(code: Path = CODE) -> None:
    """Write the template, and tell each language what is new in it and what is gone."""
    template = extracted(code)
    path = code / TEMPLATE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(written(template))
    for translated in languages(code):
        catalog = read(translated)
        catalog.update(template, no_fuzzy_matching=True)
        translated.write_bytes(written(catalog))


def languages(code: Path = CODE) -> list[Path]:
    """Return the file of each language."""
    return sorted(code.glob("locales/*/LC_MESSAGES/badgekit.po"))


def compile_to(path: Path, out: Path) -> None:
    """Make what runs reads of the file of a language."""
    from babel.messages.mofile import write_mo

    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("wb") as file:
        write_mo(file, read(path))


def compile_all(code: Path = CODE) -> None:
    """Make what runs reads, beside the file of each language."""
    for path in languages(code):
        compile_to(path, path.with_suffix(".mo"))


if __name__ == "__main__":
    update()
