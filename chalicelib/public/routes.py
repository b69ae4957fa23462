"""Public routes; views are imported on their first request."""

from __future__ import annotations

from chalicelib.web.routing import Routes

routes = Routes(__name__, pages=True, cors=True)

LEVELS = (
    "/public/systems/{system}",
    "/public/systems/{system}/issuers/{issuer}",
    "/public/systems/{system}/issuers/{issuer}/programs/{program}",
)
VIEWS = {
    "/": "home:home",
    "/healthcheck": "home:healthcheck",
    "/robots.txt": "home:robots",
    "/favicon.ico": "home:favicon",
    "/public/assertions/{slug}": "views:assertion",
    "/public/assertions/{slug}/image": "views:assertion_image",
    "/public/badges/{badge}": "views:badge_by_slug",
    "/public/badges/{badge}/issuer": "views:issuer_of",
    "/public/badges": "views:badges",
    "/id/badges/{id}": "views:badge_by_id",
    "/id/issuers/{id}": "views:issuer_by_id",
    "/share/{id}": "sharing:template",
    "/images/badge/{id}": "views:image_of_badge",
    "/public/images/{slug}": "views:image",
    "/public/images/default": "views:image_by_default",
}
# Pages whatever the headers say, to be shared and linked to.
PAGES = {
    "/public/awards/{slug}": "views:award",
    "/system/{system}/badge/{badge}/criteria": "views:criteria",
    "/id/badges/{id}/criteria": "views:criteria_by_id",
}
AT_EACH_LEVEL = {
    "/badges/{badge}": "views:badge",
    "": "views:issuer",
}

for _path, _view in VIEWS.items():
    routes.lazy(_path, {"GET": f"chalicelib.public.{_view}"})
for _path, _view in PAGES.items():
    routes.lazy(_path, {"GET": f"chalicelib.public.{_view}"}, always_page=True)
for _path, _view in AT_EACH_LEVEL.items():
    for _level in LEVELS:
        routes.lazy(_level + _path, {"GET": f"chalicelib.public.{_view}"})

# The form on an award's page; its address leads back there when it is read.
_RECIPIENT = {
    "GET": "chalicelib.public.recipient:back",
    "POST": "chalicelib.public.recipient:check",
}
routes.lazy("/check/{slug}", _RECIPIENT)
