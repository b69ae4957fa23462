"""The admin UI's routes: open ones, and guarded ones (`urls`).

Views, and the modules that they need, are imported at their first request.
"""

from __future__ import annotations

from chalicelib.admin import urls
from chalicelib.admin.shell import guard
from chalicelib.web.routing import Routes

routes = Routes(__name__, pages=True)

OPEN = {
    "/static/{name}": {"GET": "auth.views:static"},
    "/signin": {"GET": "auth.views:show_sign_in", "POST": "auth.views:sign_in"},
    "/signin/{token}": {"GET": "auth.views:open_link"},
    "/signout": {"POST": "auth.views:sign_out"},
    "/admin": {"GET": "auth.views:admin"},
    # Pages open to anyone; signed-in users see them in the frame of the admin UI.
    "/help": {"GET": "help:show_help"},
    "/help/pictures/{name}": {"GET": "help:picture"},
    "/about": {"GET": "help:about"},
    "/studio/presets/{name}": {"GET": "drafts.studio:preset"},
    "/terms": {"GET": "help:terms"},
}

for _path, _views in OPEN.items():
    routes.lazy(_path, {method: f"chalicelib.admin.{view}" for method, view in _views.items()})
for _path, _methods in urls.ROUTES.items():
    guard.register(routes, _path, _methods)
