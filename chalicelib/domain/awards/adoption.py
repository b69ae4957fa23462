"""Adoption: an award through the API takes over the one that an approved review led to by itself.

As BadgeKit's documentation tells them to, sites award a badge when the webhook reports an approved
review. With `AUTO_AWARD` the badge is awarded already, so the first request for it is answered with
that award instead of a conflict. The award keeps its slug, which earners have by mail, and says
what the request says; nothing is announced or mailed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.data import bulk
from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge
from chalicelib.domain.awards import awards, validity
from chalicelib.domain.badges import quotas
from chalicelib.domain.events import events
from chalicelib.domain.jobs import kinds, outbox


@transactional
def adopt(
    badge: Badge,
    emails: Sequence[str],
    *,
    comment: str | None = None,
    issued_on: datetime | None = None,
    expires: datetime | None = None,
    claim_code: str | None = None,
) -> list[Award]:
    """Take over the active awards of a badge to some addresses, as far as that is still possible.

    It takes a few statements for each 200 addresses. What is None stays as the award has it.

    Parameters
    ----------
    badge : Badge
        Which badge.
    emails : Sequence[str]
        The addresses.
    comment, issued_on, expires, claim_code
        As in a badge instance.

    Returns
    -------
    list[Award]
        The awards that this call took over, as they are now. Of several calls at once for one
        award, one takes it over.

    Raises
    ------
    ValidationError
        If an award would expire before it was issued.
    """
    quotas.lock(badge.id)  # others wait, and find the award taken
    said = {
        "comment": comment, "issued_on": issued_on, "expires": expires, "claim_code": claim_code,
    }  # fmt: skip
    changes = {name: content for name, content in said.items() if content is not None}
    found: list[Award] = []
    for keys in bulk.chunks([awards.active_key(badge, email) for email in emails]):
        mine = list(Award.select().where(Award.active_key.in_(keys), Award.adoptable))
        for award in mine:
            validity.check_period(issued_on or award.issued_on, expires)
        if ids := [award.id for award in mine]:
            Award.update(**changes, adoptable=False).where(Award.id.in_(ids)).execute()
            found += list(Award.select().where(Award.id.in_(ids)).order_by(Award.id))
    causes = events.of_awards(found)
    outbox.add_all(
        [{"kind": kinds.REBAKING, "event": causes.get(one.id), "award": one} for one in found]
    )
    return found
