"""Invitations: the email that tells users what they may do, and where they sign in.

The email holds no one-time link, which would have expired when it is read: the user signs in with
the address that was invited.
"""

from __future__ import annotations

import logging
from enum import StrEnum
from urllib.parse import urlencode

from chalicelib import config
from chalicelib.admin.auth import mails
from chalicelib.admin.settings import wording
from chalicelib.aws import mail
from chalicelib.data.models import Grant
from chalicelib.domain.owners import accounts
from chalicelib.domain.owners.places import Scope

log = logging.getLogger("badgekit")


class Outcome(StrEnum):
    """What became of an invitation."""

    SENT = "sent"
    TOO_SOON = "too soon"  # the last one is less than a minute old
    TOO_MANY = "too many"  # people were invited by the same person within an hour
    FAILED = "failed"


def invite(grant: Grant, scope: Scope, author: str) -> Outcome:
    """Email a user what they may do in a place.

    Parameters
    ----------
    grant : Grant
        The user's permissions there.
    scope : Scope
        The place.
    author : str
        The address of the person who invites.
    """
    account = grant.account
    try:
        before = accounts.begin_invitation(account, author)
    except accounts.TooManyInvited:
        return Outcome.TOO_MANY
    if before is None:
        return Outcome.TOO_SOON
    message = mails.invitation(
        account.email, author, place_name(scope), wording.rights(accounts.rights_of(grant)),
        config.settings().url(f"/signin?{urlencode({'email': account.email})}"),
    )  # fmt: skip
    try:
        mail.send(message)
    except mail.UncertainError:
        log.warning("SES may or may not have accepted an invitation")
    except Exception as problem:  # the page says that nothing was sent
        accounts.undo_invitation(account, before)
        log.warning("SES did not accept an invitation: %s", mail.kind_of(problem))
        return Outcome.FAILED
    return Outcome.SENT


def place_name(scope: Scope) -> str:
    """Return the names of a place's levels, the innermost first."""
    levels = (scope.program, scope.issuer, scope.system)
    return ", ".join(level.name for level in levels if level)
