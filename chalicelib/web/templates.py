"""Renders templates, and the error page.

Everything is escaped (but for plain text, `.txt`), and a name that a template misspells is an
error. Jinja2 is imported and templates are compiled when first needed, not when this is loaded.
"""

from __future__ import annotations

import functools
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib import VERSION, config, i18n, limits, times
from chalicelib.errors import BadgeKitError, Unavailable, WakingUp
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _
from chalicelib.web.assets import asset_path
from chalicelib.web.urls import href, segment

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_HERE = Path(__file__).parents[1]
_DEFAULT_BRAND = "BadgeKit"
_TURNING = {"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"}

# What each error is called, and what to do next.
_ERRORS = {
    400: (_("Invalid request"), _("Go back, check what you entered, and try again.")),
    403: (_("Access denied"), _("If you think you should have access, ask an administrator.")),
    404: (_("Page not found"), _("Check the address for typos, or go to the home page.")),
    405: (_("Method not allowed"), _("This address cannot be opened this way. Go to the home page.")),
    409: (_("Conflict"), _("Someone else may have changed this first. Go back, reload the page, and try again.")),
    410: (_("No longer available"), _("This is permanent. For more information, ask the person who sent you the link.")),
    413: (_("Too large"), _("Send less at once, or choose a smaller file.")),
    415: (_("Unsupported format"), _("Try again with a different format.")),
    500: (_("Something went wrong"), _("Try again. If this keeps happening, tell an administrator.")),
    503: (_("Temporarily unavailable"), _("This is usually temporary.")),
}  # fmt: skip
_STILL_WAKING = _(
    "The database is still starting, so your changes were not saved. Go back and submit them again."
)
_MONTHS = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"),
    _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip
_SHORT_MONTHS = (
    _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul"), _("Aug"), _("Sep"),
    _("Oct"), _("Nov"), _("Dec"),
)  # fmt: skip


def brand() -> str:
    """Return the name in the header: `BRANDING`, or what it says for this deployment's system."""
    return brand_of(config.settings().optional("OPENBADGER_SYSTEM"))


def brand_of(system: str | None) -> str:
    """Return `BRANDING`, or what it says for a system by its slug.

    Raises
    ------
    SettingError
        If it is an object that cannot be read.
    """
    settings = config.settings()
    text = settings.text("BRANDING")
    if text.lstrip().startswith("{"):
        text = settings.json("BRANDING").get(system)
    return " ".join(str(text or "").split()) or _DEFAULT_BRAND


def _brand_in_trouble() -> str:
    """Return the brand, or its default when a broken setting is what the error is about."""
    try:
        return brand()
    except config.SettingError:
        return _DEFAULT_BRAND


def moment(value: datetime) -> Markup:
    """Return a moment as a `<time>` that people and machines can read."""
    text = gettext("%(day)s %(month)s %(year)s, %(time)s UTC")
    return _time(value, text % _parts(value, _SHORT_MONTHS), "moment")


def day(value: datetime) -> Markup:
    """Return the day of a moment as a `<time>`."""
    text = gettext("%(day)s %(month)s %(year)s")
    return _time(value, text % _parts(value, _MONTHS), "day")


def _parts(value: datetime, months: tuple[str, ...]) -> dict[str, Any]:
    return {
        "day": value.day,
        "month": gettext(months[value.month - 1]),
        "year": value.year,
        "time": f"{value:%H:%M}",
    }


def _time(value: datetime, text: str, kind: str) -> Markup:
    """Return a `<time>`; where there is a script, it is told as the reader's region does."""
    from markupsafe import Markup

    exact = value.strftime("%Y-%m-%d %H:%M:%S UTC")
    return Markup('<time datetime="{}" title="{}" data-time="{}">{}</time>').format(
        times.iso(value), exact, kind, text
    )


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
    environment.filters.update(moment=moment, day=day, isolated=isolated, segment=segment)
    environment.globals.update(
        brand=brand,
        href=href,
        asset=asset_path,
        language=i18n.current,
        version=VERSION,
        limits=limits,
    )
    texts: Any = environment
    texts.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)
    for name in ("gettext", "ngettext"):
        environment.globals[name] = _isolating(environment.globals[name])
    return environment


def _isolating(translate: Any) -> Any:
    """Return what translates a text and keeps the direction of each word put into it to that word."""
    from jinja2 import pass_context

    @pass_context
    def isolating(context: Any, /, *text: Any, **words: Any) -> Any:
        return translate(context, *text, **{name: isolated(word) for name, word in words.items()})

    return isolating


def isolated(word: Any) -> Any:
    """Return a word, between marks that isolate it if it could turn the text around it."""
    if not isinstance(word, str) or word.isascii():
        return word
    if not any(unicodedata.bidirectional(letter) in _TURNING for letter in word):
        return word
    return type(word)(f"\N{FIRST STRONG ISOLATE}{word}\N{POP DIRECTIONAL ISOLATE}")


def render(template: str, **context: Any) -> str:
    """Return a page.

    Parameters
    ----------
    template : str
        Its path in the folder `templates`.
    **context : Any
        What the template names.
    """
    return _environment().get_template(template).render(context)


def waking_up() -> str:
    """Return the page that tells that the database is waking up; its answer has it loaded again."""
    return render("waking.html")


def error(problem: BadgeKitError, reference: str | None) -> str:
    """Return the page that tells of an error and what to do next.

    Parameters
    ----------
    problem : BadgeKitError
        What went wrong.
    reference : str or None
        What to quote when asking for help.
    """
    title, advice = _ERRORS.get(problem.status, _ERRORS[500])
    is_waking = isinstance(problem, WakingUp)
    return render(
        "error.html",
        brand=_brand_in_trouble,
        status=problem.status,
        title=gettext(title),
        message=gettext(_STILL_WAKING) if is_waking else problem.told,
        advice=gettext(advice),
        retry_after=problem.retry_after if isinstance(problem, Unavailable) else None,
        reference=reference,
    )
