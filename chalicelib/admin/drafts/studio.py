"""The studio: where a badge's image is designed, with a preview.

Every button of the form works without JavaScript. The script sends the same requests without
reloading the page, and gets JSON. Previews and saved images are drawn by the same function.
"""

from __future__ import annotations

import base64
from secrets import SystemRandom
from typing import Any

from chalice.app import Response

from chalicelib import branding
from chalicelib.admin.auth.permissions import Permission, may
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.drafts import parts, studio_form, wording
from chalicelib.admin.shell import responses
from chalicelib.data.models import Draft
from chalicelib.domain.badges import fields
from chalicelib.domain.drafts import content, design_picker, drafts
from chalicelib.domain.drafts.drafts import EditConflict
from chalicelib.domain.owners.places import Scope
from chalicelib.errors import NotFound
from chalicelib.i18n import gettext, ngettext
from chalicelib.studio import (
    alt_text,
    design,
    drawing,
    graphics,
    palettes,
    pictures,
    presets,
    rendering,
    samples,
)
from chalicelib.studio.design import Design, DesignRefused
from chalicelib.web.request import request
from chalicelib.web.responses import json_response

PREVIEW_SIZE = 384  # pixels of a preview
MOST_GRAPHICS, MOST_DESIGNS = 48, 24  # shown at once
Document = dict[str, Any]


def show(visit: Visit, draft: Draft) -> Response:
    """Show the studio with the draft's design, or a starting design."""
    if draft.status == drafts.PUBLISHED:
        return parts.to_badge(draft)
    try:
        return _page(visit, draft, _design_of(draft))
    except DesignRefused as error:  # from another BadgeKit, or with a graphic that no longer exists
        document = design.document(presets.starting_design(draft.name))
        return _page(visit, draft, document, problems={"studio": error.page_message}, touched=True)


def submit(visit: Visit, draft: Draft) -> Response:
    """Do what the pressed button says: preview the design, change it, or save it."""
    if draft.status == drafts.PUBLISHED:
        return _already_published(draft)
    form = visit.form
    document = studio_form.read(form, _brand(draft))
    verb, _, which = form.text("do").partition(":")
    try:
        if verb == "save":
            return _save(visit, draft, document)
        changed = _replacement(visit, draft, document, verb, which)
        read = design.read(changed or document)
    except DesignRefused as error:
        return _refused(visit, draft, document, error.page_message)
    if responses.wants_json():
        return json_response(_preview_json(read, changed=changed is not None))
    return _page(visit, draft, design.document(read), touched=True)


def _already_published(draft: Draft) -> Response:
    if responses.wants_json():
        words = gettext("This badge has been published, so its draft can no longer be edited.")
        return json_response({"problem": words}, 400)
    return parts.to_badge(draft)


def find(visit: Visit, _scope: Any) -> Response:
    """Return graphics that match a search, as JSON."""
    first = responses.page_number(request().argument("page")) - 1
    words = (request().argument("words") or "")[:100]
    found, total = _graphics(words, first)
    more = (first + 1) * MOST_GRAPHICS < total
    return json_response({
        "graphics": [one._asdict() for one in found],
        "summary": _count_text(words, total),
        "more": first + 2 if more else None,
    })  # fmt: skip


def _graphics(words: str, page: int) -> tuple[list[graphics.Graphic], int]:
    """Return a page of matching graphics and their total; without a search, popular ones first."""
    if words.strip():
        return graphics.find(words, page * MOST_GRAPHICS, MOST_GRAPHICS)
    found, total = graphics.find("", (page - 1) * MOST_GRAPHICS, MOST_GRAPHICS)
    if page == 0:
        found = [graphics.get(name) for name in presets.LIVELY]
    return found, total + MOST_GRAPHICS


def _count_text(words: str, total: int) -> str:
    if not words.strip():
        return gettext("Showing some of %d graphics") % (total - MOST_GRAPHICS)
    return ngettext("%(number)d graphic", "%(number)d graphics", total) % {"number": total}


def preset(name: str) -> Response:
    """Serve the drawing of a preset; cached forever under the current version."""
    name, _, ending = name.partition(".")
    if ending != "svg" or name not in presets.PRESETS:
        raise NotFound("There is no such design")
    lasting = request().argument("v") == presets.version()
    caching = "public, max-age=31536000, immutable" if lasting else "public, max-age=300"
    return Response(presets.draw(name), {"Content-Type": "image/svg+xml", "Cache-Control": caching})


def _brand(draft: Draft) -> str:
    return branding.name(draft.system.slug, draft.system.name)[: design.LONGEST_TEXT]


def _design_of(draft: Draft) -> Document:
    """Return the design of a draft's image, or a starting design."""
    text = draft.image.design if draft.image else None
    if text:
        return design.document(design.read(text))
    return design.document(presets.starting_design(draft.name))


def _replacement(
    visit: Visit, draft: Draft, document: Document, verb: str, which: str
) -> Document | None:
    """Return the design that a button replaces the sent one with, or None."""
    if verb == "random":
        return design.document(presets.surprise(SystemRandom(), design.read(document)))
    if verb == "clear":
        return design.document(Design())
    if verb == "preset" and which in presets.PRESETS:
        return design.document(presets.PRESETS[which].design)
    if verb == "like":
        return design.document(_copied_design(visit, draft, which))
    return None


def _copied_design(visit: Visit, draft: Draft, slug: str) -> Design:
    """Return the design of another image."""
    try:
        return design.read(design_picker.find(_scope(visit, draft), slug))
    except NotFound as problem:
        raise DesignRefused(
            gettext("This badge’s design no longer exists. Choose another one.")
        ) from problem


def _scope(visit: Visit, draft: Draft) -> Scope:
    """Return where designs can be copied from: the current place if the user can draft there."""
    if visit.scope and may(visit.person, Permission.DRAFT, visit.scope.place):
        return visit.scope
    return drafts.scope_of(draft)


def _preview_json(read: Design, *, changed: bool) -> dict[str, Any]:
    """Return a preview as the script shows it."""
    answer: dict[str, Any] = {
        "image": _data_url(read),
        "described": alt_text.describe(read),
        "note": _note(read),
    }
    if changed:
        answer["fields"] = studio_form.fields(design.document(read))
        answer["graphic"] = _graphic(read)
    return answer


def _graphic(read: Design) -> dict[str, str] | None:
    return graphics.get(read.graphic.name)._asdict() if read.graphic else None


def _data_url(read: Design) -> str:
    """Return a design's image as a data URL."""
    png = rendering.png(drawing.svg(read), PREVIEW_SIZE)
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _note(read: Design) -> str:
    """Return a hint about parts of a design that are not visible, or an empty text."""
    if read.ribbon.label and read.ribbon.style == "none":
        return gettext("To show the ribbon text, choose a ribbon.")
    return ""


def _refused(visit: Visit, draft: Draft, document: Document, words: str) -> Response:
    if responses.wants_json():
        return json_response({"problem": words}, 400)
    return _page(visit, draft, document, 400, problems={"studio": words}, touched=True)


def _save(visit: Visit, draft: Draft, document: Document) -> Response:
    """Draw a design and save its image; the old image stays on errors."""
    words = content.alt(visit.form.text("alt"))
    if code := content.alt_problem(words):
        problems = wording.wrong({"alt": code})
        return _page(visit, draft, document, 400, problems=problems, touched=True)
    picture = pictures.keep(document, words or None)
    try:
        drafts.set_image(draft.id, picture, visit.form.text("base"), visit.person.email)
    except EditConflict:
        return _show_conflict(visit, drafts.find(draft.id), document)
    return responses.to(f"/drafts/{draft.id}/edit/{fields.VISUAL}", "saved")


def _show_conflict(visit: Visit, draft: Draft, document: Document) -> Response:
    """Show that someone else has saved another image; saving again replaces it."""
    words = gettext("%(author)s has changed the image. To replace it, save again.")
    problems = {"studio": words % {"author": draft.author}}
    return _page(visit, draft, document, 409, problems=problems, touched=True)


def _page(
    visit: Visit,
    draft: Draft,
    document: Document,
    status: int = 200,
    *,
    problems: dict[str, str] | None = None,
    touched: bool = False,
) -> Response:
    """Show the studio with a design, even an invalid one, so that it can be corrected.

    `touched` means that it differs from the saved design.
    """
    form = visit.form
    words = form.text("words")[:100]
    found, total = _graphics(words, 0)
    try:
        read: Design | None = design.read(document)
    except DesignRefused:
        read = None
    saved = draft.image is not None and draft.image.design and not touched
    image = parts.picture_url(draft) if saved else read and _data_url(read)
    return responses.page(
        visit,
        "studio",
        status,
        draft=draft,
        base=drafts.base(draft, fields.VISUAL),
        problems=problems or {},
        touched=touched,
        values=studio_form.fields(document),
        image=image,
        described=alt_text.describe(read) if read else "",
        note=_note(read) if read else "",
        alt=form.text("alt") if "alt" in form else pictures.custom_alt_text(draft.image),
        brand_name=_brand(draft),
        graphic=_graphic(read) if read else None,
        found=found,
        summary=_count_text(words, total),
        more=total > MOST_GRAPHICS,
        words=words,
        samples=samples,
        presets=presets,
        limits=design.LIMITS,
        roles=palettes.ROLE_LABELS,
        longest=design.LONGEST_TEXT,
        designs=design_picker.recent(_scope(visit, draft), MOST_DESIGNS),
        links=parts.links(),
    )
