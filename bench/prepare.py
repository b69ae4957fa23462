"""Fixtures of the benchmarks: settings, a filled database, requests, packages."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import OperationalError

from chalicelib import config, tokens, wiring
from chalicelib.data import connection
from chalicelib.data.migrate import migrate
from chalicelib.data.models import Application, Badge, Criterion, Image, Issuer, System, Webhook
from infra.aws import bytecode

SYSTEM = "chicago"
SERVER_PID = "BENCH_SERVER_PID"  # set if the database is a separate process
PICTURE = "images/badge.png"
SETTINGS = {
    "COOKIE_SECRET": "a-cookie-secret-for-the-benchmarks-only",
    "OPENBADGER_SECRET": "a-master-secret-for-the-benchmarks-only",
    "OPENBADGER_SYSTEM": SYSTEM,
    "API_SECRET": "a-user-api-secret-for-the-benchmarks-only",
    "WEBHOOK_SECRET": "a-webhook-secret-for-the-benchmarks-only",
    "MAIL_FROM": "badges@example.org",
    "PERSONA_AUDIENCE": "https://badges.example.org",
}


def sqlite(path: Path) -> dict[str, str]:
    """Return settings for a SQLite file."""
    return {**SETTINGS, "DATABASE_DRIVER": "sqlite", "DATABASE_DATABASE": str(path)}


@contextmanager
def mariadb_server() -> Iterator[dict[str, str] | None]:
    """Yield settings for a new MariaDB server, or None if MariaDB is not installed."""
    from tests import mariadb

    program = mariadb.find()
    if program is None:
        yield None
        return
    server = mariadb.Server(program)
    server.start()
    try:
        yield {**SETTINGS, **server.address.environ(), SERVER_PID: str(server.pid)}
    finally:
        server.stop()


def databases(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield SQLite, and MariaDB if it is installed, with their settings.

    Parameters
    ----------
    folder : Path
        Folder for SQLite's file.
    """
    yield "SQLite", sqlite(folder / "bench.db")
    with mariadb_server() as settings:
        if settings is None:
            print("skipping MariaDB: it is not installed")
        else:
            yield "MariaDB", settings


def fill(settings: dict[str, str], applications: int, listener: str | None = None) -> list[bytes]:
    """Migrate the database, publish a badge and create applications for it.

    Parameters
    ----------
    settings : dict[str, str]
        Settings with the database; this process uses them from now on.
    applications : int
        Number of applications.
    listener : str, optional
        URL of the system's webhook.

    Returns
    -------
    list[bytes]
        For each application, the body of the webhook for its approval.

    Raises
    ------
    SystemExit
        If a setting is missing, or the database cannot be used.
    """
    if missing := [name for name in (*SETTINGS, "DATABASE_DATABASE") if not settings.get(name)]:
        sys.exit(f"{missing[0]} is missing; `make bench` sets it, and starts a database")
    wiring.install(config.Settings(environ=settings, file=Path("no-config.json")))
    try:
        connection.configure()
        migrate()
    except (config.SettingError, OperationalError) as problem:
        sys.exit(f"The database cannot be used: {problem.args[-1]}; see the settings DATABASE_*")
    with connection.database.atomic():
        system = System.create(slug=SYSTEM, name="Chicago", url="https://chicago.example.org")
        issuer = Issuer.create(
            slug="library", name="Public Library", url="https://library.example.org", system=system
        )
        badge = Badge.create(
            slug="reader",
            name="Reader",
            system=system,
            issuer=issuer,
            earner_description="You read a whole book.",
            consumer_description="Reads books.",
            criteria_url="https://badges.example.org/reader/criteria",
            image=Image.create(slug="reader", key=PICTURE, media_type="image/png"),
        )
        Criterion.create(badge=badge, description="Read a book", required=True)
        if listener:
            Webhook.create(
                system=system, url=listener, secret="a-secret-of-the-system-for-the-benchmarks"
            )
        for number in range(applications):
            email = f"learner-{number}@example.org"
            Application.create(
                slug=f"application-{number}", badge=badge, learner=email, learner_key=email
            )
    connection.database.close()
    return [_review(number) for number in range(applications)]


def _review(number: int) -> bytes:
    content = {
        "action": "review",
        "application": {
            "slug": f"application-{number}",
            "learner": f"learner-{number}@example.org",
            "badge": {"slug": "reader", "name": "Reader", "system": {"slug": SYSTEM}},
            "processed": None,
        },
        "review": {"slug": f"review-{number}", "author": "reviewer@example.org", "comment": "Yes"},
        "approved": True,
    }
    return json.dumps(content).encode()


def event(
    method: str, path: str, route: str, *, body: bytes = b"", token: str | None = None, **slugs: str
) -> dict[str, Any]:
    """Return API Gateway's event for a request, usable with and without our own routing."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if token:
        headers["Authorization"] = tokens.header(token)
    return {
        "resource": route,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueQueryStringParameters": None,
        "pathParameters": slugs,
        "stageVariables": None,
        "requestContext": {"httpMethod": method, "resourcePath": route, "path": path},
        "body": body.decode(),
        "isBase64Encoded": False,
    }


def webhook(body: bytes) -> dict[str, Any]:
    """Return the event of a signed webhook."""
    token = tokens.sign({"body": tokens.body_claim(body)}, SETTINGS["WEBHOOK_SECRET"])
    return event("POST", "/webhooks/badgekit", "/webhooks/badgekit", body=body, token=token)


def front_page() -> dict[str, Any]:
    """Return the event of `GET /`."""
    return event("GET", "/", "/")


def signed_request() -> dict[str, Any]:
    """Return the event of a signed `GET /systems/{system}`."""
    path = f"/systems/{SYSTEM}"
    claims = {"key": "master", "exp": int(time.time()) + 3600, "method": "GET", "path": path}
    token = tokens.sign(claims, SETTINGS["OPENBADGER_SECRET"])
    return event("GET", path, "/systems/{system}", token=token, system=SYSTEM)


BASELINE = """\
from chalice.app import Chalice, Response
{imports}
app = Chalice(app_name="baseline")

@app.route("/")
def front_page():
    return Response('{{"app":"baseline"}}', {{"Content-Type": "application/json"}})

@app.route("/systems/{{system}}")
def system(system):
    return Response('{{"system":{{}}}}', {{"Content-Type": "application/json"}})
"""


def baseline(out: Path, package: Path, modules: list[str]) -> Path:
    """Build a package with our dependencies and an application that only imports modules.

    Parameters
    ----------
    out : Path
        Output folder.
    package : Path
        Our package, which provides the dependencies.
    modules : list[str]
        Modules that the application imports besides Chalice.
    """
    shutil.copytree(package, out, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(out / "chalicelib")
    imports = "\n".join(f"import {name}" for name in modules)
    (out / "app.py").write_text(BASELINE.format(imports=imports), "utf-8")
    bytecode.compile_all(out)
    return out
