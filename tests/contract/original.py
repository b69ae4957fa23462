"""A stand-in for the original badgekit-api 0.2.22 that answers as its recording and itself do.

What it refuses, and how, was seen on the original itself (Node 0.10, MariaDB), such as the 500 for
a badge without a type, and requests that are never answered.
"""

from __future__ import annotations

import http.server
import json
import secrets
import threading
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from chalicelib import tokens

SECRET = "the-master-secret-of-the-other-api"
LEVELS = ("systems", "issuers", "programs")
LISTS = ("criteria", "alignments", "categories", "tags")

Json = dict[str, Any]
Answer = tuple[int, Json] | None  # None: the request is never answered


class OriginalApi:
    """Listens on a port of 127.0.0.1.

    Parameters
    ----------
    badges : dict[str, dict[str, Any]]
        Badges by slug, as the API shows them.
    assertions : dict[str, str]
        Slugs of the badges of existing awards, by the awards' uids.
    """

    def __init__(
        self, badges: dict[str, dict[str, Any]], assertions: dict[str, str] | None = None
    ) -> None:
        self.badges = badges
        self.assertions = dict(assertions or {})
        self.owners: dict[tuple[str, ...], Json] = {}  # by the slugs of their path
        self.codes: dict[str, list[Json]] = {}  # by badge
        self.milestones: list[Json] = []
        self.instances: dict[tuple[str, str], str] = {}
        self.processed: set[str] = set()
        self.reasons: list[str | None] = []  # that revocations came with
        self.webhooks: list[bytes] = []
        self.calls: list[str] = []
        self.bodies: list[Json] = []  # of requests to create something
        self.failures: list[int] = []
        self.extra: Json = {}  # members that answers about awards have besides the original's
        self._lock = threading.Lock()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                authorization = self.headers.get("Authorization")
                with api._lock:
                    answer = api.answer(self.command, self.path, body, authorization)
                if answer is None:  # hang up, so that the test does not wait
                    self.close_connection = True
                    return
                status, content = answer
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

    def own(self, *slugs: str, **more: Any) -> None:
        """Create a system; with more slugs, one of its issuers, or a program of that one."""
        found = {"slug": slugs[-1], "name": slugs[-1].title(), "url": "http://example.org"}
        number = len(self.owners) + 1
        self.owners[slugs] = {"id": number, **found, "email": None, "imageUrl": None, **more}

    def answer(
        self, method: str, path: str, body: bytes, authorization: str | None
    ) -> tuple[int, dict[str, Any]] | None:
        """Return status and JSON of a request."""
        self.calls.append(f"{method} {path}")
        if self.failures:
            return self.failures.pop(0), {"code": "InternalError", "message": "Failure"}
        parts = [unquote(part) for part in urlsplit(path).path.strip("/").split("/")]
        if parts[:2] == ["public", "assertions"]:
            return self._assertion(parts[2])
        if not self._is_signed(method, path, body, authorization):
            return 403, {"code": "NotAuthorized", "message": "Invalid token signature"}
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        sent = json.loads(body) if body else {}
        self.bodies += [sent] if method == "POST" else []
        if "milestones" in parts:
            return self._milestones(method, sent, parts[-1])
        if parts[-1] in LEVELS:
            return self._list_owners(parts, query)
        if parts[-1] == "badges":
            return self._create(parts, sent) if method == "POST" else self._list(parts, query)
        if "badges" in parts:
            return self._badge(method, parts, query, sent)
        owner = self.owners.get(tuple(parts[1::2]))
        return (200, {parts[-2][:-1]: owner}) if owner else missing(parts[-2][:-1], parts[-1])

    def _is_signed(self, method: str, path: str, body: bytes, authorization: str | None) -> bool:
        claims = tokens.claims(tokens.from_header(authorization), [SECRET])
        if claims is None or claims["method"] != method or claims["path"] != path:
            return False
        return method in ("GET", "DELETE") or tokens.covers(claims["body"], body)

    # Systems, issuers and programs

    def _list_owners(self, parts: list[str], query: Json) -> Answer:
        outer = tuple(parts[1:-1:2])
        if outer and outer not in self.owners:
            return missing(parts[-3][:-1], outer[-1])
        found = [one for slugs, one in self.owners.items() if slugs[:-1] == outer]
        return 200, page(parts[-1], found, query)

    # Badges

    def _list(self, parts: list[str], query: Json) -> Answer:
        if any(None in row.values() for one in self.badges.values() for row in one["alignments"]):
            return 500, {
                "code": "InternalError",
                "message": "Cannot call method 'toString' of null",
            }
        outer = parts[1:-1:2]
        if tuple(outer) not in self.owners:
            return missing(parts[-3][:-1], outer[-1])
        wanted = {"any": (True, False), "true": (True,)}.get(query.get("archived", ""), (False,))
        found = [
            one
            for one in self.badges.values()
            if bool(one.get("archived")) in wanted and self._owners_of(one)[: len(outer)] == outer
        ]
        return 200, page("badges", found, query)

    @staticmethod
    def _owners_of(badge: Json) -> list[str]:
        return [badge[level]["slug"] for level in ("system", "issuer", "program") if level in badge]

    def _create(self, parts: list[str], sent: Json) -> Answer:
        if sent["slug"].lower() in map(str.lower, self.badges):
            message = "badge with that `slug` already exists"
            return 409, {"code": "ResourceConflict", "message": message}
        if sent.get("type") is None:
            return 500, {"message": "ER_BAD_NULL_ERROR: Column 'type' cannot be null"}
        owners = {
            level[:-1]: self.owners.get(tuple(parts[1 : 2 * number + 2 : 2]), {"slug": slug})
            for number, (level, slug) in enumerate(zip(LEVELS, parts[1:-1:2], strict=False))
        }
        number = 70 + len(self.badges)
        self.badges[sent["slug"]] = badge = {
            **{name: [] for name in LISTS}, **sent, **owners, "id": number, "archived": False,
            "imageUrl": sent.get("image"), "tags": tags(sent),
            "alignments": [
                {"id": 1, "url": None, "description": None, **one}
                for one in sent.get("alignments", ())
            ],
        }  # fmt: skip
        return 201, {"status": "created", "badge": badge}

    def _badge(self, method: str, parts: list[str], query: Json, sent: Json) -> Answer:
        at = parts.index("badges") + 1
        slug, below = parts[at], parts[at + 1 :]
        if slug not in self.badges:
            return missing("badge", slug)
        if below[:1] == ["codes"]:
            return self._codes(method, slug, below[1:], query, sent)
        if below == ["instances"]:
            return self._award(slug, sent["email"])
        if below[:1] == ["instances"]:
            return self._instance(method, slug, below[1], sent)
        if method == "PUT" and below[:1] == ["applications"]:
            self.processed.add(below[1])
            return 200, {"status": "updated", "application": {"slug": below[1]}}
        return self._update(slug, sent) if method == "PUT" else (200, {"badge": self.badges[slug]})

    def _update(self, slug: str, sent: Json) -> Answer:
        new = sent.get("slug", slug)
        if new != slug and new in self.badges:
            return 409, {"code": "ResourceConflict", "message": "taken"}
        gone = {name: [] for name in LISTS}
        badge = self.badges[new] = {**self.badges.pop(slug), **gone, **sent}
        badge["tags"] = tags(sent)
        return 200, {"status": "updated", "badge": badge}

    def _codes(self, method: str, badge: str, below: list[str], query: Json, sent: Json) -> Answer:
        known = self.codes.setdefault(badge, [])
        if method == "POST":
            return self._create_code(known, secrets.token_hex(5) if below else sent["code"], sent)
        if not below:
            return 200, page("claimCodes", known, query)
        found = [one for one in known if one["code"].lower() == below[0].lower()]
        if not found:
            return missing("claimCode", below[0], "code")
        if method == "DELETE":
            known.remove(found[0])
        return 200, {"claimCode": found[0]}

    @staticmethod
    def _create_code(known: list[Json], code: str, sent: Json) -> Answer:
        if code.lower() in [one["code"].lower() for one in known]:
            return None
        # Whatever is not null is true.
        flags = {name: sent.get(name) is not None for name in ("claimed", "multiuse")}
        made = {"id": len(known) + 1, "code": code, "email": sent.get("email"), **flags}
        known.append(made)
        return 201, {"status": "created", "claimCode": made}

    def _milestones(self, method: str, sent: Json, last: str) -> Answer:
        if method == "GET":
            return 200, {"milestones": self.milestones}
        if method == "DELETE":
            kept = [one for one in self.milestones if str(one["id"]) != last]
            found, self.milestones = len(kept) < len(self.milestones), kept
            return (200, {"status": "deleted"}) if found else missing("milestone", last, "id")
        (primary,) = [one for one in self.badges.values() if one["id"] == sent["primaryBadgeId"]]
        number = max((one["id"] for one in self.milestones), default=0) + 1
        self.milestones.append({**sent, "id": number, "primaryBadge": primary})
        return 201, {"status": "created"}

    # Awards

    def _instance(self, method: str, badge: str, email: str, sent: Json) -> Answer:
        uid = self.instances.get((badge, email.lower()))
        if uid is None:
            return missing("badgeInstance", email, "email")
        if method == "DELETE":
            del self.instances[badge, email.lower()]
            self.reasons.append(sent.get("reason"))
        return 200, {"instance": {"slug": uid, "email": email, **self.extra}}

    def _assertion(self, uid: str) -> Answer:
        slug = self.assertions.get(uid)
        if slug is None:
            return missing("badgeInstance", uid)
        system = self.badges[slug]["system"]["slug"]
        return 200, {"uid": uid, "badge": f"{self.url}/public/systems/{system}/badges/{slug}"}

    def _award(self, badge: str, email: str) -> Answer:
        key = (badge, email.lower())
        if key in self.instances:
            url = f"{self.url}/public/assertions/{self.instances[key]}"
            message = f"User {email} has already been awarded badge {badge}"
            details = {"assertionUrl": url, **self.extra}
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
                    **self.extra,
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
            **self.extra,
        }
        return 201, {"status": "created", "instance": instance}


def missing(model: str, value: str, field: str = "slug") -> tuple[int, Json]:
    """Return the answer about what does not exist."""
    message = f"Could not find {model} field: `{field}`, value: `{value}`"
    return 404, {"code": "ResourceNotFound", "message": message}


def page(name: str, rows: Sequence[Json], query: Json) -> Json:
    """Return a list, or a page of it if both `page` and `count` say which."""
    number, size = int(query.get("page", 0)), int(query.get("count", 0))
    if not number or not size:
        return {name: list(rows)}
    about = {"page": number, "count": size, "total": len(rows)}
    return {name: list(rows[(number - 1) * size : number * size]), "pageData": about}


def tags(sent: Json) -> list[Json]:
    """Return tags as the API shows them."""
    texts = [one["value"] if isinstance(one, dict) else one for one in sent.get("tags", ())]
    return [{"id": number, "value": text} for number, text in enumerate(texts, 1)]
