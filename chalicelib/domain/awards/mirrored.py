"""Awards of another BadgeKit API: recorded here with its slugs, in whatever order it reports them."""

from __future__ import annotations

import secrets
from datetime import datetime

from peewee import IntegrityError

from chalicelib import times
from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import awards
from chalicelib.domain.badges import quotas
from chalicelib.domain.shared import email_addresses


@transactional
def record(
    uid: str,
    badge: Badge,
    email: str,
    *,
    origin: str | None = None,
    comment: str | None = None,
    note: str | None = None,
    issued_on: datetime | None = None,
    adoptable: bool | None = None,
) -> tuple[Award, bool]:
    """Record an award that another BadgeKit API created, whether or not it is known here.

    Returns
    -------
    tuple[Award, bool]
        The award, and whether it is new here. If the address already has the badge by another
        award, that one is returned; an award whose revocation arrived first stays revoked.

    Raises
    ------
    ValidationError
        If it is not an email address.
    """
    if not email_addresses.is_address(email):
        raise email_addresses.refused(email)
    quotas.lock(badge.id)
    known = Award.get_or_none(Award.slug == uid)
    if known is None:
        quotas.count(badge.id, awards=1, positions=1)
        values = {"origin": origin, "comment": comment, "note": note, "issued_on": issued_on}
        award = awards.insert(badge, email, uid, **values, adoptable=adoptable)
        if award is not None:
            return award, True
        quotas.count(badge.id, awards=-1, positions=-1)
        known = Award.get_or_none(Award.slug == uid)
    if known is None:
        return awards.existing_after_race(badge, email, origin, uid), False
    changes = {}
    if known.position is None:  # its revocation was recorded first
        changes = {"badge": badge, "issued_on": issued_on or known.issued_on}
    if origin is not None and known.origin is None and not awards.by_origin(origin):
        changes |= {"origin": origin, "adoptable": adoptable, "note": note}
    if changes:
        Award.update(**changes).where(Award.id == known.id).execute()
        known = Award.get_by_id(known.id)
    return known, False


@transactional
def record_revocation(
    uid: str, badge: Badge | None, email: str, reason: str | None = None
) -> Award:
    """Record the revocation of an award, even if the award itself is not known here.

    Raises
    ------
    ValidationError
        If the award is unknown and the value is not an email address.
    """
    award = Award.get_or_none(Award.slug == uid)
    if award is None:
        if not email_addresses.is_address(email):
            raise email_addresses.refused(email)
        try:
            return Award.create(
                slug=uid, badge=badge, email=email, email_key=email_addresses.key(email),
                salt=secrets.token_hex(16), revoked=times.now(), revocation_reason=reason,
            )  # fmt: skip
        except IntegrityError:
            award = Award.get_or_none(Award.slug == uid)
            if award is None:  # not recorded by another process: another key
                raise
    awards.withdraw(award, reason)
    return Award.get_by_id(award.id)
