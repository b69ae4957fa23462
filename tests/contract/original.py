"""A stand-in for the original badgekit-api that answers as its recording shows."""

from __future__ import annotations

import http.server
import json
import secrets
import threading
from typing import Any, Self
from urllib.parse import unquote

from chalicelib import tokens

SECRET = "the-master-secret-of-the-other-api"


class OriginalApi:
    """Listens on a port of 127.0.0.1 and knows badges, applications and instances.

    Parameters
    ----------
    badges : dict[str, dict[str, Any]]
        Badges by slug, as the API shows them.
    assertions : dict[str, str]
        Slugs of the badges of existing awards, by the awards' uids.
    """

    def __init__(self, badges: dict[str, dict[str, Any]], assertions: dict[str, str]) -> None:
        self.badges = badges
        self.assertions = dict(assertions)
        self.instances: dict[tuple[str, str], str] = {}
        self.processed: set[str] = set()
        self.webhooks: list[bytes] = []
        self.calls: list[str] = []
        self.failures: list[int] = []
        self._lock = threading.Lock()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                authorization = self.headers.get("Authorization")
                with api._lock:
                    status, content = api.answer(self.command, self.path, body, authorization)
                text = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_DELETE = _answer

            def log_message(self, *_: Any) -> None:
                """Keep the tests' output clean."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(
        self, method: str, path: str, body: bytes, authorization: str | None
    ) -> tuple[int, dict[str, Any]]:
        """Return status and JSON of a request."""
        self.calls.append(f"{method} {path}")
        if self.failures:
            return self.failures.pop(0), {"code": "InternalError", "message": "Failure"}
        parts = [unquote(part) for part in path.strip("/").split("/")]
        if parts[:2] == ["public", "assertions"]:
            return self._assertion(parts[2])
        if not self._is_signed(method, path, body, authorization):
            return 403, {"code": "NotAuthorized", "message": "Invalid token signature"}
        badge = parts[parts.index("badges") + 1] if "badges" in parts else ""
        if badge not in self.badges:
            message = f"Could not find badge field: `slug`, value: `{badge}`"
            return 404, {"code": "ResourceNotFound", "message": message}
        if method == "POST" and parts[-1] == "instances":
            return self._award(badge, json.loads(body)["email"])
        if parts[-2] == "instances":
            return self._instance(method, badge, parts[-1])
        if method == "PUT" and parts[-2] == "applications":
            self.processed.add(parts[-1])
            return 200, {"status": "updated", "application": {"slug": parts[-1]}}
        return 200, {"badge": self.badges[badge]}

    def _is_signed(self, method: str, path: str, body: bytes, authorization: str | None) -> bool:
        claims = tokens.claims(tokens.from_header(authorization), [SECRET])
        if claims is None or claims["method"] != method or claims["path"] != path:
            return False
        return method in ("GET", "DELETE") or tokens.covers(claims["body"], body)

    def _instance(self, method: str, badge: str, email: str) -> tuple[int, dict[str, Any]]:
        uid = self.instances.get((badge, email.lower()))
        if uid is None:
            message = f"Could not find badgeInstance field: `email`, value: `{email}`"
            return 404, {"code": "ResourceNotFound", "message": message}
        if method == "DELETE":
            del self.instances[badge, email.lower()]
        return 200, {"instance": {"slug": uid, "email": email}}

    def _assertion(self, uid: str) -> tuple[int, dict[str, Any]]:
        slug = self.assertions.get(uid)
        if slug is None:
            message = f"Could not find badgeInstance field: `slug`, value: `{uid}`"
            return 404, {"code": "ResourceNotFound", "message": message}
        system = self.badges[slug]["system"]["slug"]
        return 200, {"uid": uid, "badge": f"{self.url}/public/systems/{system}/badges/{slug}"}

    def _award(self, badge: str, email: str) -> tuple[int, dict[str, Any]]:
        key = (badge, email.lower())
        if key in self.instances:
            url = f"{self.url}/public/assertions/{self.instances[key]}"
            message = f"User {email} has already been awarded badge {badge}"
            details = {"assertionUrl": url}
            return 409, {"code": "ResourceConflict", "message": message, "details": details}
        uid = self.instances[key] = secrets.token_hex(20)
        self.assertions[uid] = badge
        url = f"{self.url}/public/assertions/{uid}"
        self.webhooks.append(
            json.dumps(
                {
                    "action": "award",
                    "uid": uid,
                    "badge": self.badges[badge],
                    "email": email,
                    "assertionUrl": url,
                    "issuedOn": 1795463032,
                    "comment": None,
                }
            ).encode()
        )
        instance = {
            "slug": uid,
            "email": email,
            "expires": None,
            "issuedOn": "2026-11-23T19:43:52.425Z",
            "assertionUrl": url,
            "badge": None,
        }
        return 201, {"status": "created", "instance": instance}
