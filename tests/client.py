"""A client of the application without a network: it sends requests as events of API Gateway."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalicelib import config, tokens


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: dict[str, Any]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def event(
    method: str,
    target: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    source: str = "192.0.2.1",
) -> dict[str, Any]:
    """Return the proxy event (1.0) of an API Gateway REST API for a request.

    The path is percent-encoded, and the query is parsed, as in REST APIs; a body that is not text
    is in base64.
    """
    url = urlsplit(target)
    try:
        text, encoded = body.decode("utf-8"), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    return {
        "resource": "/{proxy+}",
        "path": url.path,
        "httpMethod": method,
        "headers": headers or {},
        "multiValueQueryStringParameters": parse_qs(url.query, keep_blank_values=True) or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": "/{proxy+}",
            "path": url.path,
            "identity": {"sourceIp": source},
        },
        "body": text or None,
        "isBase64Encoded": encoded,
    }


class Client:
    """Sends requests to an application.

    Parameters
    ----------
    app : Any
        The Lambda handler of HTTP requests.
    source : str
        The IP address that its requests come from.
    """

    def __init__(self, app: Any, source: str = "192.0.2.1") -> None:
        self.app = app
        self.source = source

    def send(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request unchanged."""
        answer = self.app(event(method, target, body, headers, self.source), None)
        merged = {**answer["headers"], **answer.get("multiValueHeaders", {})}
        return Answer(answer["statusCode"], merged, answer["body"] or "")

    def api(self, method: str, target: str, data: Any = None, **claims: Any) -> Answer:
        """Send a request to the API, signed with the master secret; `claims` change the token."""
        body = b"" if data is None else json.dumps(data, separators=(",", ":")).encode()
        content: dict[str, Any] = {
            "key": "master",
            "exp": int(time.time()) + 60,
            "method": method,
            "path": target,
        }
        if data is not None or method in ("POST", "PUT"):
            content["body"] = tokens.body_claim(body)
        content = {
            name: value for name, value in {**content, **claims}.items() if value is not None
        }
        token = tokens.sign(content, config.settings().text("OPENBADGER_SECRET"))
        headers = {"Authorization": tokens.header(token), "Content-Type": "application/json"}
        return self.send(method, target, body, headers)

    def webhook(self, data: Any, secret: str | None = None) -> Answer:
        """Send a webhook as badgekit-api does."""
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        key = secret or config.settings().list("WEBHOOK_SECRET")[0]
        token = tokens.sign({"body": tokens.body_claim(body)}, key)
        headers = {"Authorization": tokens.header(token), "Content-Type": "application/json"}
        return self.send("POST", "/webhooks/badgekit", body, headers)
