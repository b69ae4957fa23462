"""The admin UI's routes: what is open to everybody, and all doors.

Views are imported when they are first asked for, and with them what they need.
"""

from __future__ import annotations

from chalicelib.admin import doors, table
from chalicelib.http import Routes

routes = Routes(__name__, pages=True)

OPEN = {
    "/static/{name}": {"GET": "entrance:static"},
    "/signin": {"GET": "entrance:show_sign_in", "POST": "entrance:sign_in"},
    "/signin/{token}": {"GET": "entrance:open_link"},
    "/signout": {"POST": "entrance:sign_out"},
    "/admin": {"GET": "entrance:admin"},
    # What everybody may read, in the look that they know.
    "/help": {"GET": "guide:show_help"},
    "/help/pictures/{name}": {"GET": "guide:picture"},
    "/about": {"GET": "guide:about"},
    "/studio/presets/{name}": {"GET": "studio:preset"},
    "/terms": {"GET": "guide:terms"},
    # For programs, which show who they are in their own way.
    "/api/user": {"POST": "user_api:add", "DELETE": "user_api:remove"},
}

for _path, _views in OPEN.items():
    routes.later(_path, {method: f"chalicelib.admin.{view}" for method, view in _views.items()})
for _path, _doors in table.DOORS.items():
    doors.register(routes, _path, _doors)
