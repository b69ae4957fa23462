"""CORS: scripts of other sites may read what is public, errors included.

Verifiers and displayers of badges are often pages that fetch documents and images. Without the
headers on an error, a script cannot tell a revoked award from a broken network. The responses are
the same for everyone: with `*`, browsers send no cookies.
"""

from __future__ import annotations

from chalice.app import Response

from chalicelib.web.request import request

METHODS = "GET, HEAD"
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
}
SECONDS = 24 * 60 * 60  # that a browser may keep the response to a preflight


class OpenPaths:
    """Paths whose responses scripts of other sites may read: routes, and what is beside them.

    A route in a folder opens the whole folder, so that a document that does not exist is known
    as such.
    """

    def __init__(self) -> None:
        self._paths: set[str] = set()
        self._folders: set[str] = set()

    def add(self, route: str) -> None:
        """Open a route and its folder."""
        first, *rest = route[1:].split("/")
        if rest:
            self._folders.add(first)
        else:
            self._paths.add(route)

    def __contains__(self, path: str) -> bool:
        first, *rest = path[1:].split("/")
        return first in self._folders if rest else path in self._paths


def preflight() -> Response:
    """Return the response to a preflight (Fetch, 3.3.2): any header may be sent."""
    asked = request().headers.get("access-control-request-headers", "*")
    headers: dict[str, str | list[str]] = {
        "Allow": f"{METHODS}, OPTIONS",
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": asked,
        "Access-Control-Max-Age": str(SECONDS),
        "Vary": "Access-Control-Request-Headers",
    }
    return Response("", headers, 204)
