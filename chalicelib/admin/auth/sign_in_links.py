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

from peewee import Case, fn

from chalicelib import config, limits, times, tokens
from chalicelib.admin.auth import keys, mails, permissions
from chalicelib.aws import mail
from chalicelib.data.connection import transact
from chalicelib.data.models import SignIn
from chalicelib.domain.shared import email_addresses

log = logging.getLogger("badgekit")

LINK_MINUTES = 15
LINK_LASTS = timedelta(minutes=LINK_MINUTES)
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
        nonce = secrets.token_urlsafe(32)
        if _record_request(email, nonce, browser, keep=person is not None) and person:
            token = tokens.sign(
                {"nonce": nonce, "exp": times.unix(times.now() + LINK_LASTS)}, _key()
            )
            _send(person.email, config.settings().url(f"/signin/{token}"), nonce)


@contextlib.contextmanager
def _constant_time() -> Iterator[None]:
    """Make the request take the same time whether an email is sent or not."""
    end = time.monotonic() + RESPONSE_SECONDS
    yield
    time.sleep(max(0.0, end - time.monotonic()))


def _record_request(email: str, nonce: str, browser: str, *, keep: bool) -> bool:
    """Store a link unless the address has too many; delete expired ones.

    Returns
    -------
    bool
        Whether the link was stored.
    """
    key = email_addresses.key(email)
    now = times.now()

    def work() -> bool:
        SignIn.delete().where(SignIn.expires <= now).execute()
        digest = _digest(browser)
        alive, here = (
            SignIn.select(
                fn.COUNT(SignIn.id), fn.COUNT(Case(None, [(SignIn.browser == digest, 1)]))
            )
            .where(SignIn.email == key, SignIn.used.is_null())
            .scalar(as_tuple=True)
        )
        is_too_many = (
            alive >= limits.SIGN_IN_LINKS_PER_ADDRESS or here >= limits.SIGN_IN_LINKS_PER_BROWSER
        )
        if not keep or is_too_many:
            return False
        SignIn.create(nonce=nonce, email=key, browser=digest, expires=now + LINK_LASTS)
        return True

    return transact(work)


def _send(email: str, link: str, nonce: str) -> None:
    message = mails.sign_in(email, link, LINK_MINUTES)
    try:
        mail.send(message)
    except mail.UncertainError:
        log.warning("SES may or may not have accepted a sign-in email")
    except Exception as problem:
        # The email was not sent, so its link must not count towards the limit of the address. SES's
        # message contains the address and is not logged. The response does not change: otherwise
        # an error of SES would reveal which addresses can sign in.
        transact(lambda: SignIn.delete().where(SignIn.nonce == nonce).execute())
        code = getattr(problem, "response", {}).get("Error", {}).get("Code", "")
        log.warning("SES did not accept a sign-in email: %s %s", type(problem).__name__, code)


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


def _key() -> str:
    return keys.derive_key("sign-in link")


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
