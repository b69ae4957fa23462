"""Catalogs: the template has all texts, and added languages are used."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from chalicelib import i18n
from infra import catalogs

SOURCE = """
from chalicelib.i18n import gettext, ngettext
from chalicelib.i18n import gettext_noop as _
TITLE = _("A title")
TEXT = gettext("Hello %(name)s")
MANY = ngettext("%(num)s badge", "%(num)s badges", 2)
SECRET = "not for people"
"""
PAGE = """
<p title="{{ _('A hint') }}">{% trans name=name %}Hello <b>{{ name }}</b>{% endtrans %}</p>
{% if x %}
  {{ _("In a block") }}
{% endif %}
"""


def ids(catalog: Any) -> set[Any]:
    return {message.id for message in catalog if message.id}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A small application with a module and a template."""
    (tmp_path / "templates/public").mkdir(parents=True)
    (tmp_path / "module.py").write_text(SOURCE)
    (tmp_path / "templates/page.html").write_text(PAGE)
    (tmp_path / "templates/public/api.html").write_text('{{ _("For developers") }}')
    return tmp_path


def test_the_template_has_every_text() -> None:
    template = catalogs.read(catalogs.CODE / catalogs.TEMPLATE)
    found = catalogs.extracted()
    assert ids(found) - ids(template) == set(), "texts are missing: run `make messages`"
    assert ids(template) - ids(found) == set(), "texts are gone: run `make messages`"


def test_texts_are_found_in_modules_and_templates(code: Path) -> None:
    assert ids(catalogs.extracted(code)) == {
        "A title",
        "Hello %(name)s",
        ("%(num)s badge", "%(num)s badges"),
        "A hint",
        "Hello <b>%(name)s</b>",
        "In a block",
    }


def test_the_template_is_reproducible(code: Path) -> None:
    catalogs.update(code)
    first = (code / catalogs.TEMPLATE).read_bytes()
    shutil.copytree(code, code / "elsewhere")
    catalogs.update(code / "elsewhere")
    assert (code / "elsewhere" / catalogs.TEMPLATE).read_bytes() == first
    assert b"Creation-Date" not in first
    assert first.index(b'"A hint"') < first.index(b'"A title"') < first.index(b'"In a block"')


def translated(code: Path, locale: str, **texts: str) -> Path:
    """Add a language, as a translator does; return its file."""
    catalogs.update(code)
    path = code / f"locales/{locale}/LC_MESSAGES/badgekit.po"
    path.parent.mkdir(parents=True)
    shutil.copyfile(code / catalogs.TEMPLATE, path)
    catalog = catalogs.read(path)
    for message in catalog:
        if message.id == "A title":
            message.string = texts["title"]
    path.write_bytes(catalogs.written(catalog))
    return path


def test_an_update_keeps_translations_and_adds_new_texts(code: Path) -> None:
    path = translated(code, "de", title="Ein Titel")
    (code / "module.py").write_text(SOURCE + 'NEW = gettext("Something new")\n')
    catalogs.update(code)
    catalog: Any = catalogs.read(path)
    assert catalog["A title"].string == "Ein Titel"
    assert catalog["Something new"].string == ""


def test_a_compiled_translation_is_used(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translated(code, "pt_BR", title="Um título")
    catalogs.compile_all(code)
    monkeypatch.setattr(i18n, "LOCALES", code / "locales")
    forget = (i18n._available, i18n._chosen, i18n._translations)
    for kept in forget:
        kept.cache_clear()
    try:
        i18n.accepted.set("fr, pt-BR;q=0.9, en;q=0.8")
        assert i18n.current() == "pt-BR"
        assert i18n.gettext("A title") == "Um título"
        assert i18n.gettext("A hint") == "A hint"
    finally:
        i18n.accepted.set("")
        for kept in forget:
            kept.cache_clear()


def test_the_package_has_compiled_translations(code: Path) -> None:
    path = translated(code, "de", title="Ein Titel")
    out = code / "package/locales/de/LC_MESSAGES/badgekit.mo"
    catalogs.compile_to(path, out)
    assert b"Ein Titel" in out.read_bytes()
