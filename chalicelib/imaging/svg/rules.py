"""The style sheets of an SVG file: which rules apply to an image, and to which elements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import tinycss2

from chalicelib.imaging.svg import selectors
from chalicelib.imaging.svg.refusals import ELSEWHERE, TOO_MUCH, refuse, refuse_feature
from chalicelib.imaging.svg.selectors import Budget, Selector, Specificity
from chalicelib.imaging.svg.tree import SVG, XHTML, Element
from chalicelib.imaging.svg.values import Token, check_parsable, is_literal, is_word, words

MOST_RULES = 5_000

# At-rules without effect on shapes: fonts, since text is rejected, and animations until one is used.
_WITHOUT_EFFECT = {
    "charset", "counter-style", "font-face", "font-feature-values", "font-palette-values", "keyframes",
    "-webkit-keyframes", "-moz-keyframes", "page", "starting-style", "view-transition", "color-profile",
}  # fmt: skip
_NOT_DRAWN = {"supports", "layer", "container", "scope", "property"}
_SCREENS = {"all", "screen"}


@dataclass(frozen=True)
class Declaration:
    """A property with its value, as written."""

    name: str
    text: str
    is_important: bool


@dataclass(frozen=True)
class _Rule:
    selector: Selector
    specificity: Specificity
    order: int
    declarations: tuple[Declaration, ...]


@dataclass
class Rules:
    """The rules of all style sheets, found by what an element must have to match."""

    budget: Budget = field(default_factory=Budget)
    _by_key: dict[tuple[str, str] | None, list[_Rule]] = field(default_factory=dict)
    _count: int = 0

    def add(self, selector: Selector, declarations: tuple[Declaration, ...]) -> None:
        """Add a rule."""
        self._count += 1
        if self._count > MOST_RULES:
            refuse(TOO_MUCH)
        rule = _Rule(selector, selector.specificity, self._count, declarations)
        self._by_key.setdefault(selector.key, []).append(rule)

    def declarations(self, element: Element) -> list[Declaration]:
        """Return what the rules declare for an element; later ones win."""
        if not self._by_key:
            return []
        keys: list[tuple[str, str] | None] = [None, ("type", element.name)]
        keys.append(("id", element.attributes.get("id", "")))
        keys += [("class", name) for name in {*element.attributes.get("class", "").split()}]
        found = [
            rule
            for key in keys
            for rule in self._by_key.get(key, ())
            if rule.selector.matches(element, self.budget)
        ]
        found.sort(key=lambda rule: (rule.specificity, rule.order))
        declared = [one for rule in found for one in rule.declarations]
        for _ in declared:
            self.budget.spend()
        return declared


def read(root: Element) -> Rules:
    """Return the rules of a file's style sheets, as they apply to an image on a light screen.

    Raises
    ------
    PictureRefused
        If a rule that may apply is of a kind that is not supported.
    """
    rules = Rules()
    for element in root.walk():
        if element.name != "style" or element.space not in (SVG, XHTML):
            continue
        if element.attributes.get("type", "text/css").strip().lower() not in ("", "text/css"):
            continue
        media = element.attributes.get("media", "")
        check_parsable(media)
        if _applies(tinycss2.parse_component_value_list(media)):
            check_parsable(element.text)
            _read(rules, tinycss2.parse_stylesheet(element.text, True, True))
    return rules


def declared(text: str) -> list[Declaration]:
    """Return what an attribute `style` declares."""
    check_parsable(text)
    return _declarations(tinycss2.parse_blocks_contents(text, True, True), is_rule=False)


def _read(rules: Rules, found: Sequence[Token]) -> None:
    for rule in found:
        if rule.type == "at-rule":
            _at_rule(rules, rule)
        elif rule.type == "qualified-rule":
            try:
                parsed = selectors.parse(rule.prelude)
            except selectors.InvalidSelector:
                continue
            inside = tuple(_declarations(tinycss2.parse_blocks_contents(rule.content, True, True)))
            for selector in parsed:
                rules.add(selector, inside)


def _at_rule(rules: Rules, rule: Token) -> None:
    name = rule.lower_at_keyword
    if name == "import":
        refuse(ELSEWHERE)
    if name == "namespace":
        named = words(rule.prelude)
        if len(named) != 1 or getattr(named[0], "value", SVG) != SVG:
            refuse_feature("@namespace")
    elif name == "media" and rule.content is not None:
        if _applies(rule.prelude):
            _read(rules, tinycss2.parse_rule_list(rule.content, True, True))
    elif name in _NOT_DRAWN:
        refuse_feature(f"@{name}")


def _declarations(found: Sequence[Token], *, is_rule: bool = True) -> list[Declaration]:
    declarations = []
    for one in found:
        if one.type == "declaration":
            name = one.name if one.name.startswith("--") else one.lower_name
            declarations.append(
                Declaration(name, tinycss2.serialize(one.value).strip(), one.important)
            )
        elif one.type in ("qualified-rule", "at-rule") and is_rule:
            refuse_feature(f"{tinycss2.serialize(one.prelude).strip()} {{}}")
    return declarations


def _applies(query: Sequence[Token]) -> bool:
    """Return whether a list of media queries fits an image on a light screen."""
    parts = list(_split(query))
    return not any(parts) or any(_fits(part) for part in parts)


def _split(query: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in words(query):
        if is_literal(token, ","):
            yield part
            part = []
        elif token.type != "comment":
            part.append(token)
    yield part


def _fits(part: list[Token]) -> bool:
    is_negated = bool(part) and is_word(part[0], "not")
    fits = bool(part)
    for token in part:
        if is_word(token, "not", "only", "and"):
            continue
        if token.type == "ident":
            fits = fits and token.lower_value in _SCREENS
        elif fits:
            feature = tinycss2.serialize(getattr(token, "content", [])).replace(" ", "").lower()
            if not feature.startswith("prefers-color-scheme:"):
                refuse_feature(f"@media {tinycss2.serialize(part)}")
            fits = feature.endswith(":light")
    return fits is not is_negated
