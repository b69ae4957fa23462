"""The admin UI's routes, and the files that all pages share."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.admin import cookies, csrf, session
from chalicelib.admin.permissions import Permission
from chalicelib.admin.session import Visit, restricted
from chalicelib.badges import addresses, outbox
from chalicelib.errors import NotFound
from chalicelib.http import Routes, href, html_answer, redirect, request

if TYPE_CHECKING:  # what one route needs is imported there
    from chalicelib.badges.activity import Show

routes = Routes(__name__, pages=True)

BROWSER_COOKIE = "browser"
BROWSER_LASTS_SECONDS = 24 * 60 * 60
_BROWSER = re.compile(r"[\w-]{43}", re.ASCII)
_NOTICES = {
    "retried": "It is in the queue again.",
    "not-failed": "There was nothing to retry: it is no longer failed.",
}


@routes.view("/static/{name}")
def static(name: str) -> Response:
    """Serve a stylesheet or a picture; for ever, to who knows its version."""
    from chalicelib import pages

    asset = pages.asset(name)
    if asset is None:
        raise NotFound(f"/static/{name} does not exist")
    lasting = request().argument("v") == asset.version
    caching = "public, max-age=31536000, immutable" if lasting else "public, max-age=300"
    return Response(asset.body, {"Content-Type": asset.media_type, "Cache-Control": caching})


@routes.view("/signin")
def show_sign_in() -> Response:
    """Ask for the address of whoever wants to sign in."""
    from chalicelib import pages

    if session.current():
        return redirect(href("/activity"))
    browser = _browser() or secrets.token_urlsafe(32)
    page = pages.render(
        "admin/signin.html",
        csrf=csrf.token(browser),
        email="",
        problem=None,
        signed_out=request().argument("notice") == "signed-out",
    )
    return html_answer(page, 200, cookies.written(BROWSER_COOKIE, browser, BROWSER_LASTS_SECONDS))


@routes.view("/signin", "POST")
def sign_in() -> Response:
    """Send a link to whoever may have one, and say the same to everybody."""
    from chalicelib import pages
    from chalicelib.admin import signin

    browser = _browser()
    form = csrf.checked_form(browser)
    email = form.get("email", "").strip()
    if browser is None or not addresses.is_address(email):
        page = pages.render(
            "admin/signin.html",
            csrf=form[csrf.FIELD],
            email=email,
            problem="Enter one e-mail address, such as name@example.org.",
            signed_out=False,
        )
        return html_answer(page, 400)
    signin.ask(email, browser)
    page = pages.render("admin/link-sent.html", email=email, minutes=signin.LINK_MINUTES)
    return html_answer(page)


@routes.view("/signin/{token}")
def open_link(token: str) -> Response:
    """Sign in by a link from a mail."""
    from chalicelib import pages
    from chalicelib.admin import signin

    try:
        email = signin.redeem(token, _browser())
    except signin.LinkRefused as refused:
        if refused.refusal is signin.Refusal.USED and session.current():
            return redirect(href("/activity"))
        page = pages.render(
            "admin/link-refused.html", refusal=refused.refusal.value, minutes=signin.LINK_MINUTES
        )
        return html_answer(page, refused.status)
    return redirect(href("/activity"), headers=session.started(email))


@routes.view("/signout", "POST")
def sign_out() -> Response:
    """Forget who is signed in."""
    if visit := session.current():
        csrf.checked_form(visit.cookie)
    return redirect(href("/signin?notice=signed-out"), headers=session.ended())


@routes.view("/admin")
def admin() -> Response:
    """Send on to the first page of the admin UI."""
    return redirect(href("/activity"))


@routes.view("/activity")
@restricted(Permission.SEE_ACTIVITY)
def show_activity(visit: Visit) -> Response:
    """Show what happened, and what was done about it."""
    from chalicelib import pages
    from chalicelib.admin import words
    from chalicelib.badges import activity

    show, number = _show(request().argument("state")), _number(request().argument("page"))
    page = pages.render(
        "admin/activity.html",
        visit=visit,
        show=show,
        page=activity.page(show, number),
        counts=activity.counts(),
        words=words,
        notice=_NOTICES.get(request().argument("notice") or ""),
    )
    return html_answer(page)


@routes.view("/activity/jobs/{id}/retry", "POST")
@restricted(Permission.RETRY_JOBS)
def retry_job(visit: Visit, id: str) -> Response:
    """Start a failed job over, and go back to where it was seen."""
    if not re.fullmatch(r"[0-9]{1,9}", id):
        raise NotFound(f"There is no job {id}")
    form = request().form(csrf.FORM_LIMIT)
    query = {
        "state": _show(form.get("state")).value,
        "page": _number(form.get("page")),
        "notice": "retried" if outbox.retry(int(id)) else "not-failed",
    }
    return redirect(href(f"/activity?{urlencode(query)}"))


def _browser() -> str | None:
    """Return what this browser is known by, unless it is not known yet."""
    browser = cookies.read(BROWSER_COOKIE)
    return browser if browser and _BROWSER.fullmatch(browser) else None


def _show(text: str | None) -> Show:
    from chalicelib.badges import activity

    return activity.Show(text) if text in set(activity.Show) else activity.Show.ALL


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and re.fullmatch(r"[0-9]{1,6}", text) else 1
