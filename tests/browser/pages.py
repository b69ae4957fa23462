"""The table of all pages of the product, and a system with all data that they can show.

The pages of the admin UI are those of `chalicelib.admin.urls`: a page that is added there is looked
at by all that uses this table (accessibility, languages, hostile texts, screenshots).
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from peewee import CharField, TextField, fn

from chalicelib import times
from chalicelib.admin.urls import ROUTES
from chalicelib.data.models import TABLES, Account, Application, Badge, Event, Job
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards, bulk_issue, milestones
from chalicelib.domain.badges import badges, codes
from chalicelib.domain.drafts import drafts
from chalicelib.domain.drafts.content import SECTIONS
from chalicelib.domain.images import images
from chalicelib.domain.owners import accounts, consumers, owners, places, webhooks
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Scope
from chalicelib.domain.reviews import reviews
from chalicelib.studio import pictures

# Files, redirects, and a script's request.
NOT_PAGES = {
    "/awards/csv", "/badges/{badge}/awards/csv", "/badges/{badge}/codes/csv", "/home",
    "/settings", "/studio/graphics",
}  # fmt: skip
# These ask about what their query names (see `MORE_PAGES`).
QUESTIONS = {"/badges/{badge}/codes/delete", "/settings/systems/{system}/consumers/delete"}
PARAMETER = re.compile(r"\{(\w+)\}")

# Texts that would do harm if not escaped, or not isolated from our own text.
MARK = "hostile-mark"
OVERRIDE = "\N{RIGHT-TO-LEFT OVERRIDE}"
TO_BE = "\N{OBJECT REPLACEMENT CHARACTER}"  # stored as `OVERRIDE`, which names could once have
HOSTILE_NAME = (
    f"\"'><script>window.hacked = 1</script><{MARK}><img src=x onerror=window.hacked=1> "
    f"{OVERRIDE}drawkcab 🎖️👩🏽‍🚀 {'unbroken' * 9} &amp; {{{{ 7 * 7 }}}} %(name)s"
)
HOSTILE_TEXT = (f"{HOSTILE_NAME}\n\n</textarea></p><{MARK}>" + "A long text, at length. " * 420)[
    :10_000
]
HOSTILE_URL = "javascript:window.hacked=1"
SENT_NAME, SENT_TEXT = (text.replace(OVERRIDE, TO_BE) for text in (HOSTILE_NAME, HOSTILE_TEXT))
SENT_URL = "https://example.org/hostile"


@dataclass(frozen=True)
class Page:
    """A page.

    Parameters
    ----------
    name : str
        Base name of its files, such as screenshots.
    path : str
        Path, with parameters in braces.
    signed_in : bool
        Whether it requires signing in.
    status : int
        Expected status.
    """

    name: str
    path: str
    signed_in: bool = True
    status: int = 200


@dataclass
class World:
    """The system with all data.

    Parameters
    ----------
    values : dict[str, str]
        The value of each path parameter.
    """

    values: dict[str, str] = field(default_factory=dict)

    def address(self, page: Page) -> str | None:
        """Return a page's path, or None if this world lacks its data."""
        names = PARAMETER.findall(page.path)
        if not all(name in self.values for name in names):
            return None
        return PARAMETER.sub(lambda found: self.values[found[1]], page.path)


OPEN_PAGES = [
    Page("home", "/", signed_in=False),
    Page("signin", "/signin", signed_in=False),
    Page("link-refused", "/signin/broken", signed_in=False, status=403),
    Page("help", "/help", signed_in=False),
    Page("about", "/about", signed_in=False),
    Page("terms", "/terms", signed_in=False),
    Page("error-404", "/nothing/is/here", signed_in=False, status=404),
    Page("error-405", "/signout", signed_in=False, status=405),
    Page("public-badge", "/public/badges/{badge}", signed_in=False),
    Page("public-issuer", "/public/badges/{badge}/issuer", signed_in=False),
    Page("public-system", "/public/systems/{system}", signed_in=False),
    Page("public-criteria", "/system/{system}/badge/{badge}/criteria", signed_in=False),
    Page("public-earlier", "/id/badges/{earlier}", signed_in=False),
    Page("public-earlier-criteria", "/id/badges/{earlier}/criteria", signed_in=False),
    Page("public-award", "/public/awards/{award}", signed_in=False),
    Page("public-expired", "/public/assertions/{expired}", signed_in=False),
    Page("public-not-yet-valid", "/public/assertions/{not_yet_valid}", signed_in=False),
    Page("public-revoked", "/public/assertions/{revoked}", signed_in=False, status=410),
    Page("share-template", "/share/{template}", signed_in=False),
]
# Further states of pages in the table of routes.
MORE_PAGES = [
    Page("help-signed-in", "/help"),
    Page("activity-failed", "/activity?state=failed&notice=retried"),
    Page("draft-template", "/drafts/{template_id}"),
    Page("draft-incomplete", "/drafts/{incomplete}"),
    Page("draft-studio-begun", "/drafts/{incomplete}/studio"),
    Page("draft-studio-drawn", "/drafts/{drawn}/studio"),
    Page("draft-visual-drawn", "/drafts/{drawn}/edit/visual"),
    Page("code-delete", "/badges/{badge}/codes/delete?code=welcome&page=2"),
    Page("consumer-delete", "/settings/systems/{system}/consumers/delete?key={key}"),
    Page("place-missing", "/settings/systems/nowhere", status=404),
]


def pages(routes: Mapping[str, Any]) -> list[Page]:
    """Return all pages of some routes whose views exist."""
    return [page for page in _all() if _is_there(page, routes)]


def _all() -> Iterator[Page]:
    yield from OPEN_PAGES
    for path, methods in ROUTES.items():
        if "GET" in methods and path not in NOT_PAGES | QUESTIONS:
            for section in SECTIONS if "{section}" in path else [""]:
                filled = path.replace("{section}", section)
                yield Page(re.sub(r"[{}]", "", filled).strip("/").replace("/", "-"), filled)
    yield from MORE_PAGES


def _is_there(page: Page, routes: Mapping[str, Any]) -> bool:
    path = page.path.partition("?")[0]
    if page.status == 404:
        return True
    shape = PARAMETER.sub("{}", path)
    for route in routes:
        same = PARAMETER.sub("{}", route) == shape
        if same or re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route), path):
            methods = ROUTES.get(route)
            return methods is None or page.status == 405 or _has_view(methods["GET"].view)
    return False


def _has_view(view: str) -> bool:
    module = view.partition(":")[0]
    return importlib.util.find_spec(f"chalicelib.admin.{module}") is not None


def populate(base: str, administrator: str) -> World:
    """Create a system in which all texts are hostile.

    Parameters
    ----------
    base : str
        URL of the application, which also serves images.
    administrator : str
        Email address of the administrator.
    """
    picture = images.Picture(url=f"{base}/static/mark.svg", alt=SENT_NAME)
    scope = _places(picture)
    webhooks.put(scope.system, {"url": "https://example.org/hook", "secret": "s" * 32})
    consumers.create(
        scope.system, {"apiKey": "site", "apiSecret": "s" * 32, "description": SENT_NAME},
        "drafter@example.org",
    )  # fmt: skip
    for email, rights in (("drafter", Rights(draft=True)), ("reviewer", Rights(review=True))):
        for place in (scope.place, scope.place._replace(program=None), (scope.system.slug,)):
            accounts.allow(f"{email}@example.org", places.Place(*place), rights)
    badge, plain = _badges(scope, picture)
    values = {"system": "chicago", "issuer": "library", "program": "scratch", "key": "site"}
    world = World(values)
    world.values |= {"badge": badge.slug, "plain": plain.slug}
    world.values["account"] = str(Account.get(Account.email == "drafter@example.org").id)
    _drafts(scope, picture, administrator, world)
    _awards(badge, plain, world)
    _applications(badge, administrator, world)
    _codes(badge)
    _problems()
    _drawn(scope, administrator, world)
    _batch(badge, administrator, world)
    _as_stored_before_names_were_checked()
    return world


def _as_stored_before_names_were_checked() -> None:
    in_json = TO_BE.encode("unicode-escape").decode()
    stored_as = {SENT_URL: HOSTILE_URL, TO_BE: OVERRIDE, in_json: OVERRIDE}
    columns = [(table, column) for table in TABLES for column in table._meta.sorted_fields]
    for table, column in columns:
        if isinstance(column, (CharField, TextField)):
            for sent, stored in stored_as.items():
                changed = fn.REPLACE(column, sent, stored)
                table.update({column: changed}).where(column.contains(sent)).execute()


def _places(picture: images.Picture) -> Scope:
    named = {"name": SENT_NAME, "url": "http://example.org", "description": SENT_NAME[:255]}
    system = owners.create_system({**named, "slug": "chicago"}, picture)
    issuer = owners.create_issuer(system, {**named, "slug": "library"}, picture)
    program = owners.create_program(issuer, {**named, "slug": "scratch"}, picture)
    return Scope(system, issuer, program)


def _content() -> dict[str, Any]:
    return {
        "name": SENT_NAME,
        "strapline": SENT_NAME[:140],
        "issuerUrl": "https://example.org/" + "long" * 60,
        "earnerDescription": SENT_TEXT,
        "consumerDescription": SENT_TEXT,
        "rubricUrl": "https://example.org/rubric",
        "timeValue": 3,
        "timeUnits": "weeks",
        "limit": 500,
        "unique": True,
        "type": "Skill",
        "evidenceType": "URL",
        "tags": [SENT_NAME, "plain"],
        "categories": ["Zoology", SENT_NAME],
        "alignments": [{"name": SENT_NAME, "url": "https://example.org/a",
                        "description": SENT_TEXT}],
        "criteria": [
            {"description": SENT_TEXT, "note": SENT_TEXT, "required": True},
            {"description": "Another one", "note": "", "required": False},
        ],
    }  # fmt: skip


def _badges(scope: Scope, picture: images.Picture) -> tuple[Badge, Badge]:
    fields = {**_content(), "slug": "hostile", "criteriaUrl": "https://example.org/c",
            "rubricUrl": SENT_URL, "issuerUrl": SENT_URL}  # fmt: skip
    made = []
    for number in range(14):  # more than one page of the directory
        more = {"name": f"Plain badge {number}", "slug": f"plain-{number}"} if number else {}
        made.append(badges.create(scope, {**fields, **more}, picture))
    badges.update(made[2], {**fields, "name": "Old", "slug": "plain-2", "archived": True})
    support = [badge.id for badge in made[1:4]]
    milestones.create(
        scope.system,
        {"primaryBadgeId": made[0].id, "numberRequired": 2, "supportBadges": support},
    )
    return badges.by_id(made[0].id), badges.by_id(made[1].id)


def _drafts(scope: Scope, picture: images.Picture, author: str, world: World) -> None:
    whole = {**_content(), "milestone": {"isMilestone": True, "numberRequired": 2,
             "supportBadges": ["plain-1", "plain-3"], "action": "issue"}}  # fmt: skip
    draft = drafts.create(scope, author, whole, image=images.keep(picture))
    template = drafts.create(
        scope, author, whole, status=drafts.TEMPLATE, image=images.keep(picture)
    )
    incomplete = drafts.create(scope, author, {"name": SENT_NAME})
    world.values |= {
        "draft": str(draft.id),
        "template": template.slug,
        "template_id": str(template.id),
        "incomplete": str(incomplete.id),
    }


def _awards(badge: Badge, plain: Badge, world: World) -> None:
    for number in range(3):
        award, _ = awards.give(
            badge, f"earner{number}@example.org", slug=f"award-{number}", comment=SENT_TEXT,
            expires=times.now() + timedelta(days=365),
        )  # fmt: skip
    awards.give(plain, "grace.of.a.very.long.name" * 2 + "@example.org")
    world.values["earlier"] = plain.public_id
    changed = {"name": plain.name, "slug": plain.slug, "consumerDescription": "Changed"}
    badges.update(plain, {**_content(), **changed, "criteriaUrl": "https://example.org/c"})
    awards.revoke(award, SENT_TEXT)
    now, year = times.now(), timedelta(days=365)
    awards.give(badge, "old@example.org", slug="old", issued_on=now - 2 * year, expires=now - year)
    awards.give(badge, "new@example.org", slug="new", issued_on=now + year)
    world.values |= {
        "award": "award-0", "revoked": award.slug, "expired": "old", "not_yet_valid": "new",
    }  # fmt: skip


def _applications(badge: Badge, administrator: str, world: World) -> None:
    fields = {"evidence": [
        {"url": SENT_URL, "mediaType": "link", "reflection": SENT_TEXT},
        {"url": "https://example.org/" + "x" * 300, "mediaType": "image", "reflection": None},
    ]}  # fmt: skip
    made = [
        applications.create(badge, {"learner": f"learner{number}@example.org", **fields})
        for number in range(3)
    ]
    required = [row.id for row in badge.criteria]
    items = [
        {"criterionId": number, "satisfied": False, "comment": SENT_TEXT} for number in required
    ]
    for application in made[1:]:
        review = {"author": administrator, "comment": SENT_TEXT, "reviewItems": items}
        reviews.create(applications.find(badge, application.slug), review)
    Application.update(processed=times.now()).where(Application.id == made[2].id).execute()
    world.values["application"] = made[1].slug


def _codes(badge: Badge) -> None:
    codes.create(badge, {"code": SENT_NAME[:200].replace("/", "-"), "multiuse": True})
    codes.create(badge, {"code": "welcome"})
    codes.create(badge, {"code": "used", "claimed": True, "email": "earner0@example.org"})
    for _ in range(30):
        codes.create_random(badge, {})


def _problems() -> None:
    """Create a failed job, a waiting job, and an event without any job."""
    failed, waiting = Job.select().order_by(Job.id).limit(2)
    Job.update(state="failed", reason=SENT_TEXT[:2000], attempts=10).where(
        Job.id == failed.id
    ).execute()
    Job.update(state="done", outcome="awarded").where(Job.id == waiting.id).execute()
    delivery = Job.select().where(Job.kind == "delivery").order_by(Job.id).get_or_none()
    if delivery is not None:
        reason = "https://example.org answered with 500"
        Job.update(state="failed", reason=reason).where(Job.id == delivery.id).execute()
    Event.create(
        key="odd", source="webhook", action=SENT_NAME[:64], subject=SENT_NAME,
        badge_slug=SENT_NAME, body="{}",
    )  # fmt: skip


def _drawn(scope: Scope, author: str, world: World) -> None:
    """Create a draft and a badge with images from the studio that show hostile texts."""
    text = {
        "top": f"<{MARK}>\"'&",
        "bottom": OVERRIDE + "drawkcab {{ 7 * 7 }} %(name)s",
        "curved": True,
    }
    whole = {"version": 1, "text": text, "ribbon": {"style": "banner", "label": SENT_NAME[:60]}}
    picture = pictures.keep({**whole, "graphic": {"name": "rocket"}}, SENT_NAME)
    draft = drafts.create(scope, author, {"name": SENT_NAME}, image=images.keep(picture))
    badges.create(scope, {**_content(), "slug": "drawn", "criteriaUrl": "https://example.org/"},
                      pictures.keep(whole, None))  # fmt: skip
    world.values["drawn"] = str(draft.id)


def _batch(badge: Badge, author: str, world: World) -> None:
    """Issue the badge in bulk to some addresses."""
    emails = [f"issued{number}@example.org" for number in range(3)]
    batch = bulk_issue.batch_id(badge, "token", emails, SENT_TEXT, SENT_TEXT)
    bulk_issue.issue(badge, batch, emails, author, note=SENT_TEXT, narrative=SENT_TEXT)
    world.values["batch"] = batch
