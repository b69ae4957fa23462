"""The editor of drafts and templates: a form for each section, saved on its own.

A form says what its section looked like when it was shown, so that nobody overwrites what somebody
else wrote meanwhile without having seen it. A script saves while one types: it asks for JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from chalice.app import Response

from chalicelib.admin.auth.session import Visit
from chalicelib.admin.drafts import editor_form, parts, wording
from chalicelib.admin.shell import responses
from chalicelib.aws import storage
from chalicelib.data.models import Draft
from chalicelib.domain.drafts import content, drafts
from chalicelib.domain.drafts.drafts import ChangedMeanwhile
from chalicelib.errors import NotFound, PictureRefused, ValidationError
from chalicelib.i18n import gettext
from chalicelib.web.form import Form
from chalicelib.web.responses import HTML_POLICY, json_response

MANY_BADGES = 12  # then they can be searched
MOST_BADGES = 100  # on a page, besides those that were chosen


def show(visit: Visit, draft: Draft, section: str) -> Response:
    """Show the form of a section."""
    _check(section)
    if draft.status == drafts.PUBLISHED:
        return parts.to_badge(draft)
    return _form(visit, draft, section, drafts.section(draft, section))


def save(visit: Visit, draft: Draft, section: str) -> Response:
    """Save a section, or change the rows of its form."""
    _check(section)
    if section == content.VISUAL:
        return _save_picture(visit, draft)
    values = editor_form.sent(section, visit.form)
    if focus := editor_form.moved(section, values, visit.form.text("do")):
        return _form(visit, draft, section, values, focus=focus, changed=True)
    try:
        saved = drafts.save(draft.id, section, values, visit.form.text("base"), visit.person.email)
    except ValidationError as refused:
        codes = {one["field"]: one["message"] for one in refused.details}
        return _refused(visit, draft, section, content.read(section, values), codes)
    except ChangedMeanwhile as conflict:
        return _compared(visit, draft, conflict)
    if responses.wants_json():
        return json_response(_told(saved, section))
    return _onward(visit, draft, section)


def _check(section: str) -> None:
    if section not in content.SECTIONS:
        raise NotFound("A badge has no such section")


def _onward(visit: Visit, draft: Draft, section: str) -> Response:
    """Go on where the button says: in this section, to the next one, or to the badge's page."""
    if visit.form.text("do") != "next":
        return responses.to(f"/drafts/{draft.id}/edit/{section}", "saved")
    following = content.SECTIONS[content.SECTIONS.index(section) + 1 :]
    if following:
        return responses.to(f"/drafts/{draft.id}/edit/{following[0]}", "saved")
    return responses.to(f"/drafts/{draft.id}", "saved")


def _told(draft: Draft, section: str) -> dict[str, Any]:
    """Return what a script shows of a section that was saved."""
    missing = [{"section": of, "field": field} for of, field in drafts.missing(draft)]
    return {"saved": True, "base": drafts.base(draft, section), "missing": missing}


def _refused(
    visit: Visit, draft: Draft, section: str, values: Mapping[str, Any], codes: Mapping[str, str]
) -> Response:
    problems = wording.wrong(codes)
    if responses.wants_json():
        return json_response({"saved": False, "problems": problems}, 400)
    return _form(visit, draft, section, values, 400, problems=problems, changed=True)


def _compared(visit: Visit, draft: Draft, conflict: ChangedMeanwhile) -> Response:
    """Show what somebody else saved beside what was sent, for a choice."""
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
        fields=list(editor_form.fields(conflict.section, conflict.yours)),
        differences=editor_form.differences(conflict.section, conflict.theirs, conflict.yours),
    )


def _save_picture(visit: Visit, draft: Draft) -> Response:
    """Keep a picture that was uploaded, or what is said of the one there is; a refused one is left."""
    words = content.alt(visit.form.text("alt"))
    if code := content.alt_problem(words):
        return _picture_refused(visit, draft, wording.wrong({"alt": code}))
    try:
        _keep_picture(visit, draft, words)
    except ValidationError:
        return _picture_refused(visit, draft, {"image": gettext(wording.NO_PICTURE)})
    except PictureRefused as refusal:
        return _picture_refused(visit, draft, {"image": refusal.told})
    except ChangedMeanwhile:
        return _picture_changed(visit, drafts.find(draft.id))
    return _onward(visit, draft, content.VISUAL)


def _keep_picture(visit: Visit, draft: Draft, words: str) -> None:
    """Make the picture that was sent the draft's; without one, say what the picture shows."""
    from chalicelib.imaging import uploads
    from chalicelib.studio import pictures

    form = visit.form
    base, author = form.text("base"), visit.person.email
    described = pictures.alt_text_of(draft.image)
    sent = _sent_picture(form, draft)
    if sent is None:
        drafts.set_alt(draft.id, words or described, base, author)
        return
    if words == described:  # of the picture before, and nobody's own
        words = ""
    picture = uploads.prepare(sent, form.text("fit") or uploads.FIT)
    kept = uploads.store(picture, "image/png")
    drafts.set_image(draft.id, replace(kept, alt=words or None), base, author)


def _uploads(draft: Draft) -> str:
    """Return what the keys of a draft's uploads begin with: none is taken that was sent for another."""
    return f"{storage.UPLOADS}{draft.id}/"


def _sent_picture(form: Form, draft: Draft) -> bytes | None:
    """Return the file that came with a form, or that was sent into the bucket before it."""
    if key := form.text("uploaded"):
        try:
            return storage.take(key, _uploads(draft))
        except NotFound as problem:
            raise PictureRefused(gettext("Choose the picture again.")) from problem
    file = form.file("image")
    return file.content if file else None


def _picture_refused(
    visit: Visit, draft: Draft, problems: Mapping[str, str], status: int = 400
) -> Response:
    """Show what is wrong with a picture, or with what is said of it; files have to be chosen again."""
    values = drafts.section(draft, content.VISUAL)
    return _form(visit, draft, content.VISUAL, values, status, problems=problems)


def _picture_changed(visit: Visit, draft: Draft) -> Response:
    """Show the picture that somebody else chose meanwhile."""
    words = gettext(
        "%(author)s chose another picture meanwhile. To replace it, choose yours again."
    )
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
    """Show the form of a section: as it is, or with what was typed, which is not saved yet."""
    missing = drafts.missing(draft)
    more: dict[str, Any] = {}
    if section == content.MILESTONE:
        more = _candidates(visit, draft, values["milestone"])
    elif section == content.VISUAL:
        more = _about_picture(visit, draft)
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


def _about_picture(visit: Visit, draft: Draft) -> dict[str, Any]:
    """Return a draft's picture, what is said of it, and how a script sends a large one."""
    url, fields = storage.upload_form(_uploads(draft), seconds=60 * 60)
    form = visit.form
    return {
        "image_url": parts.picture_url(draft),
        "alt": form.text("alt") if "alt" in form else drafts.alt(draft),
        "fit": form.text("fit"),
        "upload": {"url": url, "fields": fields},
    }


def _candidates(visit: Visit, draft: Draft, milestone: Mapping[str, Any]) -> dict[str, Any]:
    """Return the badges that may support a milestone: those that were chosen, and others."""
    search = visit.form.text("search")[:100]
    found = drafts.candidates(draft, milestone["supportBadges"], search, MOST_BADGES)
    return {"candidates": found, "search": search, "many": found.total > MANY_BADGES}
