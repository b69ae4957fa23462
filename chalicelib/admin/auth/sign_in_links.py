"""One-time sign-in links: valid for fifteen minutes, once, in one browser."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from chalicelib import config, logs, times, tokens
from chalicelib.admin.auth import keys, known_browsers, mails, permissions, sign_in_limits
from chalicelib.aws import mail
from chalicelib.data import locks
from chalicelib.data.connection import transact
from chalicelib.data.models import SignIn
from chalicelib.domain.shared import email_addresses
from chalicelib.web.request import request

log = logging.getLogger("badgekit")

LINK_MINUTES = 15
LINK_LASTS = timedelta(minutes=LINK_MINUTES)
COUNTED_FOR = timedelta(hours=1) - LINK_LASTS  # after it expired
RESPONSE_SECONDS = 1.0


class Refusal(StrEnum):
    """The reason why a link is refused."""

    TAMPERED = "tampered"
    EXPIRED = "expired"
    USED = "used"
    OTHER_BROWSER = "other-browser"


class LinkRefused(Exception):
    """A sign-in link is not valid; `status` is the HTTP status of the response.

    Parameters
    ----------
    refusal : Refusal
        The reason.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        # An expired or used link is gone; any other was never valid in this browser.
        self.status = 410 if refusal in (Refusal.EXPIRED, Refusal.USED) else 403


def request_link(email: str, browser: str) -> None:
    """Send a sign-in link to an address if it can sign in, without revealing whether it can.

    Parameters
    ----------
    email : str
        The address, as typed.
    browser : str
        The random id in the browser's cookie.
    """
    with _constant_time():
        person = permissions.person(email)
        if person is None:
            _log("sign-in link", "refused", email, "no access")
            return
        nonce = secrets.token_urlsafe(32)
        if limit := _store_link(email, nonce, _requester(email, browser)):
            _log("sign-in link", "refused", email, f"{limit.value} limit")
            logs.count("SignInLimit")
            return
        token = tokens.sign({"nonce": nonce, "exp": times.unix(times.now() + LINK_LASTS)}, _key())
        sent = _send(person.email, config.settings().url(f"/signin/{token}"), nonce)
        _log("sign-in link", "sent" if sent else "not sent", email)


@contextlib.contextmanager
def _constant_time() -> Iterator[None]:
    """Make the request take the same time whether an email is sent or not."""
    end = time.monotonic() + RESPONSE_SECONDS
    try:
        yield
    finally:
        time.sleep(max(0.0, end - time.monotonic()))


def _requester(email: str, browser: str) -> sign_in_limits.Requester:
    known = known_browsers.known_for(email)
    return sign_in_limits.Requester(
        browser=_digest(browser),
        network=sign_in_limits.network_of(request().source),
        known=known and keys.keyed_hash("known browser", known),
    )


def _store_link(
    email: str, nonce: str, requester: sign_in_limits.Requester
) -> sign_in_limits.Limit | None:
    """Store a link unless a limit was reached, and return that; delete old links.

    Links stay for an hour after they were requested, to be counted. One that gives way expires.
    """
    key = email_addresses.key(email)
    now = times.now()

    def work() -> sign_in_limits.Limit | None:
        locks.hold("sign-in", key)
        SignIn.delete().where(SignIn.expires <= now - COUNTED_FOR).execute()
        last_hour = list(SignIn.select().where(SignIn.email == key).order_by(SignIn.id))
        decision = sign_in_limits.decide(requester, last_hour)
        if decision.limit:
            return decision.limit
        if decision.gives_way:
            SignIn.update(expires=now).where(SignIn.id == decision.gives_way).execute()
        SignIn.create(
            nonce=nonce, email=key, browser=requester.browser, network=requester.network,
            known=decision.known, expires=now + LINK_LASTS,
        )  # fmt: skip
        return None

    return transact(work)


def _send(email: str, link: str, nonce: str) -> bool:
    """Send a link; tell whether it may have been sent."""
    message = mails.sign_in(email, link, LINK_MINUTES)
    try:
        mail.send(message)
    except mail.UncertainError:
        log.warning("SES may or may not have accepted a sign-in email")
    except Exception as problem:
        # The email was not sent, so its link must not count towards the limit of the address. The
        # response does not change: otherwise an error of SES would reveal which addresses can sign
        # in.
        transact(lambda: SignIn.delete().where(SignIn.nonce == nonce).execute())
        log.warning("SES did not accept a sign-in email: %s", mail.kind_of(problem))
        return False
    return True


def redeem(token: str, browser: str | None) -> str:
    """Use a sign-in link.

    Parameters
    ----------
    token : str
        The last part of the link's path.
    browser : str or None
        The id in the browser's cookie, if it has one.

    Returns
    -------
    str
        The email address that is signed in.

    Raises
    ------
    LinkRefused
        If the link is not valid.
    """
    try:
        email = _redeem(token, browser)
    except LinkRefused as refused:
        _log("sign-in", "refused", reason=refused.refusal.value)
        raise
    _log("sign-in", "done", email)
    return email


def _redeem(token: str, browser: str | None) -> str:
    claims = tokens.claims(token, [_key()])
    if claims is None:
        raise LinkRefused(Refusal.TAMPERED)
    now = times.now()
    row = transact(lambda: SignIn.get_or_none(SignIn.nonce == claims["nonce"]))
    if row is None or row.expires <= now or claims["exp"] <= times.unix(now):
        raise LinkRefused(Refusal.EXPIRED)
    if browser is None or not hmac.compare_digest(row.browser, _digest(browser)):
        raise LinkRefused(Refusal.OTHER_BROWSER)
    used = transact(
        lambda: SignIn.update(used=now).where(SignIn.id == row.id, SignIn.used.is_null()).execute()
    )
    if not used:
        raise LinkRefused(Refusal.USED)
    email: str = row.email
    return email


def _log(step: str, outcome: str, email: str | None = None, reason: str | None = None) -> None:
    """Log one step of signing in. People are told apart by a keyed hash, never by their address."""
    who = email and keys.keyed_hash("log", email_addresses.key(email))[:16]
    logs.record(step, outcome=outcome, reason=reason, person=who)


def _key() -> str:
    return keys.derive_key("sign-in link")


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
