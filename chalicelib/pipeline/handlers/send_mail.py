"""Sends a mail to an earner: an award, a revocation, or a reviewer's feedback. Each is sent once.

SES cannot be asked whether it accepted a mail. So the row records that sending begins before SES is
called, and a worker that finds such a row does not send again. SES reports each mail that it sends
(see `ses_events`): a mail that it did not report in time was not sent, and is sent again. Without a
configuration set there are no reports, and a person decides on the Activity page. The language of
earners is unknown: mails are in English, though their texts go through gettext.

Feedback is limited for each address (see `mail_turns`): beyond that it waits.

An award that had expired when its mail became due is not mailed: that would pass for a proof. One
that expired while the mail waited is mailed, since its earner is owed the news, and the mail says
that it has expired.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from chalicelib import branding, config, times
from chalicelib.aws import mail
from chalicelib.data.connection import transact
from chalicelib.data.models import Award, Badge, Job, System
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import validity
from chalicelib.domain.awards.validity import AwardStatus
from chalicelib.domain.badges import badges, public
from chalicelib.domain.events import events, mail_policy, payloads
from chalicelib.domain.jobs import kinds, mail_turns, outbox
from chalicelib.domain.owners import issuer_profiles
from chalicelib.domain.reviews import reviews
from chalicelib.domain.shared import email_addresses
from chalicelib.errors import NotFound, Unavailable
from chalicelib.i18n import gettext
from chalicelib.openbadges import brands, v2
from chalicelib.openbadges.links import Links

UNCERTAIN = "The email may already have been sent: sending was interrupted. Retry to send it again."
TURNED_OFF = "This email was turned off in the system’s settings"
UNCONFIRMED = "Sending was interrupted; waiting for SES to confirm whether it accepted the email"


@dataclass(frozen=True)
class Letter:
    """A mail before it is rendered: template, recipient, subject, badge and template's variables.

    The badge, if it is known, says whose mail it is and who reads a reply.
    """

    template: str
    to: str
    subject: str
    badge: Badge | None
    context: dict[str, Any]


def send_mail(job: Job) -> None:
    """Send the mail of a job."""
    if job.outcome == outbox.SENDING:
        _await_confirmation(job)
        return
    award = public.assertion(job.award.slug) if job.award else None
    if reason := _reason_not_to_send(job, award):
        outbox.finish(job, outbox.NOT_NEEDED, note=reason)
        return
    letter = _letter(job, award)
    message = _message(letter)
    turn = mail_turns.take(job, letter.to)
    if turn > times.now():
        outbox.hold_back(job, turn, mail_turns.reason(job, turn))
        return
    outbox.begin_sending(job)
    try:
        mail.send(message, job=job.id, configuration=_configuration())
    except mail.UncertainError:
        _await_confirmation(job)
    else:
        _record_sent(job)


def _configuration() -> str | None:
    return config.settings().optional("MAIL_CONFIGURATION_SET") or None


def _await_confirmation(job: Job) -> None:
    """Wait for SES to confirm a mail that may have been sent; without its events, fail the job."""
    if _configuration():
        wait = timedelta(seconds=config.settings().integer("MAIL_CONFIRMED_WITHIN"))
        outbox.await_confirmation(job, wait, UNCONFIRMED)
    else:
        outbox.fail(job, UNCERTAIN)


def _record_sent(job: Job) -> None:
    """Record that SES accepted the mail; if that fails, the mail must not count as unsent."""
    try:
        outbox.confirm(job.id, "mailed")  # SES's event may have come first
    except Unavailable as error:
        raise outbox.LeaseLostError(f"job {job.id} was mailed but not recorded so") from error


def _reason_not_to_send(job: Job, award: Award | None) -> str | None:
    """Return why the mail of a job is not to be sent, or None."""
    if not (mail_policy.allows_for(award) if award else _allows_feedback(job)):
        return TURNED_OFF
    if award is None or job.kind != kinds.AWARD_MAIL:
        return None
    if award.revoked:
        return "The award was revoked before the email was sent"
    if validity.status_of(award, job.created) is AwardStatus.EXPIRED:
        return "The award had already expired when its email was due"
    return None


def _allows_feedback(job: Job) -> bool:
    """Return whether the system of a review's badge lets feedback be mailed.

    Local events name it by its id, because its slug may change.
    """
    badge = payloads.of_event(job.event, payloads.ReviewPayload).badge
    named = System.called(badge.system or "")
    if job.event and job.event.source == events.LOCAL:
        named = System.id == (badge.content.get("system") or {}).get("id")
    return mail_policy.allows(transact(lambda: System.get_or_none(named)), issued=False)


def _letter(job: Job, award: Award | None) -> Letter:
    if job.kind == kinds.FEEDBACK_MAIL:
        return _feedback(job)
    if award is None:
        raise TypeError(f"job {job.id} names no award")
    return _revocation(award) if job.kind == kinds.REVOCATION_MAIL else _award(award)


def _award(award: Award) -> Letter:
    links = Links(config.settings().url(""))
    badge = award.badge
    if badge is None:
        raise TypeError(f"award {award.id} names no badge")
    standing = validity.status_of(award)  # it may have expired while the mail waited
    subject = (
        gettext("You earned the badge “%(badge)s”, which has expired")
        if standing is AwardStatus.EXPIRED
        else gettext("You earned the badge “%(badge)s”")
    )
    return Letter(
        "award",
        award.email,
        subject % {"badge": badge.name},
        badge,
        {
            "award": award,
            "standing": standing,
            "badge": badge,
            "issuer": _issuer_name(award),
            "award_url": links.award(award.slug),
            "image_url": links.assertion_image(award.slug),
            "image_alt": v2.image_alt(award),
        },
    )


def _revocation(award: Award) -> Letter:
    name = award.badge.name if award.badge else gettext("a badge")
    return Letter(
        "revocation",
        award.email,
        gettext("Your badge “%(badge)s” was revoked") % {"badge": name},
        award.badge,
        {
            "award": award,
            "badge_name": name,
            "issuer": _issuer_name(award),
            "reason": award.revocation_reason,
        },
    )


def _feedback(job: Job) -> Letter:
    payload = payloads.of_event(job.event, payloads.ReviewPayload)
    return Letter(
        "feedback",
        payload.learner,
        gettext("Feedback on your application for “%(badge)s”") % {"badge": payload.badge.name},
        _reviewed(payload),
        {
            "badge_name": payload.badge.name,
            "comment": payload.comment,
            "missing": _missing(payload, job),
        },
    )


def _reviewed(payload: payloads.ReviewPayload) -> Badge | None:
    """Return the badge of a review with its owners, if it is here; it may have been renamed."""
    with contextlib.suppress(NotFound):
        return applications.by_slug(payload.application).badge
    with contextlib.suppress(NotFound):
        return badges.by_slug(payload.badge.slug)
    return None


def _missing(payload: payloads.ReviewPayload, job: Job) -> list[tuple[str, str | None]]:
    """Return the descriptions of criteria that are not met, each with the reviewer's comment.

    Local events may lack descriptions, which are looked up; ids in other events are not ours.
    """
    missing = [one for one in payload.criteria if not one.satisfied]
    known: dict[int, str] = {}
    if job.event and job.event.source == events.LOCAL:
        known = reviews.descriptions(one.id for one in missing if one.description is None)
    described = ((one.description or known.get(one.id), one.comment) for one in missing)
    return [(description, comment) for description, comment in described if description]


def _issuer_name(award: Award) -> str | None:
    badge = award.badge
    owner = badge and (badge.program or badge.issuer or badge.system)
    return owner.name if owner else None


def _message(letter: Letter) -> EmailMessage:
    from chalicelib.web import emails  # templates take long to import

    if not email_addresses.is_address(letter.to):
        raise email_addresses.refused(letter.to)
    brand, badge = branding.of_deployment(), letter.badge
    if badge is not None and badge.system is not None:
        brand = brands.of(badge.system)
    return emails.make(
        letter.template, brand, letter.to, letter.subject,
        reply_to=_reply_to(badge), **letter.context,
    )  # fmt: skip


def _reply_to(badge: Badge | None) -> str | None:
    """Return the email address that a badge's profile of its issuer shows, if there is one."""
    profile = issuer_profiles.of_badge(badge) if badge else None
    address = profile.email if profile else None
    return address if email_addresses.is_address(address) else None
