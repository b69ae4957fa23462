"""A minimal browser: it keeps cookies, submits forms and extracts the text of pages."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from tests.client import Answer, Client

_FIELD = r'<input type="hidden" name="csrf" value="([0-9a-f]{64})">'


class Browser:
    """A browser with its cookies.

    Parameters
    ----------
    app : Any
        The application that it sends requests to.
    source : str
        The IP address that its requests come from.
    """

    def __init__(self, app: Any, source: str = "192.0.2.1") -> None:
        self._client = Client(app, source)
        self.cookies: dict[str, str] = {}

    def get(self, target: str) -> Answer:
        """Open a page."""
        return self._send("GET", target, b"", {})

    def head(self, target: str) -> Answer:
        """Ask for the headers of a page."""
        return self._send("HEAD", target, b"", {})

    def post(self, target: str, fields: Mapping[str, str | list[str]], **headers: str) -> Answer:
        """Submit a form with exactly these fields; a list is a repeated field."""
        form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._send("POST", target, urlencode(fields, doseq=True).encode(), form)

    def upload(self, target: str, fields: Mapping[str, str], name: str, content: bytes) -> Answer:
        """Submit a form with a file."""
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n'
        body = b"".join([*parts, head.encode(), content, b"\r\n--x--\r\n"])
        return self._send("POST", target, body, {"Content-Type": "multipart/form-data; boundary=x"})

    def submit(self, page: str, target: str, /, **fields: str | list[str]) -> Answer:
        """Open a page and submit one of its forms, with its token."""
        return self.post(target, {"csrf": csrf(self.get(page)), **fields})

    def _send(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        sent = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self._client.send(method, target, body, sent)
        sent_back = answer.headers.get("Set-Cookie", [])
        for header in [sent_back] if isinstance(sent_back, str) else sent_back:
            for morsel in SimpleCookie(header).values():
                self.cookies[morsel.key] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[morsel.key]
        return answer


def csrf(page: Answer) -> str:
    """Return the CSRF token of a page's forms."""
    found = re.search(_FIELD, page.text)
    assert found, "the page has no form with a token"
    return found[1]


def words(answer: Answer) -> str:
    """Return the text of a page, without markup and with single spaces."""
    without_head = re.sub(r"<head>.*?</head>", "", answer.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", without_head)).split())


def title(answer: Answer) -> str:
    """Return the page's first heading."""
    found = re.search(r"<h1>(.*?)</h1>", answer.text, flags=re.DOTALL)
    assert found, "the page has no heading"
    return html.unescape(found[1])
