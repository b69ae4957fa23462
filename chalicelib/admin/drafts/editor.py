"""The editor of drafts and templates: one form for each section, each saved separately.

A form carries a digest of its section as it was shown, so that a save never silently overwrites
another person's changes. A script saves automatically while the user types, and gets JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Response

from chalicelib import limits
from chalicelib.admin.auth.session import Visit
from chalicelib.admin.drafts import editor_form, parts, wording
from chalicelib.admin.shell import responses
from chalicelib.aws import storage
from chalicelib.data.models import Draft
from chalicelib.domain.badges import fields
from chalicelib.domain.drafts import content, drafts
from chalicelib.domain.drafts.drafts import EditConflict
from chalicelib.errors import NotFound, PictureRefused, ValidationError
from chalicelib.i18n import gettext
from chalicelib.web.form import Form
from chalicelib.web.responses import HTML_POLICY, json_response

MANY_BADGES = 12  # more can be searched
MOST_BADGES = 100  # on a page, besides the chosen ones


def show(visit: Visit, draft: Draft, section: str) -> Response:
    """Show the form of a section."""
    _check_section(section)
    if draft.status == drafts.PUBLISHED:
        return parts.to_badge(draft)
    return _form(visit, draft, section, drafts.section(draft, section))


def save(visit: Visit, draft: Draft, section: str) -> Response:
    """Save a section, or add, remove or move rows of its form."""
    _check_section(section)
    if section == fields.VISUAL:
        return _save_picture(visit, draft)
    values = editor_form.read(section, visit.form)
    if focus := editor_form.edit_rows(section, values, visit.form.text("do")):
        return _form(visit, draft, section, values, focus=focus, changed=True)
    try:
        saved = drafts.save(draft.id, section, values, visit.form.text("base"), visit.person.email)
    except ValidationError as error:
        codes = {one["field"]: one["message"] for one in error.details}
        return _refused(visit, draft, section, content.read(section, values), codes)
    except EditConflict as conflict:
        return _show_conflict(visit, draft, conflict)
    if responses.wants_json():
        return json_response(_saved_json(saved, section))
    return _redirect(visit, draft, section)


def _check_section(section: str) -> None:
    if section not in fields.SECTIONS:
        raise NotFound("A badge has no such section")


def _redirect(visit: Visit, draft: Draft, section: str) -> Response:
    """Redirect to this section, to the next one, or to the draft's page after the last."""
    if visit.form.text("do") != "next":
        return responses.to(f"/drafts/{draft.id}/edit/{section}", "saved")
    following = fields.SECTIONS[fields.SECTIONS.index(section) + 1 :]
    if following:
        return responses.to(f"/drafts/{draft.id}/edit/{following[0]}", "saved")
    return responses.to(f"/drafts/{draft.id}", "saved")


def _saved_json(draft: Draft, section: str) -> dict[str, Any]:
    """Return the response to a script that saved a section."""
    missing = [{"section": of, "field": field} for of, field in drafts.missing(draft)]
    return {"saved": True, "base": drafts.base(draft, section), "missing": missing}


def _refused(
    visit: Visit, draft: Draft, section: str, values: Mapping[str, Any], codes: Mapping[str, str]
) -> Response:
    problems = wording.wrong(codes)
    if responses.wants_json():
        return json_response({"saved": False, "problems": problems}, 400)
    return _form(visit, draft, section, values, 400, problems=problems, changed=True)


def _show_conflict(visit: Visit, draft: Draft, conflict: EditConflict) -> Response:
    """Show the saved values next to the sent ones, so that the user can choose."""
    if responses.wants_json():
        return json_response({"saved": False, "changed": True}, 409)
    return responses.page(
        visit,
        "editor-conflict",
        409,
        draft=draft,
        section=conflict.section,
        title=wording.title(conflict.section),
        author=conflict.author,
        base=conflict.base,
        fields=list(editor_form.inputs(conflict.section, conflict.yours)),
        differences=editor_form.differences(conflict.section, conflict.theirs, conflict.yours),
    )


def _save_picture(visit: Visit, draft: Draft) -> Response:
    """Save an uploaded image, or the alternative text alone; the old image stays on errors."""
    words = content.alt(visit.form.text("alt"))
    if code := content.alt_problem(words):
        return _picture_refused(visit, draft, wording.wrong({"alt": code}))
    try:
        _store_picture(visit, draft, words)
    except ValidationError:
        return _picture_refused(
            visit, draft, {"image": gettext(wording.NO_PICTURE) % {"most": limits.PICTURE_MB}}
        )
    except PictureRefused as refusal:
        return _picture_refused(visit, draft, {"image": refusal.page_message})
    except EditConflict:
        return _show_picture_conflict(visit, drafts.find(draft.id))
    return _redirect(visit, draft, fields.VISUAL)


def _store_picture(visit: Visit, draft: Draft, words: str) -> None:
    """Store the uploaded image as the draft's; without one, set the alternative text."""
    from chalicelib.imaging import uploads
    from chalicelib.studio import pictures

    form = visit.form
    base, author = form.text("base"), visit.person.email
    described = pictures.alt_text_of(draft.image)
    sent = _sent_picture(form, draft)
    if sent is None:
        drafts.set_alt(draft.id, words or described, base, author)
        return
    if words == described:  # generated for the previous image
        words = ""
    picture = uploads.prepare(sent, form.text("fit") or uploads.FIT)
    kept = uploads.store(picture, "image/png")
    drafts.set_image(draft.id, replace(kept, alt=words or None), base, author)


def _upload_prefix(draft: Draft) -> str:
    """Return the key prefix of a draft's uploads, so that drafts cannot use each other's."""
    return f"{storage.UPLOADS}{draft.id}/"


def _sent_picture(form: Form, draft: Draft) -> bytes | None:
    """Return the file sent with the form, or uploaded to the bucket before it."""
    if key := form.text("uploaded"):
        try:
            return storage.take(key, _upload_prefix(draft))
        except NotFound as problem:
            raise PictureRefused(gettext("Choose the image again.")) from problem
    file = form.file("image")
    return file.content if file else None


def _picture_refused(
    visit: Visit, draft: Draft, problems: Mapping[str, str], status: int = 400
) -> Response:
    """Show the form with problems of an image or its alternative text; the file is not kept."""
    values = drafts.section(draft, fields.VISUAL)
    return _form(visit, draft, fields.VISUAL, values, status, problems=problems)


def _show_picture_conflict(visit: Visit, draft: Draft) -> Response:
    """Show the image that someone else saved in the meantime."""
    words = gettext("%(author)s has changed the image. To replace it, choose yours again.")
    return _picture_refused(visit, draft, {"image": words % {"author": draft.author}}, 409)


def _form(
    visit: Visit,
    draft: Draft,
    section: str,
    values: Mapping[str, Any],
    status: int = 200,
    *,
    problems: Mapping[str, str] | None = None,
    focus: str = "",
    changed: bool = False,
) -> Response:
    """Show the form of a section with saved values or, if `changed`, with unsaved ones."""
    missing = drafts.missing(draft)
    more: dict[str, Any] = {}
    if section == fields.MILESTONE:
        more = _candidates(visit, draft, values["milestone"])
    elif section == fields.VISUAL:
        more = _picture_context(visit, draft)
    answer = responses.page(
        visit,
        f"editor-{section}",
        status,
        draft=draft,
        section=section,
        sections=parts.sections(missing),
        values=values,
        base=visit.form.text("base") if changed else drafts.base(draft, section),
        problems=problems or {},
        missing={field for of, field in missing if of == section},
        focus=focus,
        changed=changed,
        words=wording,
        content=content,
        **more,
    )
    if "upload" in more:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(more["upload"]["url"]))
        answer.headers["Content-Security-Policy"] = HTML_POLICY.replace(
            "connect-src 'self'", f"connect-src 'self' {origin}"
        )
    return answer


def _picture_context(visit: Visit, draft: Draft) -> dict[str, Any]:
    """Return the image, its alternative text, and the form for direct uploads to the bucket."""
    url, hidden = storage.upload_form(_upload_prefix(draft), seconds=60 * 60)
    form = visit.form
    return {
        "image_url": parts.picture_url(draft),
        "alt": form.text("alt") if "alt" in form else drafts.alt(draft),
        "fit": form.text("fit"),
        "upload": {"url": url, "fields": hidden},
    }


def _candidates(visit: Visit, draft: Draft, milestone: Mapping[str, Any]) -> dict[str, Any]:
    """Return the badges that can support a milestone: the chosen ones, and others."""
    search = visit.form.text("search")[:100]
    found = drafts.support_candidates(draft, milestone["supportBadges"], search, MOST_BADGES)
    return {"candidates": found, "search": search, "many": found.total > MANY_BADGES}
