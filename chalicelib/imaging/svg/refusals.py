"""Why an SVG file is rejected, in the words that people read."""

from __future__ import annotations

from typing import NoReturn

from chalicelib.errors import PictureRefused
from chalicelib.i18n import gettext
from chalicelib.i18n import gettext_noop as _

NOT_READ = _("This file is damaged or not an SVG. Export it again as plain SVG.")  # fmt: skip
ENCODING = _("This SVG file is in an encoding that is not supported. Save it in UTF-8 and try again.")  # fmt: skip
ENTITIES = _("This SVG file contains a DOCTYPE with declarations that are not supported, or entities. Save it as plain SVG and try again.")  # fmt: skip
INSTRUCTIONS = _("This SVG file contains processing instructions. Save it as plain SVG and try again.")  # fmt: skip
RUNS = _("This SVG file contains a script or part of a web page. Save it as plain SVG and try again.")  # fmt: skip
ELSEWHERE = _("This SVG file refers to content outside the file. Embed its images as PNG, JPEG, or GIF, remove its links, and try again.")  # fmt: skip
TOO_MUCH = _("This SVG file has too many parts. Simplify it, or save it as PNG.")  # fmt: skip
HAS_TEXT = _("This SVG file contains text, which looks different on every device. Convert it to paths (Inkscape: Path > Object to Path; Illustrator: Type > Create Outlines) and try again.")  # fmt: skip
NO_SIZE = _("This SVG file does not say how large its drawing is: it has no viewBox, and no width and height. Save it with a page that fits the drawing, and try again.")  # fmt: skip
DIFFERS = _("This SVG file uses “%s”, which would look different here than in a browser. Save it as plain SVG without it (for example, convert the shape to a path), or upload it as PNG.")  # fmt: skip

_LONGEST = 60  # characters of a quoted feature


def refuse(why: str) -> NoReturn:
    """Reject a file.

    Raises
    ------
    PictureRefused
        Always, with the translated reason.
    """
    raise PictureRefused(gettext(why))


def refuse_feature(what: str) -> NoReturn:
    """Reject a file because of something that the renderer does not draw as browsers do.

    Parameters
    ----------
    what : str
        The feature as it is written in SVG or CSS, such as ``clip-path: circle()``.

    Raises
    ------
    PictureRefused
        Always.
    """
    raise PictureRefused(gettext(DIFFERS) % what[:_LONGEST])
