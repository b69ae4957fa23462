"""Labels of the status of an award, and the color of each."""

from __future__ import annotations

from chalicelib.domain.awards.validity import AwardStatus
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

_LABELS = {
    AwardStatus.VALID: ("done", _("Valid")),
    AwardStatus.NOT_YET_VALID: ("waiting", _("Not valid yet")),
    AwardStatus.EXPIRED: ("ignored", _("Expired")),
    AwardStatus.REVOKED: ("failed", _("Revoked")),
}


def labels() -> dict[AwardStatus, tuple[str, str]]:
    """Return tone and label of each status, in the order in which they are offered."""
    return {status: (tone, gettext(text)) for status, (tone, text) in _LABELS.items()}
