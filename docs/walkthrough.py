"""The README's walkthrough: plays a site that uses the BadgeKit API, up to an approved review.

Run it beside `make run`: `make walkthrough`. It needs no more than Python, to show how little a
client needs: each request carries a JSON Web Token over its method, path and body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
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


def encoded(content: bytes) -> str:
    """Return base64url without padding, as tokens are written (RFC 7515)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(claims: dict[str, Any], secret: str) -> str:
    """Return a JSON Web Token, signed with HS256 (RFC 7519)."""
    parts = [{"typ": "JWT", "alg": "HS256"}, claims]
    signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    digest = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{encoded(digest)}"


def call(base: str, secret: str, method: str, path: str, data: Any = None) -> dict[str, Any]:
    """Send one signed request, say what came back, and return it."""
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
        with urllib.request.urlopen(request) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as problem:
        status, text = problem.code, problem.read()
    except urllib.error.URLError as problem:
        sys.exit(f"{base} does not answer ({problem.reason}): is `make run` running?")
    print(f"{status}  {method} {path}")
    content: dict[str, Any] = json.loads(text)
    if status >= 400 and content.get("code") != "ResourceConflict":
        sys.exit(f"     {content}")
    return content


def main() -> None:
    """Create an issuer and a badge, apply for it, and approve the application."""
    kept = json.loads((STATE / "config.json").read_text("utf-8"))
    secret = os.environ.get("OPENBADGER_SECRET") or kept["OPENBADGER_SECRET"]
    system = os.environ.get("OPENBADGER_SYSTEM") or kept.get("OPENBADGER_SYSTEM", "badgekit")
    base = os.environ.get("PERSONA_AUDIENCE", f"http://localhost:{os.environ.get('PORT', '3000')}")
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
            {"description": "Recommend one of them to somebody", "required": False},
        ],
    }
    call(base, secret, "POST", issuers, library)
    call(base, secret, "POST", badges, badge)

    wish = {
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
    application = call(base, secret, "POST", applications, wish)["application"]

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
