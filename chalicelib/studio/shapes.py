"""Shapes of badges, and the space that each has for a graphic and text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.i18n import gettext_noop as _
from chalicelib.studio import geometry
from chalicelib.studio.geometry import MIDDLE, Point, circle, lobes, regular, rounded, star

_FACE = 0.94  # share of the radius within the edge


@dataclass(frozen=True)
class Room:
    """Space for a straight line of text.

    Parameters
    ----------
    y : float
        Vertical center of its letters.
    width : float
        Maximum width.
    """

    y: float
    width: float


@dataclass(frozen=True)
class Shape:
    """A shape, drawn on the canvas.

    Parameters
    ----------
    label : str
        Label in the studio.
    path : str
        Outline.
    middle : Point
        Center of graphics, curved text and borders.
    face : float
        Radius around the center for a graphic of 100 percent.
    curve : float
        Radius around the center for curved text, without a border.
    top, bottom : Room
        Space for straight text.
    ribbon : float
        Vertical center of a ribbon.
    inlay : float
        Radius of a circle that is filled instead of the outline if there is a border, which then
        fills the rest; 0 if borders follow the outline.
    tails : bool
        Whether ribbon ends hang down behind it.
    """

    label: str
    path: str
    middle: Point
    face: float
    curve: float
    top: Room
    bottom: Room
    ribbon: float
    inlay: float = 0
    tails: bool = False

    def within(self, width: float) -> Shape:
        """Return this shape with the space inside a border of some width."""
        share = 1 - width / self.face

        def inwards(room: Room) -> Room:
            y = self.middle[1]
            return Room(y + (room.y - y) * share, room.width * share)

        return replace(
            self,
            face=self.face - width,
            curve=self.curve - width,
            top=inwards(self.top),
            bottom=inwards(self.bottom),
        )


def _round(
    label: str,
    path: str,
    edge: float,
    y: float = MIDDLE,
    *,
    inlay: bool = False,
    tails: bool = False,
) -> Shape:
    """Return a shape whose space is a circle with this radius, like most shapes."""
    return Shape(
        label,
        path,
        (MIDDLE, y),
        face=edge * _FACE,
        curve=edge - 34,
        top=Room(y - edge * 0.66, edge * 1.22),
        bottom=Room(y + edge * 0.66, edge * 1.22),
        ribbon=y + edge * 0.42,
        inlay=edge if inlay else 0,
        tails=tails,
    )


_CENTER = (MIDDLE, MIDDLE)


def _gear(teeth: int, outer: float, inner: float) -> str:
    """Return the path of a gear with tapered teeth."""
    step = 360 / teeth
    corners = []
    for n in range(teeth):
        for radius, at in ((inner, -0.30), (outer, -0.19), (outer, 0.19), (inner, 0.30)):
            corners.append(geometry.on_circle(_CENTER, radius, (n + at) * step))
    return rounded(corners, 9)


_SHIELD = (
    "M256 14C312 52 388 66 448 66Q466 66 466 86V240C466 370 370 458 268 496Q256 500 244 496"
    "C142 458 46 370 46 240V86Q46 66 64 66C124 66 200 52 256 14Z"
)
_CREST = (
    "M60 28H452Q474 28 474 50V254C474 366 400 430 272 492Q256 500 240 492C112 430 38 366 38 254"
    "V50Q38 28 60 28Z"
)
_BANNER = (
    "M92 20H420Q442 20 442 42V474Q442 500 418 488L270 410Q256 403 242 410L94 488Q70 500 70 474V42"
    "Q70 20 92 20Z"
)
_HEART = (
    "M256 486C150 412 24 306 24 178C24 92 86 36 154 36C200 36 236 60 256 98C276 60 312 36 358 36"
    "C426 36 488 92 488 178C488 306 362 412 256 486Z"
)
_TICKET = (
    "M46 84H466Q488 84 488 106V196A60 60 0 0 0 488 316V406Q488 428 466 428H46Q24 428 24 406V316"
    "A60 60 0 0 0 24 196V106Q24 84 46 84Z"
)
_ARCH = (
    "M256 16C390 16 462 110 462 236V470Q462 496 436 496H76Q50 496 50 470V236C50 110 122 16 256 16Z"
)

SHAPES: dict[str, Shape] = {
    "circle": _round(_("Circle"), circle(_CENTER, 240), 240),
    "scallop": _round(_("Scalloped circle"), lobes(18, 246, _CENTER), 226, inlay=True),
    "flower": _round(_("Flower"), lobes(8, 248, _CENTER), 202, inlay=True),
    "burst": _round(_("Burst"), rounded(star(24, 246, 218, _CENTER), 5), 218, inlay=True),
    "gear": _round(_("Gear"), _gear(12, 248, 216), 212, inlay=True),
    "medal": _round(_("Medal with ribbons"), circle((MIDDLE, 206), 192), 192, 206, tails=True),
    "hexagon": _round(_("Hexagon"), rounded(regular(6, 250, _CENTER), 34), 210),
    "hexagon-flat": _round(_("Flat-topped hexagon"), rounded(regular(6, 250, _CENTER, turned=30), 34), 210),
    "pentagon": _round(_("Pentagon"), rounded(regular(5, 258, (MIDDLE, 272)), 40), 204, 272),
    "octagon": _round(_("Octagon"), rounded(regular(8, 254, _CENTER, turned=22.5), 32), 226),
    "square": _round(_("Square"), geometry.box(30, 30, 452, 452, 56), 218),
    "diamond": _round(_("Diamond"), rounded(regular(4, 254, _CENTER), 46), 172),
    "star": _round(_("Star"), rounded(star(5, 268, 156, (MIDDLE, 276)), 34), 168, 276),
    "star-eight": _round(_("Eight-pointed star"), rounded(star(8, 252, 196, _CENTER), 18), 194),
    "shield": Shape(
        _("Shield"), _SHIELD, (MIDDLE, 236), 178, 150, Room(122, 330), Room(400, 200), 336
    ),
    "crest": Shape(
        _("Crest"), _CREST, (MIDDLE, 230), 186, 160, Room(88, 370), Room(410, 190), 330
    ),
    "banner": Shape(
        _("Banner"), _BANNER, (MIDDLE, 214), 158, 148, Room(76, 310), Room(366, 310), 330
    ),
    "heart": Shape(
        _("Heart"), _HEART, (MIDDLE, 236), 164, 122, Room(126, 340), Room(386, 180), 300
    ),
    "ticket": Shape(
        _("Ticket"), _TICKET, (MIDDLE, MIDDLE), 150, 138, Room(132, 380), Room(380, 380), 324
    ),
    "arch": Shape(
        _("Arch"), _ARCH, (MIDDLE, 244), 180, 166, Room(104, 250), Room(436, 350), 358
    ),
}  # fmt: skip
