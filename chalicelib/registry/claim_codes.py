"""Claim codes as the admin UI handles them, where the badges live; and those of the embedded registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from chalicelib.data.models import Badge, ClaimCode
from chalicelib.domain.badges import bulk_codes, codes
from chalicelib.domain.badges.bulk_codes import State
from chalicelib.domain.shared.pagination import Listed, Page
from chalicelib.errors import Unavailable


class CodeList(NamedTuple):
    """A page of the codes of a badge, searched and filtered.

    Parameters
    ----------
    found : Listed[ClaimCode]
        The page, the newest first.
    counts : dict[State, int]
        How many codes the badge has in each state, whatever is searched for.
    newest : int or None
        If the badge has too many to search, how many of the newest were; None if all were.
    """

    found: Listed[ClaimCode]
    counts: dict[State, int]
    newest: int | None = None


class CodesIncomplete(Unavailable):
    """Only some of the codes were created.

    Parameters
    ----------
    made : int
        How many were.
    reason : str
        Why not all.
    """

    def __init__(self, made: int, reason: str) -> None:
        super().__init__(f"Only {made} codes were created: {reason}")
        self.made = made
        self.cause = reason


class ClaimCodes(Protocol):
    """The claim codes of badges.

    All methods raise `errors.BadgeKitError` if the codes cannot be reached.

    Parameters
    ----------
    are_local : bool
        Whether they are rows of this database, which pages can count.
    most_at_once : int
        How many can be created at once.
    """

    are_local: bool
    most_at_once: int

    def find(self, badge: Badge, search: str, show: State | None, page: Page) -> CodeList:
        """Return a page of a badge's codes, the newest first.

        Parameters
        ----------
        badge : Badge
            Which badge.
        search : str
            Part of the code, or of the address that claimed it; may be empty.
        show : State or None
            Only codes in this state; None means all.
        page : Page
            Which page.
        """

    def all_codes(self, badge: Badge, search: str, show: State | None) -> Sequence[ClaimCode]:
        """Return all codes that `find` would return pages of, the oldest first.

        Raises
        ------
        TooLarge
            If there are too many for one response.
        """

    def create_random(self, badge: Badge, number: int, *, multiuse: bool) -> None:
        """Create random codes.

        Raises
        ------
        CodesIncomplete
            If only some were created.
        """

    def create_named(self, badge: Badge, names: Sequence[str], *, multiuse: bool) -> None:
        """Create these codes.

        Raises
        ------
        ValidationError
            With ``code`` and ``problem`` for each that cannot be created; then none was.
        CodesIncomplete
            If only the first ones were created.
        """

    def delete_unclaimed(self, badge: Badge, code: str) -> bool:
        """Delete a code of a badge unless it was claimed; return whether it was deleted.

        Raises
        ------
        NotFound
            If the badge has no such code.
        """


class EmbeddedCodes:
    """Claim codes in our own tables (see `ClaimCodes`)."""

    are_local = True
    most_at_once = bulk_codes.MOST

    def find(self, badge: Badge, search: str, show: State | None, page: Page) -> CodeList:
        found = bulk_codes.find(badge, search, show, page)
        return CodeList(found, bulk_codes.counts(badge))

    def all_codes(self, badge: Badge, search: str, show: State | None) -> Sequence[ClaimCode]:
        return bulk_codes.all_codes(badge, search, show)

    def create_random(self, badge: Badge, number: int, *, multiuse: bool) -> None:
        bulk_codes.create_random(badge, number, multiuse=multiuse)

    def create_named(self, badge: Badge, names: Sequence[str], *, multiuse: bool) -> None:
        bulk_codes.create_named(badge, names, multiuse=multiuse)

    def delete_unclaimed(self, badge: Badge, code: str) -> bool:
        return codes.delete_unclaimed(badge, code)
