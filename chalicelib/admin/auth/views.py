"""Sign-in and sign-out pages, and static files."""

from __future__ import annotations

import re
import secrets

from chalice.app import Response

from chalicelib.admin.auth import cookies, csrf, known_browsers, return_to, session
from chalicelib.domain.owners import accounts
from chalicelib.domain.shared import email_addresses
from chalicelib.errors import NotFound
from chalicelib.web import assets, templates
from chalicelib.web.request import request
from chalicelib.web.responses import html_response, redirect
from chalicelib.web.urls import href

BROWSER_COOKIE = "browser"
BROWSER_LASTS_SECONDS = 24 * 60 * 60
_BROWSER = re.compile(r"[\w-]{43}", re.ASCII)
HOME = "/home"  # leads on, by what the user may do and has done
SIGN_IN_LIMIT = 16 * 1024  # bytes; the form is open to anyone


def static(name: str) -> Response:
    """Serve a static file, cached permanently if the URL has its current version."""
    asset = assets.asset(name)
    if asset is None:
        raise NotFound(f"/static/{name} does not exist")
    is_current = request().argument("v") == asset.version
    cache_control = "public, max-age=31536000, immutable" if is_current else "public, max-age=300"
    return Response(asset.body, {"Content-Type": asset.media_type, "Cache-Control": cache_control})


def show_sign_in() -> Response:
    """Show the sign-in form, or redirect a signed-in user to the first page."""
    if session.current():
        return redirect(href(HOME))
    browser = _browser() or secrets.token_urlsafe(32)
    email = request().argument("email") or ""  # from an invitation
    page = templates.render(
        "admin/signin.html",
        csrf=csrf.token(browser),
        email=email if email_addresses.is_address(email) else "",
        problem=None,
        signed_out=request().argument("notice") == "signed-out",
    )
    return html_response(
        page, 200, cookies.set_cookie(BROWSER_COOKIE, browser, BROWSER_LASTS_SECONDS)
    )


def sign_in() -> Response:
    """Send a sign-in link; show the same page whether or not the address can sign in."""
    from chalicelib.admin.auth import sign_in_links

    browser = _browser()
    form = csrf.checked_form(browser, SIGN_IN_LIMIT)
    email = form.text("email")
    if browser is None or not email_addresses.is_address(email):
        page = templates.render(
            "admin/signin.html",
            csrf=form.text(csrf.FIELD),
            email=email,
            problem=email_addresses.hint(email),
            signed_out=False,
        )
        return html_response(page, 400)
    sign_in_links.request_link(email, browser)
    page = templates.render("admin/link-sent.html", email=email, minutes=sign_in_links.LINK_MINUTES)
    return html_response(page)


def open_link(token: str) -> Response:
    """Sign in with a link from an email; the first sign-in has another API read.

    HEAD does not use the link up: mail programs, chats, and scanners of links send it.
    """
    from chalicelib.admin.auth import sign_in_links
    from chalicelib.registry import reading

    if request().method == "HEAD":  # a program looks whether the link leads anywhere
        return html_response("")
    try:
        email = sign_in_links.redeem(token, _browser())
    except sign_in_links.LinkRefused as refused:
        if refused.refusal is sign_in_links.Refusal.USED and session.current():
            return redirect(href(HOME))
        page = templates.render(
            "admin/link-refused.html",
            refusal=refused.refusal.value,
            minutes=sign_in_links.LINK_MINUTES,
        )
        return html_response(page, refused.status)
    accounts.accept_invitation(email)
    reading.request_first()
    cookies_ = [
        session.start(email),
        known_browsers.remember(email),
        cookies.set_cookie(return_to.COOKIE, "", 0),
    ]
    headers = {"Set-Cookie": [one["Set-Cookie"] for one in cookies_]}
    return redirect(href(return_to.target(HOME)), headers=headers)


def admin() -> Response:
    """Redirect to the first page of the admin UI."""
    return redirect(href(HOME))


def sign_out() -> Response:
    """End the session."""
    if visit := session.current():
        csrf.checked_form(visit.cookie)
    return redirect(href("/signin?notice=signed-out"), headers=session.end())


def _browser() -> str | None:
    """Return the id in the browser's cookie, or None."""
    browser = cookies.read(BROWSER_COOKIE)
    return browser if browser and _BROWSER.fullmatch(browser) else None
