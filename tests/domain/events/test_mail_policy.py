"""Mail policies: which emails each of them lets earners get."""

from __future__ import annotations

import peewee
import pytest

from chalicelib.data.models import Award, Badge, System
from chalicelib.domain.events import mail_policy
from chalicelib.domain.events.mail_policy import MailPolicy
from tests.cases import every
from tests.domain.places import chicago

ALWAYS, ISSUED, NEVER = MailPolicy

# Origin, whether the API may take the award over, and whether a person issued it in the admin UI.
CAUSES = {
    "the API": (None, None, False),
    "another BadgeKit API": (None, None, False),
    "a review by itself": ("application:a", True, False),
    "a review by itself, taken over": ("application:a", False, False),
    "a milestone": ("milestone:1:a", None, False),
    "a person, for an application": ("application:a", None, True),
    "a person, by email address": ("issue:0123456789abcdef:0", None, True),
}


@every(policy=[None, "unknown", *MailPolicy], cause=CAUSES)
def test_an_award_and_its_revocation_are_mailed_as_the_policy_says(
    policy: str | None, cause: str
) -> None:
    origin, adoptable, issued = CAUSES[cause]
    badge = Badge(system=System(mail_policy=policy))
    award = Award(badge=badge, origin=origin, adoptable=adoptable)
    wanted = {ISSUED: issued, NEVER: False}.get(
        MailPolicy(policy) if policy in set(MailPolicy) else ALWAYS, True
    )
    assert mail_policy.allows_for(award) is wanted


def test_without_a_badge_or_a_system_everything_is_mailed() -> None:
    for award in (Award(badge=None), Award(badge=Badge(system=None))):
        assert mail_policy.allows_for(award)
    assert mail_policy.allows(None, issued=False)


@pytest.mark.parametrize("policy", MailPolicy)
def test_a_policy_is_kept_and_holds_for_its_system(
    database: peewee.Database, policy: MailPolicy
) -> None:
    system = chicago()
    other = System.create(slug="other", name="Other", url="http://example.org")
    mail_policy.change(system, policy)
    assert mail_policy.of(System.get_by_id(system.id)) is policy
    assert mail_policy.of(System.get_by_id(other.id)) is ALWAYS
    assert mail_policy.allows(System.get_by_id(system.id), issued=False) is (policy is ALWAYS)
