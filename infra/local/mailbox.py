"""`/local/mailbox`: pages that show the mails sent during local runs."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

from infra.local.http_server import LocalResponse

PREFIX = "/local/mailbox"
_LINK = re.compile(r"https?://[^\s<>\"']+")
_NAME = re.compile(r"[\w.-]+\.eml")

STYLE = """
:root { color-scheme: light dark; --line: #d5dae2; --muted: #5b6577; --link: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --line: #3a4252; --muted: #a4aec0; --link: #8ab4ff; } }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 46rem; line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
a { color: var(--link); }
ul { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
li { border-bottom: 1px solid var(--line); padding: .75rem 0; }
li a { font-weight: 600; text-decoration: none; }
li a:hover { text-decoration: underline; }
small, dt { color: var(--muted); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border: 1px solid var(--line);
  border-radius: .5rem; font: inherit; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
iframe { width: 100%; height: 36rem; border: 1px solid var(--line); border-radius: .5rem; }
"""


class MailboxPages:
    """The pages of the mailbox.

    Parameters
    ----------
    folder : Path
        The folder with the `.eml` files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, target: str) -> LocalResponse | None:
        """Return the page at a path, or None if the path is not part of the mailbox."""
        path = target.split("?", maxsplit=1)[0].rstrip("/")
        if path == PREFIX:
            return self._list()
        if path == f"{PREFIX}/style.css":
            return LocalResponse(STYLE.encode(), "text/css; charset=utf-8")
        if path.startswith(f"{PREFIX}/") and path.endswith("/html"):
            return self._html(path.removeprefix(f"{PREFIX}/").removesuffix("/html"))
        if path.startswith(f"{PREFIX}/"):
            return self._mail(path.removeprefix(f"{PREFIX}/"))
        return None

    def _list(self) -> LocalResponse:
        names = sorted((path.name for path in self._folder.glob("*.eml")), reverse=True)
        items = "".join(self._item(name) for name in names)
        empty = "<p>No mail yet. All mail from this local run appears here.</p>"
        return _page("Mailbox", f"<ul>{items}</ul>" if items else empty)

    def _item(self, name: str) -> str:
        mail = read(self._folder / name)
        return (
            f'<li><a href="{PREFIX}/{escape(name)}">{escape(str(mail["Subject"]))}</a><br>'
            f"<small>to {escape(str(mail['To']))}</small></li>"
        )

    def _mail(self, name: str) -> LocalResponse:
        path = self._folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            return _page(
                "This email doesn’t exist", f'<p><a href="{PREFIX}">All emails</a></p>', 404
            )
        mail = read(path)
        frame = (
            f'<h2>As email apps show it</h2><iframe sandbox src="{PREFIX}/{escape(name)}/html"'
            ' title="The email as email apps show it"></iframe>'
        )
        heads = "".join(
            f"<dt>{head}</dt><dd>{escape(str(mail[head]))}</dd>" for head in ("From", "To")
        )
        back = f'<p><a href="{PREFIX}">← All emails</a></p>'
        return _page(
            str(mail["Subject"]), f"{back}<dl>{heads}</dl><pre>{linked(text_of(mail))}</pre>{frame}"
        )

    def _html(self, name: str) -> LocalResponse | None:
        path = self._folder / name
        part = read(path).get_body(("html",)) if _NAME.fullmatch(name) and path.is_file() else None
        if part is None:
            return _page("This email doesn’t exist", "", 404)
        content = str(part.get_content()).encode()
        return LocalResponse(content, policy="sandbox; img-src * data:; style-src 'unsafe-inline'")


def read(path: Path) -> EmailMessage:
    """Return the mail in a file."""
    mail: Any = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return mail  # type: ignore[no-any-return]


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def links_in(text: str) -> list[str]:
    """Return the links in a text."""
    return _LINK.findall(text)


def linked(text: str) -> str:
    """Return a text as HTML with clickable links."""
    parts, end = [], 0
    for found in _LINK.finditer(text):
        url = escape(found.group())
        parts += [escape(text[end : found.start()]), f'<a href="{url}">{url}</a>']
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def _page(title: str, content: str, status: int = 200) -> LocalResponse:
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{PREFIX}/style.css"></head>'
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return LocalResponse(html.encode(), status=status)
