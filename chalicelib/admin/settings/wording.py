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
    """Return what a grant allows, in a few words: to publish includes the rest."""
    names = ["publish"] if granted.publish else [one for one in _RIGHTS if getattr(granted, one)]
    return ", ".join(gettext(_RIGHTS[name]) for name in names)
