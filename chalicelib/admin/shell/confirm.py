"""Questions before something is deleted: one page for all, which works without a script.

Deleting takes a POST, which the page sends; a link to the page alone changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.shell import responses


@dataclass(frozen=True)
class Question:
    """What is deleted, and what follows.

    Parameters
    ----------
    title : str
        The question, which names the thing.
    facts : Sequence[tuple[str, str]]
        Labels and values by which a person recognizes it.
    warning : str
        What happens then, and whether it can be undone.
    button : str
        What the button says.
    action, back : str
        The addresses that the form is sent to, and that "Cancel" leads to.
    section : str
        The entry of the navigation that the page belongs to.
    trail : Sequence[tuple[str, str]]
        Addresses and texts of the pages above it.
    fields : Mapping[str, Any]
        What the form sends.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    warning: str
    button: str
    action: str
    back: str
    section: str
    trail: Sequence[tuple[str, str]] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


def ask(visit: Visit, question: Question, template: str = "confirm", **context: Any) -> Response:
    """Show the question; a template of its own may ask more."""
    return responses.page(visit, template, question=question, **context)
