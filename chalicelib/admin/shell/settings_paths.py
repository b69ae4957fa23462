"""Paths of the settings of a place."""

from __future__ import annotations

from urllib.parse import quote

from chalicelib.domain.owners.places import Scope


def path_of(scope: Scope) -> str:
    """Return the path of the settings of a system, issuer or program."""
    levels = {"systems": scope.system, "issuers": scope.issuer, "programs": scope.program}
    return "/settings" + "".join(
        f"/{level}/{quote(owner.slug, safe='')}" for level, owner in levels.items() if owner
    )
