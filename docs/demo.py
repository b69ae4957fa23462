"""A city that learns: believable people, places and badges for the screenshots."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib import times
from chalicelib.badges import (
    accounts,
    applications,
    awards,
    codes,
    consumers,
    drafts,
    images,
    milestones,
    owners,
    publishing,
    reviews,
    webhooks,
)
from chalicelib.badges.accounts import Rights
from chalicelib.badges.images import Picture
from chalicelib.badges.owners import Place, Scope
from chalicelib.data.models import Account, Application, Badge
from tests.browser.pages import World

SYSTEM = "chicago"
BRAND = "Chicago City of Learning"

# Name, colour, sign, strapline, what the earner does, categories, tags.
BADGES = (
    ("Urban Beekeeper", "#b8720a", "hive", "Keeps a hive alive through a city summer",
     "Look after a hive on a roof or in a yard for one season.", "Exploring Earth and Space", "bees"),
    ("Book Explorer", "#5d2a70", "book", "Reads across the shelves",
     "Read three books from three shelves, and recommend one.", "Storytelling", "reading"),
    ("Game Maker", "#1d4fa3", "code", "Programs a game that others play",
     "Program a game, let five people play it, and make it better.", "Coding and Gaming", "scratch"),
    ("Bridge Builder", "#1c6440", "bridge", "Builds a bridge that holds",
     "Plan, build and test a model bridge that carries ten kilograms.", "Design & Making", "models"),
    ("River Watcher", "#0f6a7a", "wave", "Measures the water, and says what it means",
     "Take samples of the Chicago River in four weeks and explain them.", "Zoology", "water"),
    ("Photo Reporter", "#8a2f52", "camera", "Tells a story in eight pictures",
     "Photograph something that happens in your street.", "Media & Music", "photography"),
    ("Stage Hand", "#7a4b00", "star", "Makes a play happen, unseen",
     "Help behind the stage of a play from the first rehearsal on.", "Performing Arts", "theatre"),
    ("Number Detective", "#3b4a8f", "sum", "Finds the number that is wrong",
     "Find a claim with numbers in a newspaper and check it.", "Numbers", "statistics"),
)  # fmt: skip
SIGNS = {
    "hive": "M50 30l17 10v20L50 70 33 60V40zM50 30v40M33 40l34 20M67 40L33 60",
    "book": "M50 36c-5-5-14-5-20-3v32c6-2 15-2 20 3 5-5 14-5 20-3V33c-6-2-15-2-20 3zv32",
    "code": "M40 38L28 50l12 12M60 38l12 12-12 12M54 34l-8 32",
    "bridge": "M26 62h48M30 62V40M70 62V40M30 42q20 26 40 0M40 62V52M50 62V55M60 62V52",
    "wave": "M26 42q8-8 16 0t16 0 16 0M26 52q8-8 16 0t16 0 16 0M26 62q8-8 16 0t16 0 16 0",
    "camera": "M28 40h10l4-6h16l4 6h10v26H28zM50 44a8 8 0 1 1-.1 0z",
    "star": "M50 30l6 13 14 2-10 10 2 14-12-7-12 7 2-14-10-10 14-2z",
    "sum": "M62 34H38l14 16-14 16h24",
}  # strokes in a square of 100


def badge_svg(colour: str, sign: str) -> str:
    """Return the picture of a badge."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="400" height="400">'
        f'<path fill="{colour}" d="M50 3l40.700 23.500v47L50 97 9.300 73.500v-47z"/>'
        '<path fill="none" stroke="#ffffff" stroke-opacity=".55" stroke-width="1.500" '
        'stroke-dasharray="3 3" d="M50 10l34.600 20v40L50 90 15.400 70V30z"/>'
        f'<path fill="none" stroke="#ffffff" stroke-width="4" stroke-linejoin="round" '
        f'stroke-linecap="round" d="{SIGNS[sign]}"/></svg>'
    )


def furnish(base: str, administrator: str, picture: Callable[[str], Picture]) -> World:
    """Make the city.

    Parameters
    ----------
    base : str
        Where the application is.
    administrator : str
        Who works there.
    picture : Callable[[str], Picture]
        Stores an SVG as a picture.
    """
    scope = _places(picture)
    world = World({"system": SYSTEM, "issuer": "library", "program": "summer"})
    webhooks.put(scope.system, {"url": f"{base}/healthcheck", "secret": "s" * 40})
    consumers.create(
        scope.system,
        {
            "apiKey": "explorers",
            "apiSecret": "s" * 40,
            "description": "The web site of the Explorers",
        },
    )
    _people(scope, world)
    badges = _badges(base, scope, picture)
    world.values |= {"badge": badges[0].slug, "plain": badges[1].slug}
    _drafts(scope, picture, administrator, world)
    _awards(badges, world)
    _applications(badges, administrator, world)
    codes.create(badges[0], {"code": "honey-fair", "multiuse": True})
    codes.create(badges[0], {"code": "smoker-42", "claimed": True, "email": "lin@example.org"})
    for _ in range(6):
        codes.create_random(badges[0], {})
    _batch(badges[0], administrator, world)
    return world


def _places(picture: Callable[[str], Picture]) -> Scope:
    system = owners.system(SYSTEM)  # made by the local run
    owners.update(
        system,
        {"name": BRAND, "url": "https://learning.example.org", "email": "badges@example.org",
         "description": "Libraries, museums and parks that teach outside of school."},
        picture(badge_svg("#5d2a70", "star")),
    )  # fmt: skip
    library = {"slug": "library", "name": "Harold Washington Library",
               "url": "https://library.example.org", "email": "library@example.org",
               "description": "Books, and people who read them."}  # fmt: skip
    issuer = owners.create_issuer(system, library, picture(badge_svg("#1d4fa3", "book")))
    owners.create_issuer(
        system, {"slug": "parks", "name": "Park District", "url": "https://parks.example.org"}
    )
    program = owners.create_program(
        issuer,
        {"slug": "summer", "name": "Summer of Learning", "url": "https://summer.example.org",
         "description": "Six weeks for those from 9 to 14."},
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
    name, _, _, strapline, earner, category, tag = BADGES[number]
    return {
        "name": name,
        "strapline": strapline,
        "earnerDescription": earner,
        "consumerDescription": f"The holder has done this: {earner[0].lower()}{earner[1:]}",
        "timeValue": number % 3 + 2,
        "timeUnits": "weeks",
        "unique": True,
        "type": ("Skill", "Knowledge", "Community", "Showcase")[number % 4],
        "evidenceType": "URL",
        "tags": [tag, "summer"],
        "categories": [category],
        "criteria": [
            {"description": earner, "required": True, "note": "Look for pictures or a diary."},
            {"description": "Show somebody younger how it is done", "required": True, "note": ""},
            {"description": "Tell what you would do otherwise next time", "required": False,
             "note": ""},
        ],
    }  # fmt: skip


def _badges(base: str, scope: Scope, picture: Callable[[str], Picture]) -> list[Badge]:
    made = []
    for number, (name, colour, sign, *_) in enumerate(BADGES):
        slug = name.lower().replace(" ", "-")
        said = {**_content(number), "slug": slug,
                "criteriaUrl": f"{base}/system/{SYSTEM}/badge/{slug}/criteria"}  # fmt: skip
        where = scope if number % 2 else Scope(scope.system, scope.issuer)
        badge = publishing.create(where, said, picture(badge_svg(colour, sign)))
        made.append(publishing.by_id(badge.id))
    milestones.create(
        scope.system,
        {"primaryBadgeId": made[4].id, "numberRequired": 2,
         "supportBadges": [made[0].id, made[3].id, made[5].id]},
    )  # fmt: skip
    publishing.update(made[7], {**said, "archived": True})
    return made


def _drafts(scope: Scope, picture: Callable[[str], Picture], author: str, world: World) -> None:
    milestone = {"isMilestone": True, "numberRequired": 2, "action": "issue",
                 "supportBadges": ["urban-beekeeper", "river-watcher"]}  # fmt: skip
    gardener = {**_content(0), "name": "Rooftop Gardener", "tags": ["plants", "summer"],
                "strapline": "Grows vegetables where nobody walks",
                "earnerDescription": "Grow three kinds of vegetables on a roof or balcony.",
                "consumerDescription": "The holder has grown vegetables on a roof.",
                "milestone": milestone}  # fmt: skip
    draft = drafts.create(
        scope, author, gardener, image=images.keep(picture(badge_svg("#1c6440", "star")))
    )
    drafts.create(scope, author, {**_content(5), "name": "Street Musician"})
    incomplete = drafts.create(scope, author, {"name": "Night Sky Guide"})
    template = drafts.create(
        scope, author, {**_content(1), "name": "Visited an exhibition"}, status=drafts.TEMPLATE,
        image=images.keep(picture(badge_svg("#65596c", "camera"))),
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
    awards.revoke(award, "It was given for the evidence of somebody else.")
    world.values["revoked"] = award.slug


def _applications(badges: list[Badge], administrator: str, world: World) -> None:
    words = (
        "I helped on the roof of our school from April to June and kept a diary of it.",
        "My grandmother has kept bees for forty years. She showed me, and I showed my class.",
        "Here is a film of the day when we took the honey out.",
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
        {"criterionId": row.id, "satisfied": False, "comment": "Which film? The link is broken."}
        for row in badges[0].criteria
    ]
    review = {"author": administrator, "comment": "Nearly there!", "reviewItems": items}
    reviews.create(applications.find(badges[0], made.slug), review)
    Application.update(processed=times.now()).where(Application.id == made.id).execute()


def _batch(badge: Badge, author: str, world: World) -> None:
    if importlib.util.find_spec("chalicelib.badges.batches") is None:
        return
    batches: Any = importlib.import_module("chalicelib.badges.batches")
    emails = [f"{name}@example.org" for name in ("hana", "felix", "ruth")]
    name = batches.name(badge, "demo", emails, "")
    batches.issue(badge, name, emails, "At the honey fair.", author)
    world.values["batch"] = name
