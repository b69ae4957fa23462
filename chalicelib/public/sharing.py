"""Shared templates: a page for people, and the original's JSON for other BadgeKits."""

from __future__ import annotations

import json
from typing import Any

from chalice.app import Response

from chalicelib import config
from chalicelib.data.models import Draft, Image
from chalicelib.domain.drafts import drafts, sharing
from chalicelib.errors import NotFound
from chalicelib.openbadges.links import Links
from chalicelib.public import documents
from chalicelib.web.responses import LARGEST_RESPONSE, json_response


def template(id: str) -> Response:
    """Show a template as a page, or as the original's JSON."""
    draft, links = sharing.find(id), Links(config.settings().url(""))
    if not documents.wants_page():
        return json_response(_document(draft, links), headers=documents.NO_CACHE)
    return documents.page(
        "public/template.html",
        system=draft.system,
        content=drafts.content(draft),
        issuer=draft.program or draft.issuer or draft.system,
        image_url=links.image(draft.image),
        image_alt=drafts.alt(draft),
        share_url=config.settings().url(f"/share/{draft.slug}"),
    )


def _document(draft: Draft, links: Links) -> dict[str, Any]:
    document, image = sharing.document(draft), draft.image
    if image is not None:
        document["imageId"] = document["image"]["id"] = image.id
        content = _content(image)
        filled = {"mimetype": image.media_type, "data": content and list(content)}
        document["image"] |= filled if content else {"url": links.image(image)}
        if content and _size(document) > LARGEST_RESPONSE:
            document["image"] |= {"mimetype": None, "data": None, "url": links.image(image)}
    return document


def _content(image: Image) -> bytes | None:
    """Return the bytes of an image in our bucket if they fit into a response as JSON numbers."""
    from chalicelib.aws import storage

    if not image.key:
        return None
    try:
        content = storage.get(image.key)
    except NotFound:
        return None
    return content if 2 * len(content) < LARGEST_RESPONSE else None


def _size(document: dict[str, Any]) -> int:
    """Return the size of the response, which is itself JSON with the body as a string."""
    return len(json.dumps(json.dumps(document, ensure_ascii=False, separators=(",", ":"))))
