"""CSRF protection: each form carries a token derived from its user's cookie."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from chalicelib import config, limits
from chalicelib.admin.auth import keys
from chalicelib.errors import NotAuthorized
from chalicelib.i18n import gettext
from chalicelib.web import form as web_form
from chalicelib.web.form import Form
from chalicelib.web.request import request

FIELD = "csrf"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def token(cookie: str) -> str:
    """Return the token of forms for the browser with this cookie."""
    return hmac.new(keys.derive_key("forms").encode(), cookie.encode(), hashlib.sha256).hexdigest()


def checked_form(cookie: str | None, limit: int = limits.FORM) -> Form:
    """Return the form in the current request, after checking that it comes from our own page.

    Parameters
    ----------
    cookie : str or None
        The cookie that its token was derived from.
    limit : int
        The most bytes that it may have.

    Raises
    ------
    NotAuthorized
        If it comes from another site, or without the cookie or a valid token.
    TooLarge, InvalidContent
        If it cannot be read.
    """
    origin = request().headers.get("origin")
    if origin is not None and origin != _own_origin():
        raise NotAuthorized(
            gettext("This form was sent from another site. Open it at %(address)s.")
            % {"address": _own_origin()}
        )
    form = web_form.read(limit)
    if cookie is None:
        raise NotAuthorized(
            gettext(
                "This form was sent without its cookie. Allow cookies for this site, "
                "reload the page, and submit the form again."
            )
        )
    if not hmac.compare_digest(form.text(FIELD).encode(), token(cookie).encode()):
        raise NotAuthorized(gettext("This form has expired. Reload the page and submit it again."))
    return form


def _own_origin() -> str:
    audience = urlsplit(config.settings().url(""))
    host = f"[{audience.hostname}]" if ":" in (audience.hostname or "") else audience.hostname
    port = audience.port
    shown = "" if port in (None, _DEFAULT_PORTS.get(audience.scheme)) else f":{port}"
    return f"{audience.scheme}://{host}{shown}"
