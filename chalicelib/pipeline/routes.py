"""The route that a BadgeKit API sends its webhooks to; the view is imported on first use."""

from __future__ import annotations

from chalicelib.web.routing import Routes

routes = Routes(__name__)
routes.lazy("/webhooks/badgekit", {"POST": "chalicelib.pipeline.receive:receive"})
