"""Demo data for the screenshots: realistic people, places and badges of a city."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import timedelta
from typing import Any

from chalicelib import times
from chalicelib.data.models import Account, Application, Badge, Image
from chalicelib.domain.applications import applications
from chalicelib.domain.awards import awards, milestones
from chalicelib.domain.badges import badges, codes
from chalicelib.domain.drafts import drafts
from chalicelib.domain.images import images
from chalicelib.domain.images.images import Picture
from chalicelib.domain.owners import accounts, consumers, owners, webhooks
from chalicelib.domain.owners.accounts import Rights
from chalicelib.domain.owners.places import Place, Scope
from chalicelib.domain.reviews import reviews
from chalicelib.studio import pictures
from docs.demo_designs import CITY, DESIGNS, PLACES, Document
from tests.browser.pages import World

SYSTEM = "chicago"
BRAND = CITY

# Name, strapline, what the earner does, categories, tags.
BADGES = (
    ("Urban Beekeeper", "Keeps a hive alive through a city summer",
     "Look after a hive on a roof or in a yard for one season.", "Exploring Earth and Space", "bees"),
    ("Book Explorer", "Reads across the shelves",
     "Read three books from three shelves, and recommend one.", "Storytelling", "reading"),
    ("Game Maker", "Programs a game for others to play",
     "Program a game, let five people play it, and improve it.", "Coding and Gaming", "scratch"),
    ("Bridge Builder", "Builds a bridge that holds",
     "Plan, build, and test a model bridge that carries 20 pounds.", "Design & Making", "models"),
    ("River Watcher", "Tests river water and explains the results",
     "Sample the Chicago River for four weeks and explain your results.", "Zoology", "water"),
    ("Photo Reporter", "Tells a story in eight pictures",
     "Photograph something that happens on your street.", "Media & Music", "photography"),
    ("Stage Hand", "Makes the show happen behind the scenes",
     "Help backstage with a play, from the first rehearsal on.", "Performing Arts", "theater"),
    ("Number Detective", "Finds the number that doesn’t add up",
     "Find a claim with numbers in a newspaper and check it.", "Numbers", "statistics"),
)  # fmt: skip


def populate(base: str, administrator: str) -> World:
    """Create the demo data.

    Parameters
    ----------
    base : str
        URL of the application.
    administrator : str
        Email address of the administrator.
    """
    scope = _places()
    world = World({"system": SYSTEM, "issuer": "library", "program": "summer"})
    webhooks.put(scope.system, {"url": f"{base}/healthcheck", "secret": "s" * 40})
    consumers.create(
        scope.system,
        {
            "apiKey": "explorers",
            "apiSecret": "s" * 40,
            "description": "Explorers website",
        },
    )
    _people(scope, world)
    badges = _badges(base, scope)
    world.values |= {"badge": badges[0].slug, "plain": badges[1].slug}
    _drafts(scope, administrator, world)
    _awards(badges, world)
    _applications(badges, administrator, world)
    codes.create(badges[0], {"code": "honey-fair", "multiuse": True})
    codes.create(badges[0], {"code": "smoker-42", "claimed": True, "email": "lin@example.org"})
    for _ in range(6):
        codes.create_random(badges[0], {})
    _batch(badges[0], administrator, world)
    return world


def _drawn(chosen: tuple[str, Document]) -> Picture:
    """Render a design and store its image, as the studio does."""
    alt, document = chosen
    return pictures.keep(document, alt)


def _image(name: str) -> Image | None:
    return images.keep(_drawn(DESIGNS[name]))


def _places() -> Scope:
    system = owners.system(SYSTEM)  # made by the local run
    owners.update(
        system,
        {"name": BRAND, "url": "https://learning.example.org", "email": "badges@example.org",
         "description": "Libraries, museums, and parks where people learn outside of school."},
        _drawn(PLACES[SYSTEM]),
    )  # fmt: skip
    library = {"slug": "library", "name": "Harold Washington Library",
               "url": "https://library.example.org", "email": "library@example.org",
               "description": "A public library in downtown Chicago."}  # fmt: skip
    issuer = owners.create_issuer(system, library, _drawn(PLACES["library"]))
    owners.create_issuer(
        system, {"slug": "parks", "name": "Park District", "url": "https://parks.example.org"}
    )
    program = owners.create_program(
        issuer,
        {"slug": "summer", "name": "Summer of Learning", "url": "https://summer.example.org",
         "description": "Six weeks of activities for ages 9 to 14."},
        _drawn(PLACES["summer"]),
    )  # fmt: skip
    return Scope(system, issuer, program)


def _people(scope: Scope, world: World) -> None:
    place = Place(SYSTEM)
    accounts.allow("maria.lopez@example.org", place, Rights(draft=True, review=True))
    accounts.allow("maria.lopez@example.org", scope.place, Rights(draft=True))
    accounts.allow(
        "maria.lopez@example.org", scope.place._replace(program=None), Rights(review=True)
    )
    accounts.allow("sam.okafor@example.org", place, Rights(publish=True))
    accounts.allow("wei.chen@example.org", place._replace(issuer="library"), Rights(review=True))
    accounts.allow("ines@example.org", scope.place, Rights(draft=True))
    world.values["account"] = str(Account.get(Account.email == "maria.lopez@example.org").id)


def _content(number: int) -> dict[str, Any]:
    name, strapline, earner, category, tag = BADGES[number]
    return {
        "name": name,
        "strapline": strapline,
        "earnerDescription": earner,
        "consumerDescription": f"To earn this badge, the holder had to: {earner[0].lower()}{earner[1:]}",
        "timeValue": number % 3 + 2,
        "timeUnits": "weeks",
        "unique": True,
        "type": ("Skill", "Knowledge", "Community", "Showcase")[number % 4],
        "evidenceType": "URL",
        "tags": [tag, "summer"],
        "categories": [category],
        "criteria": [
            {"description": earner, "required": True, "note": "Look for pictures or a diary."},
            {"description": "Show someone younger how it’s done", "required": True, "note": ""},
            {"description": "Say what you would do differently next time", "required": False,
             "note": ""},
        ],
    }  # fmt: skip


def _badges(base: str, scope: Scope) -> list[Badge]:
    made = []
    for number, (name, *_) in enumerate(BADGES):
        slug = name.lower().replace(" ", "-")
        content = {**_content(number), "slug": slug,
                   "criteriaUrl": f"{base}/system/{SYSTEM}/badge/{slug}/criteria"}  # fmt: skip
        where = scope if number % 2 else Scope(scope.system, scope.issuer)
        badge = badges.create(where, content, _drawn(DESIGNS[name]))
        made.append(badges.by_id(badge.id))
    milestones.create(
        scope.system,
        {"primaryBadgeId": made[4].id, "numberRequired": 2,
         "supportBadges": [made[0].id, made[3].id, made[5].id]},
    )  # fmt: skip
    badges.update(made[7], {**content, "archived": True})
    return made


def _drafts(scope: Scope, author: str, world: World) -> None:
    milestone = {"isMilestone": True, "numberRequired": 2, "action": "issue",
                 "supportBadges": ["urban-beekeeper", "river-watcher"]}  # fmt: skip
    gardener = {**_content(0), "name": "Rooftop Gardener", "tags": ["plants", "summer"],
                "strapline": "Grows vegetables above the streets",
                "earnerDescription": "Grow three kinds of vegetables on a roof or balcony.",
                "consumerDescription": "The holder has grown vegetables on a roof.",
                "milestone": milestone}  # fmt: skip
    draft = drafts.create(scope, author, gardener, image=_image("Rooftop Gardener"))
    drafts.create(
        scope, author, {**_content(5), "name": "Street Musician"}, image=_image("Street Musician")
    )
    incomplete = drafts.create(scope, author, {"name": "Night Sky Guide"})
    template = drafts.create(
        scope, author, {**_content(1), "name": "Visited an exhibition"}, status=drafts.TEMPLATE,
        image=_image("Visited an exhibition"),
    )  # fmt: skip
    world.values |= {
        "draft": str(draft.id), "incomplete": str(incomplete.id),
        "template": template.slug, "template_id": str(template.id),
    }  # fmt: skip


def _awards(badges: list[Badge], world: World) -> None:
    people = ("amara", "jonas", "priya", "lin", "tomas", "zoe", "kofi", "elena", "noor")
    for number, badge in enumerate(badges[:6]):
        for person in people[: 9 - number]:
            award, _ = awards.give(
                badge, f"{person}@example.org", expires=times.now() + timedelta(days=730)
            )
            if number == 0 and person == "amara":
                world.values["award"] = award.slug
    awards.revoke(award, "The evidence was someone else’s work.")
    world.values["revoked"] = award.slug


def _applications(badges: list[Badge], administrator: str, world: World) -> None:
    words = (
        "I helped on the roof of our school from April to June and kept a diary.",
        "My grandmother has kept bees for forty years. She showed me, and I showed my class.",
        "Here’s a video of the day we harvested the honey.",
    )
    for number, badge in enumerate((badges[0], badges[0], badges[2], badges[1], badges[0])):
        evidence = [{"url": f"https://example.org/diary/{number}", "mediaType": "link",
                     "reflection": words[number % 3]}]  # fmt: skip
        learner = ("oscar", "mei", "dana", "ravi", "lucy")[number]
        made = applications.create(
            badge, {"learner": f"{learner}@example.org", "evidence": evidence}
        )
        world.values.setdefault("application", made.slug)
    items = [
        {"criterionId": row.id, "satisfied": False, "comment": "The link to the video is broken."}
        for row in badges[0].criteria
    ]
    review = {"author": administrator, "comment": "Nearly there!", "reviewItems": items}
    reviews.create(applications.find(badges[0], made.slug), review)
    Application.update(processed=times.now()).where(Application.id == made.id).execute()


def _batch(badge: Badge, author: str, world: World) -> None:
    if importlib.util.find_spec("chalicelib.domain.awards.bulk_issue") is None:
        return
    batches: Any = importlib.import_module("chalicelib.domain.awards.bulk_issue")
    emails = [f"{name}@example.org" for name in ("hana", "felix", "ruth")]
    name = batches.batch_id(badge, "demo", emails, "", "")
    batches.issue(badge, name, emails, author, note="See you at the honey fair.")
    world.values["batch"] = name
