"""Renders templates, and the error page.

Everything is escaped, except in plain text (`.txt`), and an undefined name in a template is an
error. Jinja2 is imported, and templates are compiled, when they are first needed.
"""

from __future__ import annotations

import functools
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib import VERSION, branding, i18n, limits, times
from chalicelib.branding import Brand
from chalicelib.errors import BadgeKitError, Unavailable, WakingUp
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.web.assets import asset_path
from chalicelib.web.urls import href, segment
from chalicelib.web_addresses import web_address

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_HERE = Path(__file__).parents[1]
_BIDIRECTIONAL = {"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"}

# Title and advice of each error page, by status.
_ERRORS = {
    400: (_("Invalid request"), _("Go back, check what you entered, and try again.")),
    403: (_("Access denied"), _("If this keeps happening, or you think you should have access, ask an administrator.")),
    404: (_("Page not found"), _("Check the address for typos, or go to the home page.")),
    405: (_("Method not allowed"), _("This address can’t be opened this way. Go to the home page.")),
    409: (_("Conflict"), _("Someone else may have changed this first. Go back, reload the page, and try again.")),
    410: (_("No longer available"), _("This is permanent. For more information, ask the person who sent you the link.")),
    413: (_("Too large"), _("Send less at once, or choose a smaller file.")),
    415: (_("Unsupported format"), _("Try again with a different format.")),
    500: (_("Something went wrong"), _("Try again. If this keeps happening, tell an administrator.")),
    503: (_("Temporarily unavailable"), _("This is usually temporary.")),
}  # fmt: skip
_STILL_WAKING = _(
    "The database is still starting, so your changes weren’t saved. Go back and submit them again."
)
_MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"),
    _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip


# Dates have one style everywhere: "1 December 2026", with the time in UTC where it matters.


def moment(value: datetime) -> Markup:
    """Return a moment as a `<time>` element."""
    return _time(value, _plain_moment(value, "%H:%M"))


def day(value: datetime) -> Markup:
    """Return the day of a moment as a `<time>` element."""
    return _time(value, plain_day(value))


def plain_day(value: datetime) -> str:
    """Return the day of a moment as plain text, for mails and previews."""
    month = gettext(_MONTHS[value.month - 1])
    parts = {"day": value.day, "month": month, "year": value.year}
    return gettext("%(day)s %(month)s %(year)s") % parts


def _plain_moment(value: datetime, clock: str) -> str:
    parts = {"day": plain_day(value), "time": value.strftime(clock)}
    return gettext("%(day)s, %(time)s UTC") % parts


def _time(value: datetime, text: str) -> Markup:
    """Return a `<time>` element, which tells the exact moment in its title."""
    from markupsafe import Markup

    exact = _plain_moment(value, "%H:%M:%S")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(times.iso(value), exact, text)


def with_breaks(text: str) -> Markup:
    """Return a text as HTML with its line breaks, for mails: few of their readers know CSS."""
    from markupsafe import Markup

    return Markup("<br>\n").join(text.splitlines())


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        auto_reload=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        moment=moment,
        day=day,
        plain_day=plain_day,
        isolated=isolated,
        segment=segment,
        with_breaks=with_breaks,
        web_address=web_address,
    )
    environment.globals.update(
        href=href,
        asset=asset_path,
        language=i18n.current,
        version=VERSION,
        limits=limits,
    )
    translated: Any = environment
    translated.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)
    for name in ("gettext", "ngettext"):
        environment.globals[name] = _isolating(environment.globals[name])
    return environment


def _isolating(translate: Any) -> Any:
    """Return a translation function that isolates the direction of each inserted value."""
    from jinja2 import pass_context

    @pass_context
    def isolating(context: Any, /, *text: Any, **values: Any) -> Any:
        return translate(context, *text, **{name: isolated(one) for name, one in values.items()})

    return isolating


def isolated(value: Any) -> Any:
    """Return a value, in Unicode isolate marks if it could change the direction of the text."""
    if not isinstance(value, str) or value.isascii():
        return value
    if not any(unicodedata.bidirectional(letter) in _BIDIRECTIONAL for letter in value):
        return value
    return type(value)(f"\N{FIRST STRONG ISOLATE}{value}\N{POP DIRECTIONAL ISOLATE}")


def render(template: str, brand: Brand | None = None, **context: Any) -> str:
    """Render a template.

    Parameters
    ----------
    template : str
        Its path in the folder `templates`.
    brand : Brand, optional
        Whose page or email it is: templates print its `brand()` and `logo()`. By default the
        deployment's, which is looked up when it is printed.
    **context : Any
        The template's variables.
    """

    @functools.cache
    def shown() -> Brand:
        return brand or branding.for_page()

    names = {"brand": lambda: shown().name, "logo": lambda: shown().logo}
    return _environment().get_template(template).render(names | context)


def waking_up() -> str:
    """Return the page shown while the database is waking up; its response makes it reload."""
    return render("waking.html", branding.known())


def error(problem: BadgeKitError, reference: str | None) -> str:
    """Return the error page, which says what went wrong and what to do next.

    Parameters
    ----------
    problem : BadgeKitError
        The error.
    reference : str or None
        The error's id, to quote when asking for help.
    """
    title, advice = _ERRORS.get(problem.status, _ERRORS[500])
    is_waking = isinstance(problem, WakingUp)
    return render(
        "error.html",
        branding.known(),
        status=problem.status,
        title=gettext(title),
        message=gettext(_STILL_WAKING) if is_waking else problem.page_message,
        advice=gettext(advice),
        retry_after=problem.retry_after if isinstance(problem, Unavailable) else None,
        reference=reference,
    )
