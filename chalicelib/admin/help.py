"""Pages open to anyone: Help, About and Terms of use."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any, NamedTuple

from chalice.app import Response

from chalicelib import config
from chalicelib.admin.auth import session
from chalicelib.admin.shell import responses
from chalicelib.config import SettingError
from chalicelib.errors import NotFound
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.web.responses import html_response, redirect

PICTURES = Path(__file__).parents[1] / "guide"
CACHE_CONTROL = {"Cache-Control": "public, max-age=300"}  # less than the bucket's links are valid
_NAME = re.compile(r"([a-z0-9-]{1,40})\.png", re.ASCII)

# The default terms, for deployments without the setting TERMS_OF_USE.
TERMS = (
    _("By using this site, you agree to follow the law and these rules."),
    _(
        "Earners: a badge is yours from the day it is awarded. Anyone with its link can see it, but "
        "not your email address. If the badge is revoked, its page says so."
    ),
    _(
        "Issuers: award badges only to people who earned them, use only images and text that you "
        "have the right to use, and keep applications and email addresses confidential."
    ),
    _(
        "Email addresses are stored only to award badges and to send email about them. To see, "
        "correct, or delete the data stored about you, contact the organization that issued your "
        "badge."
    ),
    _("This site is provided as is. Its operators may change these terms and will post them here."),
)

_OFL = ("SIL Open Font License 1.1", "https://openfontlicense.org/open-font-license-official-text/")
_APACHE = ("Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0")


class Credit(NamedTuple):
    """A third-party work that the studio uses; the license texts are in `studio/licences`."""

    name: str
    address: str
    what: str
    whose: str
    licence: str
    terms: str


CREDITS = (
    Credit(
        "Phosphor Icons",
        "https://phosphoricons.com/",
        _("Graphics"),
        "Copyright (c) 2023 Phosphor Icons",
        "MIT License",
        "https://github.com/phosphor-icons/core/blob/main/LICENSE",
    ),
    Credit(
        "Nunito",
        "https://github.com/googlefonts/nunito",
        _("Latin and Cyrillic scripts"),
        "Copyright 2014 The Nunito Project Authors",
        *_OFL,
    ),
    Credit(
        "Noto Sans",
        "https://notofonts.github.io/",
        _("Scripts of India, Thailand, Myanmar, and Ethiopia"),
        "Copyright 2022 The Noto Project Authors",
        *_OFL,
    ),
    Credit(
        "DejaVu Sans",
        "https://dejavu-fonts.github.io/",
        _("Greek, Arabic, Hebrew, Armenian, and Georgian scripts, and symbols"),
        "Copyright (c) 2003 Bitstream, Inc.; 2006 Tavmjong Bah",
        "Bitstream Vera",
        "https://dejavu-fonts.github.io/License.html",
    ),
    Credit(
        "Droid Sans Fallback",
        "https://android.googlesource.com/platform/frameworks/base/",
        _("Chinese, Japanese, and Korean scripts"),
        "Copyright 2006-2010 Google Corp",
        *_APACHE,
    ),
    Credit(
        "resvg",
        "https://github.com/linebender/resvg",
        _("SVG rendering"),
        "Copyright 2017 the Resvg Authors",
        *_APACHE,
    ),
)


def show_help() -> Response:
    """Show the guide."""
    return _page("help", pictures=_pictures(), sign_in_minutes=_link_minutes())


def about() -> Response:
    """Show the About page: version, license and credits."""
    return _page("about", credits=CREDITS)


def terms() -> Response:
    """Show the terms of use: those of the setting, or the default ones."""
    own = _own_terms()
    return _page("terms", paragraphs=own or [gettext(text) for text in TERMS])


def picture(name: str) -> Response:
    """Redirect to a picture of the guide in the bucket."""
    from chalicelib.imaging import builtin

    found = _NAME.fullmatch(name)
    if not found or found[1] not in _pictures():
        raise NotFound(f"/help/pictures/{name} does not exist")
    return redirect(builtin.link(PICTURES / name), 302, CACHE_CONTROL)


def _page(template: str, **context: Any) -> Response:
    """Return a page; signed-in users see it in the frame of the admin UI."""
    from chalicelib.web import templates

    visit = session.current()
    frame = "admin/base.html" if visit else "base.html"
    brand = responses.brand_at(visit) if visit else None
    shown = {"frame": frame, "visit": visit, "place": "", **context}
    text = templates.render(f"guide/{template}.html", brand, **shown)
    return html_response(text, headers={"Vary": "Cookie"})


def _link_minutes() -> int:
    from chalicelib.admin.auth import sign_in_links

    return sign_in_links.LINK_MINUTES


@functools.cache
def _pictures() -> frozenset[str]:
    """Return the names of the guide's pictures."""
    return frozenset(path.stem for path in PICTURES.glob("*.png"))


def _own_terms() -> list[str]:
    """Return the paragraphs of the setting `TERMS_OF_USE`, or of the file that it names.

    Raises
    ------
    SettingError
        If the file cannot be read.
    """
    text = (config.settings().optional("TERMS_OF_USE") or "").strip()
    if text.startswith("@"):
        try:
            text = Path(text[1:]).read_text("utf-8")
        except (OSError, ValueError) as problem:
            raise SettingError(f"the file of the setting TERMS_OF_USE: {problem}") from problem
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    return [paragraph.strip() for paragraph in paragraphs if paragraph.strip()]
