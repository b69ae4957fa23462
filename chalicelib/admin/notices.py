"""What pages say after something was done; links name a notice, and so cannot make one up."""

from __future__ import annotations

from chalicelib.language import gettext
from chalicelib.language import marked as _

NOTICES = {
    "no-system": _("There is no system yet. Create one: everything else lives in it."),
    "not-failed": _("There was nothing to retry: it is no longer failed."),
    "place": _("This is where you work now."),
    "retried": _("It is in the queue again."),
}


def text(name: str | None) -> str | None:
    """Return what a notice says, or None when there is none of that name."""
    found = NOTICES.get(name or "")
    return found and gettext(found)
