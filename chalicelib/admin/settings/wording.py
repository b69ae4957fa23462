"""Permissions in words."""

from __future__ import annotations

from chalicelib.domain.owners.accounts import Rights
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

_RIGHTS = {
    "publish": _("publish and manage everything there"),
    "draft": _("draft badges"),
    "review": _("review applications"),
    "award": _("award badges"),
}


def rights(granted: Rights) -> str:
    """Return what a grant allows, in a few words; the right to publish includes the others."""
    names = ["publish"] if granted.publish else [one for one in _RIGHTS if getattr(granted, one)]
    words = [gettext(_RIGHTS[name]) for name in names]
    if len(words) < 2:
        return words[0] if words else gettext("None")
    *others, last = words
    series = (
        gettext("%(others)s, and %(last)s") if others[1:] else gettext("%(others)s and %(last)s")
    )
    return series % {"others": ", ".join(others), "last": last}
