"""Brands: the name and logo that pages, emails and the studio show, and who sets them.

A system has its own. The setting `BRANDING` overrides names: all of them, or those of the systems
that it lists. What belongs to no system, such as the sign-in page, shows the deployment's brand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from chalicelib import config, texts
from chalicelib.config import SettingError
from chalicelib.errors import Unavailable

PRODUCT = "BadgeKit"


class Brand(NamedTuple):
    """Whose page or email something is.

    Parameters
    ----------
    name : str
        The name, in one line.
    logo : str or None
        Public URL of the logo; None shows BadgeKit's own mark.
    email : str or None
        The address to reply to.
    """

    name: str
    logo: str | None = None
    email: str | None = None


_find: Callable[[], Brand] | None = None
_known: Brand | None = None


def use(find: Callable[[], Brand]) -> None:
    """Look the deployment's brand up with this function, which reads the database."""
    global _find, _known
    _find, _known = find, None


def of_deployment() -> Brand:
    """Look up the deployment's brand.

    Raises
    ------
    SettingError
        If `BRANDING` cannot be parsed.
    Unavailable
        If the database is away.
    """
    global _known
    _known = _find() if _find else Brand(name())
    return _known


def known() -> Brand:
    """Return the deployment's brand as it was last looked up in this process, or by `BRANDING`.

    It never fails, nor reads the database: error pages show it, and what crawlers request at
    random must not wake a database that sleeps.
    """
    if _known:
        return _known
    try:
        return Brand(name())
    except SettingError:
        return Brand(PRODUCT)


def for_page() -> Brand:
    """Return the deployment's brand for a page that may read nothing else.

    If the database sleeps when idle, or is away, this is the one that is known.
    """
    if config.settings().flag("DATABASE_SLEEPS"):
        return known()
    try:
        return of_deployment()
    except Unavailable:
        return known()


def name(system: str | None = None, own: str = "") -> str:
    """Return the name to show: that of the setting `BRANDING`, or else a system's own.

    Parameters
    ----------
    system : str, optional
        The system's slug; by default that of the deployment's system.
    own : str
        The system's own name.

    Raises
    ------
    SettingError
        If `BRANDING` is an object that cannot be parsed.
    """
    settings = config.settings()
    override = settings.optional("BRANDING") or ""
    if override.lstrip().startswith("{"):
        key = system or settings.optional("OPENBADGER_SYSTEM")
        override = str(settings.json("BRANDING").get(key) or "")
    return texts.one_line(override) or texts.one_line(own) or PRODUCT
