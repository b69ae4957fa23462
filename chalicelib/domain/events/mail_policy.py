"""Mail policies: which emails a system's earners get from this deployment.

Sites that award badges themselves usually email the earners, too. What a site did, its earners hear
from the site: awards through the API, by approved reviews and by milestones, and their revocations,
and what became of an application. What a person did in the admin UI, the site may not know of.
"""

from __future__ import annotations

from enum import StrEnum

from chalicelib.data.connection import transactional
from chalicelib.data.models import Award, Badge, System
from chalicelib.domain.shared import origins


class MailPolicy(StrEnum):
    """Which emails earners get; as stored in the database."""

    ALWAYS = "always"
    ISSUED = "issued"  # those about awards that were issued in the admin UI
    NEVER = "never"


def of(system: System | None) -> MailPolicy:
    """Return the policy of a system: all emails, unless it chose another one."""
    chosen = system.mail_policy if system else None
    return MailPolicy(chosen) if chosen in set(MailPolicy) else MailPolicy.ALWAYS


@transactional
def change(system: System, policy: MailPolicy) -> None:
    """Change the policy of a system; it applies to emails that are not sent yet, too."""
    System.update(mail_policy=policy.value).where(System.id == system.id).execute()


def allows(system: System | None, *, issued: bool) -> bool:
    """Return whether a system's earners get emails of one kind.

    Parameters
    ----------
    system : System or None
        The system.
    issued : bool
        Whether the emails are about awards that were issued in the admin UI, and their revocation;
        else about other awards, or applications that were not approved.
    """
    policy = of(system)
    return policy is MailPolicy.ALWAYS or (issued and policy is MailPolicy.ISSUED)


def allows_for(award: Award, badge: Badge | None = None) -> bool:
    """Return whether the earner of an award gets emails about it: the award and its revocation.

    Parameters
    ----------
    award : Award
        The award.
    badge : Badge, optional
        Its badge, if that is loaded with its system.
    """
    about = badge or award.badge
    return allows(about.system if about else None, issued=_is_issued(award))


def _is_issued(award: Award) -> bool:
    """Return whether a person issued an award in the admin UI: to an address or an application."""
    origin = award.origin or ""
    by_person = origin.startswith(origins.APPLICATION) and award.adoptable is None
    return by_person or origin.startswith(origins.ISSUE)
