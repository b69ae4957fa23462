"""API requests: CPU time and SQL statements, compared with the original.

The original (badgekit-api 0.2.22 on Node 0.10 with MariaDB, 200 badges, two cores) was measured once
on another machine; its figures are constants here, and ours are given as ratios to them. Numbers of
statements, and how paging scales with the table, are measured within this run.
`python -m bench.api` measures the database in the settings and prints JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs

from bench import main_job, prepare
from bench.report import THEIRS, Finding
from chalicelib import tokens
from chalicelib.queues import BY_SETTING

BADGES = 200
MANY = 100_000
IN_BULK = 1000
ROUNDS = 200
# Minimum CPU time of the original's server and of its database in ms, the factor by which our server
# must be faster, and our maximum number of SQL statements.
ORIGINAL = {
    "list of 200 badges": (191.0, 145.0, 40.0, 8),
    "page of 10 badges": (11.0, 8.0, 6.0, 8),
    "one badge": (2.7, 1.3, 2.0, 8),
    "one award": (3.7, 1.6, 2.0, 8),
    "assertion": (2.4, 1.1, 3.0, 4),
}
GROWTH = 1.2  # maximum growth of a page's time from 100 rows to 100,000


def findings(folder: Path) -> list[Finding]:
    """Measure on each database (see `prepare.databases`)."""
    return [one for name, place in prepare.databases(folder) for one in _findings(name, place)]


def _findings(name: str, settings: dict[str, str]) -> list[Finding]:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "bench.api"], env=settings, capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    run = json.loads(done.stdout)
    found = []
    for what, (original, its_database, less, statements) in ORIGINAL.items():
        ms, count, database = run[what]
        if database is not None:
            share = f"API, {name}, {what}: the database's CPU, to the original's"
            found.append(Finding(share, database / its_database, THEIRS))
        found += [
            Finding(f"API, {name}, {what}: CPU", ms, "ms"),
            Finding(
                f"API, {name}, {what}: CPU, to the original's", ms / original, THEIRS, 1 / less
            ),
            Finding(f"API, {name}, {what}: SQL", count, "statements", statements),
        ]
    found.append(Finding(f"API, {name}, {IN_BULK} awards in one call", run["bulk"], "s", 1.0))
    for what, growth in run["growth"].items():
        found.append(Finding(f"API, {name}, {what}: {MANY} to 100 rows", growth, "x", GROWTH))
    return found


class Meter:
    """Sends requests to the application and measures them."""

    def __init__(self, app: Any) -> None:
        from chalicelib.data import connection

        self._app = app
        self._seen: list[Any] = []
        connection.database.obj.query_hooks.append(self._seen.append)

    def send(self, method: str, target: str, content: Any = None, status: int = 200) -> Any:
        """Send a signed request and check the response's status."""
        body = b"" if content is None else json.dumps(content).encode()
        claims: dict[str, Any] = {"key": "master", "method": method, "path": target}
        if body:
            claims["body"] = tokens.body_claim(body)
        token = tokens.sign(claims, prepare.SETTINGS["OPENBADGER_SECRET"])
        path, _, query = target.partition("?")
        event = prepare.event(method, path, "/{proxy+}", body=body, token=token)
        if query:
            event["multiValueQueryStringParameters"] = parse_qs(query)
        if path.startswith("/public"):
            del event["headers"]["Accept"]
        before, self._seen[:] = time.process_time(), []
        started = time.perf_counter()
        answer = self._app(event, None)
        self.seconds = time.perf_counter() - started
        self.cpu = time.process_time() - before
        self.statements = len(self._seen)
        if answer["statusCode"] != status:
            raise RuntimeError(f"{method} {target}: {answer['statusCode']} {answer['body']}")
        return json.loads(answer["body"])

    def cost(self, send: Callable[[int], Any]) -> tuple[float, float, float | None]:
        """Return a request's minimum CPU time, maximum statements, and mean database CPU time.

        The minimum shows the cost of the code; anything above it is noise of the machine. The
        database is only measured if it is a separate process. Times are in ms.
        """
        send(-2)
        send(-1)
        cpu, statements, before = [], [], _database_ms()
        for number in range(ROUNDS):
            send(number)
            cpu.append(self.cpu * 1000)
            statements.append(self.statements)
        after = _database_ms()
        database = None if before is None or after is None else (after - before) / ROUNDS
        return min(cpu), max(statements), database


def _database_ms() -> float | None:
    """Return the CPU time of the database's process in ms, or None if unavailable (proc(5))."""
    file = Path(f"/proc/{os.environ.get(prepare.SERVER_PID, 'none')}/stat")
    if not file.exists():
        return None
    user, system = file.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


BADGE = {
    "name": "Reader", "strapline": "Reads", "earnerDescription": "You read a whole book. " * 4,
    "consumerDescription": "Reads books. " * 4, "criteriaUrl": "https://example.org/criteria",
    "unique": 1, "type": "skill", "image": "https://example.org/reader.png",
    "criteria": [
        {"description": "Read a book", "required": 1, "note": "Any"},
        {"description": "Tell of it", "required": 0, "note": "To the class"},
    ],
    "alignments": [{"name": "CCSS", "url": "https://example.org/s", "description": "Reading"}],
    "categories": ["reading"],
    "tags": ["books", "school"],
}  # fmt: skip


def run(meter: Meter) -> dict[str, Any]:
    """Measure all requests on a migrated, empty database."""
    system = f"/systems/{prepare.SYSTEM}"
    for number in range(BADGES):
        meter.send("POST", f"{system}/badges", {**BADGE, "slug": f"badge-{number}"}, 201)
    award = meter.send("POST", f"{system}/badges/badge-0/instances", {"email": "a@b.co"}, 201)
    assertion = f"/public/assertions/{award['instance']['slug']}"
    result: dict[str, Any] = {
        "list of 200 badges": meter.cost(lambda _: meter.send("GET", f"{system}/badges")),
        "page of 10 badges": meter.cost(
            lambda _: meter.send("GET", f"{system}/badges?page=3&count=10")
        ),
        "one badge": meter.cost(lambda _: meter.send("GET", f"{system}/badges/badge-7")),
        "one award": meter.cost(
            lambda number: meter.send(
                "POST", f"{system}/badges/badge-1/instances", {"email": f"e{number}@b.co"}, 201
            )
        ),
        "assertion": meter.cost(lambda _: meter.send("GET", assertion)),
    }
    emails = [f"bulk-{number}@example.org" for number in range(IN_BULK)]
    meter.send("POST", f"{system}/badges/badge-2/instances/bulk", {"emails": emails}, 201)
    result["bulk"] = meter.seconds
    result["growth"] = _growths(meter)
    return result


# Table sizes, and the numbers of pages with ten rows.
SIZES = {"few": 100, "many": MANY}
PAGES = {
    "second": {"few": 2, "many": 2},
    "middle": {"few": 6, "many": MANY // 20},
    "last": {"few": 10, "many": MANY // 10},
}


def _growths(meter: Meter) -> dict[str, float]:
    """Return how many times longer pages take in a system with many rows than in one with few."""
    from chalicelib.data.connection import database
    from chalicelib.data.models import System

    for name, rows in SIZES.items():
        with database.atomic():
            system = System.create(slug=name, name=name, url="https://example.org")
            _more_badges(system, rows)
            _more_awards(system, rows)
    found = {}
    for what, target in (("badges", "badges"), ("awards", "badges/{}-0/instances")):
        for which, pages in PAGES.items():
            ratios = []
            for _ in range(ROUNDS):  # alternating, so that noise affects both
                took = {}
                for name, page in pages.items():
                    path = f"/systems/{name}/{target.format(name)}?page={page}&count=10"
                    if not meter.send("GET", path)["pageData"]["total"] == SIZES[name]:
                        raise RuntimeError(f"{path}: rows are missing")
                    took[name] = meter.seconds
                ratios.append(took["many"] / took["few"])
            found[f"{which} page of {what}"] = median(ratios)
    return found


def _more_badges(system: Any, rows: int) -> None:
    from chalicelib.data import bulk
    from chalicelib.data.models import Badge
    from chalicelib.domain.badges import block_counts

    made = [
        {
            "slug": f"{system.slug}-{number}", "system": system, "name": "Badge",
            "earner_description": "E", "consumer_description": "C", "criteria_url": "https://b.co",
        }
        for number in range(rows)
    ]  # fmt: skip
    for piece in bulk.chunks(made):
        Badge.insert_many(piece).execute()
    for badge in Badge.select().where(Badge.system == system):
        block_counts.count_badge(badge, 1)


def _more_awards(system: Any, rows: int) -> None:
    from chalicelib.data import bulk
    from chalicelib.data.models import Award, Badge

    badge = Badge.get(Badge.slug == f"{system.slug}-0")
    made = [
        {
            "slug": f"{badge.slug}-{number}", "badge": badge, "email": f"{number}@b.co",
            "email_key": f"{number}@b.co", "salt": "salt", "active_key": f"{badge.id}-{number}",
            "position": number,
        }
        for number in range(rows)
    ]  # fmt: skip
    for piece in bulk.chunks(made):
        Award.insert_many(piece).execute()
    Badge.update(awarded=rows, given=rows).where(Badge.id == badge.id).execute()


def main() -> None:
    """Measure the database in the environment's settings."""
    from app import app  # first, since it installs settings of its own

    cloud = main_job.Cloud()
    cloud.replace()
    prepare.fill({**os.environ, **{name: name for name in BY_SETTING}}, applications=0)
    meter = Meter(app)
    meter.send(
        "PUT",
        f"/systems/{prepare.SYSTEM}/webhook",
        {"url": "https://b.co", "secret": "12345678"},
        201,
    )
    print(json.dumps(run(meter)))


if __name__ == "__main__":
    main()
