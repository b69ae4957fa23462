"""Where other BadgeKit APIs reach this deployment; the view is imported when it is asked for."""

from __future__ import annotations

from chalicelib.web.routing import Routes

routes = Routes(__name__)
routes.lazy("/webhooks/badgekit", {"POST": "chalicelib.pipeline.receive:receive"})
