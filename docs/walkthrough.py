"""The README's walkthrough: acts as a site that uses the BadgeKit API, up to an approved review.

Run it while `make run` is running: `make walkthrough`. It only needs Python's standard library, to
show how little a client needs: each request carries a JSON Web Token over its method, path and body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

STATE = Path(os.environ.get("LOCAL_STATE", ".local"))
PICTURE = Path(__file__).parents[1] / "chalicelib" / "openbadges" / "default.png"
EARNER = "ada@example.org"
TIMEOUT_SECONDS = 60
WRONG_SECRET = "\nSet OPENBADGER_SECRET to the master secret of the server."


def encoded(content: bytes) -> str:
    """Return base64url without padding, as used in tokens (RFC 7515)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(claims: dict[str, Any], secret: str) -> str:
    """Return a JSON Web Token, signed with HS256 (RFC 7519)."""
    parts = [{"typ": "JWT", "alg": "HS256"}, claims]
    signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    digest = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{encoded(digest)}"


def call(base: str, secret: str, method: str, path: str, data: Any = None) -> dict[str, Any]:
    """Send a signed request, print its status, and return the response."""
    body = b"" if data is None else json.dumps(data).encode()
    claims: dict[str, Any] = {
        "key": "master",
        "exp": int(time.time()) + 60,
        "method": method,
        "path": path,
    }
    if data is not None:
        claims["body"] = {"alg": "sha256", "hash": hashlib.sha256(body).hexdigest()}
    headers = {
        "Authorization": f'JWT token="{token(claims, secret)}"',
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    request = urllib.request.Request(base + path, body or None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as problem:
        status, text = problem.code, problem.read()
    except (OSError, http.client.HTTPException) as problem:
        reason = getattr(problem, "reason", None) or problem
        sys.exit(f"{base} does not respond ({reason}): is `make run` running?")
    print(f"{status}  {method} {path}")
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        sys.exit(f"{base} is not BadgeKit's API. Is `make run` using another port? Set PORT to it.")
    if status >= 400 and content.get("code") != "ResourceConflict":
        hint = WRONG_SECRET if status == 403 else ""
        sys.exit(f"{content.get('code')}: {content.get('message')}{hint}")
    return content


def settings() -> tuple[str, str, str]:
    """Return the API's URL, its master secret, and the slug of the system.

    Environment variables take precedence over the settings kept by `make run`.

    Raises
    ------
    SystemExit
        If a setting is missing or invalid, with a message.
    """
    file = STATE / "config.json"
    kept: dict[str, str] = {}
    if file.exists():
        try:
            kept = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as problem:
            sys.exit(f"{file} cannot be read: {problem}")
    secret = os.environ.get("OPENBADGER_SECRET") or kept.get("OPENBADGER_SECRET")
    if not secret and not file.exists():
        sys.exit(f"{file} is missing: start `make run` first, or set LOCAL_STATE to its folder.")
    if not secret:
        sys.exit(
            f"{file} has no OPENBADGER_SECRET, since `make run` got it from its environment.\n"
            "Set OPENBADGER_SECRET to the same value here."
        )
    system = os.environ.get("OPENBADGER_SYSTEM") or kept.get("OPENBADGER_SYSTEM", "badgekit")
    local = f"http://localhost:{os.environ.get('PORT') or '3000'}"
    base = (os.environ.get("PERSONA_AUDIENCE") or local).rstrip("/")
    if not base.startswith(("http://", "https://")):
        sys.exit(f"PERSONA_AUDIENCE must be an address such as {local}, and is {base}.")
    return base, secret, system


def main() -> None:
    """Create an issuer and a badge, apply for it, and approve the application."""
    base, secret, system = settings()
    issuers = f"/systems/{system}/issuers"
    badges = f"{issuers}/library/badges"

    library = {
        "slug": "library",
        "name": "Public Library",
        "url": "https://library.example.org",
        "email": "badges@library.example.org",
        "description": "Books, and people who read them.",
    }
    badge = {
        "slug": "book-explorer",
        "name": "Book Explorer",
        "strapline": "Reads across the shelves",
        "earnerDescription": "You read three books from three shelves and told us about them.",
        "consumerDescription": "Has read three books of different kinds and can talk about them.",
        "criteriaUrl": f"{base}/system/{system}/badge/book-explorer/criteria",
        "unique": True,
        "type": "Skill",
        "tags": ["reading"],
        "image": "data:image/png;base64," + base64.b64encode(PICTURE.read_bytes()).decode(),
        "criteria": [
            {"description": "Read three books from three shelves", "required": True},
            {"description": "Recommend one of them to a friend", "required": False},
        ],
    }
    call(base, secret, "POST", issuers, library)
    call(base, secret, "POST", badges, badge)

    submission = {
        "learner": EARNER,
        "evidence": [
            {
                "url": "https://example.org/my-three-books",
                "mediaType": "link",
                "reflection": "The one about bees was the best.",
            }
        ],
    }
    applications = f"{badges}/book-explorer/applications"
    application = call(base, secret, "POST", applications, submission)["application"]

    required = [c for c in application["badge"]["criteria"] if c["required"]]
    review = {
        "author": "librarian@example.org",
        "comment": "Lovely reviews, thank you!",
        "reviewItems": [{"criterionId": c["id"], "satisfied": True} for c in required],
    }
    call(base, secret, "POST", f"{applications}/{application['slug']}/reviews", review)
    print(f"\nThe application of {EARNER} is approved; the badge is on its way:")
    print(f"  {base}/local/mailbox")


if __name__ == "__main__":
    main()
