"""Resolves the styles of an SVG file into attributes, as browsers do (CSS Cascade 4, Variables 1).

The renderer knows some selectors, no variables, and only the older syntax of colors and lengths. The
result needs neither style sheets nor selectors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import tinycss2

from chalicelib.imaging.svg import properties, rules
from chalicelib.imaging.svg import values as css
from chalicelib.imaging.svg.properties import GEOMETRIC, GEOMETRY, NO_ATTRIBUTES, PROPERTIES
from chalicelib.imaging.svg.refusals import TOO_MUCH, refuse, refuse_feature
from chalicelib.imaging.svg.rules import Declaration
from chalicelib.imaging.svg.tree import SVG, Element
from chalicelib.imaging.svg.values import Invalid, Token

LONGEST_VALUE = 10_000  # characters, after variables are replaced
_DEEPEST = 16  # variables in variables

_WIDE = {"inherit", "initial", "unset", "revert", "revert-layer"}
_LENGTHS = {"x", "y", "width", "height", "x1", "y1", "x2", "y2", "cx", "cy", "r", "fx", "fy", "fr",
            "markerWidth", "markerHeight"}  # fmt: skip
_IN_STYLE = {"mix-blend-mode", "isolation"}  # the renderer reads these from styles only
_TRANSFORMED = {"linearGradient": "gradientTransform", "radialGradient": "gradientTransform",
                "pattern": "patternTransform"}  # fmt: skip
_DEFAULT_FONT_SIZE = 16.0
_REM = re.compile(r"(-?[\d.]+(?:e-?\d+)?)rem\b")

Values = dict[str, str]


def resolve(root: Element) -> str | None:
    """Replace the styles of a file by attributes; return the color behind the image, if any.

    Raises
    ------
    PictureRefused
        If a style that applies would not be drawn as browsers do.
    """
    return _Cascade(root).run()


class _Cascade:
    """Computes the styles of one file from the root down."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._rules = rules.read(root)
        self._has_copies = any(one.name == "use" for one in root.walk())
        self._has_local_variables = False
        self._rem = _DEFAULT_FONT_SIZE
        self._background: str | None = None

    def run(self) -> str | None:
        self._visit(self._root, {}, {})
        return self._background

    def _visit(self, element: Element, above: Values, variables: Values) -> None:
        if element.space != SVG or element.is_ignored:
            return
        declared = self._declared(element)
        variables = self._variables(element, declared, variables)
        values = self._values(element, declared, above, variables)
        if element is self._root:
            self._rem = _pixels(values.get("font-size"), self._rem)
            self._background = values.pop("background-color", None)
        self._write(element, values)
        for child in element.children:
            self._visit(child, values, variables)

    def _declared(self, element: Element) -> list[Declaration]:
        """Return what styles declare for an element; later ones win."""
        found = self._rules.declarations(element)
        important = [one for one in found if one.is_important]
        own = rules.declared(element.attributes.get("style", ""))
        return [
            *found, *own, *important, *(one for one in own if one.is_important),
        ]  # fmt: skip

    def _variables(
        self, element: Element, declared: Sequence[Declaration], above: Values
    ) -> Values:
        own = {one.name: one.text for one in declared if one.name.startswith("--")}
        if not own:
            return above
        if element is not self._root:
            self._has_local_variables = True
        return {**above, **own}

    def _values(
        self, element: Element, declared: Sequence[Declaration], above: Values, variables: Values
    ) -> Values:
        """Return the values that an element sets itself, in the renderer's syntax."""
        values: Values = {}
        geometry = GEOMETRY.get(element.name, set())
        for name in [*element.attributes]:
            if name not in PROPERTIES or name in NO_ATTRIBUTES:
                continue
            if name not in ("transform", "d") and (name not in GEOMETRIC or name in geometry):
                self._set(values, name, element.attributes.pop(name), above)
        for one in declared:
            if one.name.startswith("--"):
                continue
            text = self._without_variables(one.text, variables)
            if element is self._root:
                properties.check_root(one.name, text)
            for name, value in properties.expanded(one.name, css.tokens(text)):
                if name not in GEOMETRIC or name in geometry:
                    self._set(values, name, tinycss2.serialize(value), above)
        return values

    def _set(self, values: Values, name: str, text: str, above: Values) -> None:
        """Note a declaration, unless browsers ignore it."""
        word = text.strip().lower()
        is_inherited, initial = PROPERTIES[name].is_inherited, PROPERTIES[name].initial
        if word not in _WIDE:
            value = properties.canonical(name, text)
            if value is not None:
                values[name] = value
        elif word == "inherit" and not is_inherited and name in above:
            values[name] = above[name]
        elif word == "initial" or not is_inherited:
            values[name] = initial
        else:
            values.pop(name, None)

    def _without_variables(self, text: str, variables: Values) -> str:
        """Return a value with its variables replaced; a missing one unsets the property."""
        if "var(" not in text.lower():
            return text
        if self._has_copies and self._has_local_variables:
            # A copy made by `use` inherits from where it is used.
            refuse_feature("var() + <use>")
        try:
            return self._replaced(css.tokens(text), variables, 0)
        except Invalid:
            return "unset"

    def _replaced(self, tokens: Sequence[Token], variables: Values, depth: int) -> str:
        if depth > _DEEPEST:
            raise Invalid  # most likely a cycle
        parts: list[str] = []
        for token in tokens:
            self._rules.budget.spend()
            if token.type != "function":
                parts.append(token.serialize())
            elif token.lower_name != "var":
                inside = self._replaced(token.arguments, variables, depth)
                parts.append(f"{token.name}({inside})")
            else:
                parts.append(self._variable(token, variables, depth))
        text = "".join(parts)
        if len(text) > LONGEST_VALUE:
            refuse(TOO_MUCH)
        return text

    def _variable(self, token: Token, variables: Values, depth: int) -> str:
        name = next(iter(css.words(token.arguments)), None)
        if name is None or name.type != "ident":
            raise Invalid
        after = [at for at, one in enumerate(token.arguments) if css.is_literal(one, ",")]
        inner = variables.get(name.value, "initial")
        if inner.lower() != "initial":
            try:
                return self._replaced(css.tokens(inner), variables, depth + 1)
            except Invalid:
                if not after:
                    raise
        if not after:
            raise Invalid
        return self._replaced(token.arguments[after[0] + 1 :], variables, depth + 1)

    def _write(self, element: Element, values: Values) -> None:
        """Set an element's attributes to its values."""
        attributes = element.attributes
        for unused in ("style", "class"):
            attributes.pop(unused, None)
        for name in [one for one in attributes if one in _LENGTHS]:
            found = css.length_of(attributes[name])
            if found is None:
                del attributes[name]
            else:
                attributes[name] = found
        self._transform(element, values)
        styles = [f"{name}:{values[name]}" for name in sorted(_IN_STYLE & values.keys())]
        if styles:
            attributes["style"] = ";".join(styles)
        for name, value in values.items():
            if name in ("transform", "transform-origin", "transform-box") or name in NO_ATTRIBUTES:
                continue
            if value in ("auto", "") and name in GEOMETRIC:
                attributes.pop(name, None)
            else:
                attributes[name] = value
        for name, value in attributes.items():
            if "rem" in value and (name in _LENGTHS or name in PROPERTIES):
                attributes[name] = _REM.sub(self._resolve_rem, value)

    def _resolve_rem(self, found: re.Match[str]) -> str:
        return css.number(float(found[1]) * self._rem)

    def _transform(self, element: Element, values: Values) -> None:
        """Move the fixed point of a transformation into it, and styles into attributes."""
        attributes = element.attributes
        if "transform" in values:
            name = _TRANSFORMED.get(element.name, "transform")
            attributes.pop(name, None)
            if values["transform"]:
                attributes[name] = values["transform"]
        if not attributes.get("transform", "").strip():
            return
        if element is self._root:
            refuse_feature("<svg transform>")
        if values.get("transform-box", "view-box") != "view-box":
            refuse_feature(f"transform-box: {values['transform-box']}")
        if "transform-origin" not in values:
            return
        across, down = values["transform-origin"].split()
        x, y = self._position(across, 2), self._position(down, 3)
        there = f"translate({css.number(x)} {css.number(y)})"
        back = f"translate({css.number(-x)} {css.number(-y)})"
        attributes["transform"] = f"{there} {attributes['transform']} {back}"

    def _position(self, text: str, side: int) -> float:
        """Return one coordinate of a fixed point in pixels."""
        if text.endswith("em"):
            refuse_feature(f"transform-origin: {text}")
        if not text.endswith("%"):
            return float(text)
        share = float(text[:-1]) / 100
        return share * float(self._view()[side]) if share else 0.0

    def _view(self) -> list[str]:
        box = self._root.attributes.get("viewBox", "").replace(",", " ").split()
        nested = any(one.name in ("svg", "symbol") for one in self._root.walk() if one is not self._root)  # fmt: skip
        if len(box) != 4 or nested:
            refuse_feature("transform-origin: %")
        return box


def _pixels(font_size: str | None, default: float) -> float:
    """Return the root's font size."""
    if font_size is None:
        return default
    for unit, factor in (("rem", default), ("em", default), ("%", default / 100)):
        if font_size.endswith(unit):
            return float(font_size.removesuffix(unit)) * factor
    return float(font_size)
