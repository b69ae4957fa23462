"""Permissions in words, as invitations and questions say them."""

from __future__ import annotations

from chalicelib.admin.settings import wording
from chalicelib.domain.owners.accounts import Rights


def test_permissions_are_said_as_a_series() -> None:
    for rights, words in (
        (Rights(), "None"),
        (Rights(publish=True, draft=True), "publish and manage everything there"),
        (Rights(review=True), "review applications"),
        (Rights(review=True, award=True), "review applications and award badges"),
        (
            Rights(draft=True, review=True, award=True),
            "draft badges, review applications, and award badges",
        ),
    ):
        assert wording.rights(rights) == words
