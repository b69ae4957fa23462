"""What the lists of one badge have in common: its awards, its claim codes, and whom it is issued to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from chalice.app import Response

from chalicelib import config
from chalicelib.admin import answers
from chalicelib.admin.session import Visit
from chalicelib.data.models import Badge
from chalicelib.http import request
from chalicelib.openbadges.links import Links

LONGEST_SEARCH = 255


def path(badge: Badge, below: str = "") -> str:
    """Return the path of a badge's page, or of one below it."""
    return f"/badges/{quote(badge.slug, safe='')}{below}"


def page(visit: Visit, template: str, badge: Badge, status: int = 200, **context: Any) -> Response:
    """Answer with a page of a badge."""
    links = Links(config.settings().url(""))
    return answers.page(
        visit, template, status, badge=badge, image_url=links.image(badge.image), links=links,
        **context,
    )  # fmt: skip


def search() -> str:
    """Return what is searched for."""
    return (request().argument("search") or "").strip()[:LONGEST_SEARCH]


def number() -> int:
    """Return the number of the page of a list that is asked for."""
    return page_number(request().argument("page"))


def page_number(text: str | None) -> int:
    """Return the number of a page of a list, or 1 when a text is none."""
    return max(1, int(text)) if text and re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) else 1
