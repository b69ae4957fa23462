"""CSS selectors (Selectors Level 4, as far as SVG files use it), matched with a limit of steps.

Libraries compile selectors to code or to XPath and have no limit, but here a stranger writes both the
selectors and the tree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinycss2 import nth

from chalicelib.imaging.svg.refusals import TOO_MUCH, refuse, refuse_feature
from chalicelib.imaging.svg.tree import Element
from chalicelib.imaging.svg.values import Token, is_literal

MOST_STEPS = 200_000
_TESTS_PER_STEP = 8
_CHARACTERS_PER_STEP = 100  # of an attribute that is compared

Specificity = tuple[int, int, int]  # ids; classes, attributes and pseudo-classes; types
Test = Callable[[Element, "Budget"], bool]

# They depend on what a reader does, so they never apply to an image.
_NEVER = {
    "hover", "active", "focus", "focus-within", "focus-visible", "visited", "target", "target-within",
    "checked", "disabled", "enabled",
}  # fmt: skip
_NTH = {"nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"}
_FIRST = {
    "first-child": ("nth-child",),
    "last-child": ("nth-last-child",),
    "only-child": ("nth-child", "nth-last-child"),
    "first-of-type": ("nth-of-type",),
    "last-of-type": ("nth-last-of-type",),
    "only-of-type": ("nth-of-type", "nth-last-of-type"),
}
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "~=": lambda value, wanted: wanted in value.split() and wanted != "",
    "|=": lambda value, wanted: value == wanted or value.startswith(wanted + "-"),
    "^=": lambda value, wanted: wanted != "" and value.startswith(wanted),
    "$=": lambda value, wanted: wanted != "" and value.endswith(wanted),
    "*=": lambda value, wanted: wanted != "" and wanted in value,
}


class InvalidSelector(ValueError):
    """A selector that browsers ignore, with its whole rule."""


class Budget:
    """The steps that are left for a file; running out of them rejects it."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Use some steps.

        Raises
        ------
        PictureRefused
            If fewer are left.
        """
        self._left -= steps
        if self._left < 0:
            refuse(TOO_MUCH)


@dataclass(frozen=True)
class Compound:
    """A selector of one element: a type, classes and so on; they all have to match."""

    tests: tuple[Test, ...]
    specificity: Specificity
    key: tuple[str, str] | None = None  # the kind and name of one test that is quick to look up

    def matches(self, element: Element, budget: Budget) -> bool:
        """Return whether an element matches."""
        budget.spend(1 + len(self.tests) // _TESTS_PER_STEP)
        return all(test(element, budget) for test in self.tests)


@dataclass(frozen=True)
class Selector:
    """Compounds from left to right, and the combinators between them."""

    compounds: tuple[Compound, ...]
    combinators: tuple[str, ...]

    @property
    def specificity(self) -> Specificity:
        """The sum over all compounds."""
        return _sum([one.specificity for one in self.compounds])

    @property
    def key(self) -> tuple[str, str] | None:
        """What an element must have to match: kind and name, or None for anything."""
        return self.compounds[-1].key

    def matches(self, element: Element, budget: Budget) -> bool:
        """Return whether an element matches."""
        return self._matches(element, len(self.compounds) - 1, budget)

    def _matches(self, element: Element, at: int, budget: Budget) -> bool:
        if not self.compounds[at].matches(element, budget):
            return False
        if at == 0:
            return True
        others = _related(element, self.combinators[at - 1])
        return any(self._matches(other, at - 1, budget) for other in others)


def parse(tokens: Sequence[Token]) -> list[Selector]:
    """Parse a list of selectors.

    Parameters
    ----------
    tokens : Sequence[Token]
        What stands before a rule's block.

    Raises
    ------
    InvalidSelector
        If a browser ignores the rule.
    PictureRefused
        If the selector is one of browsers that is not supported here.
    """
    return [_selector(part) for part in _split(tokens)]


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if is_literal(token, ","):
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return parts


def _related(element: Element, combinator: str) -> list[Element]:
    """Return the elements on the other side of a combinator."""
    parent = element.parent
    if parent is None or parent.name == "":  # the document
        return []
    match combinator:
        case ">":
            return [parent]
        case "+":
            return parent.children[max(element.index - 1, 0) : element.index]
        case "~":
            return parent.children[: element.index]
    found = []
    while parent is not None and parent.name:
        found.append(parent)
        parent = parent.parent
    return found


def _selector(tokens: list[Token]) -> Selector:
    compounds: list[Compound] = []
    combinators: list[str] = []
    pending: list[Token] = []
    combinator = ""
    for token in tokens:
        is_combinator = token.type == "literal" and token.value in ">+~"
        if token.type != "whitespace" and not is_combinator:
            if not pending and compounds:
                combinators.append(combinator.strip() or " ")
            pending.append(token)
            continue
        if pending:
            compounds.append(_compound(pending))
            pending, combinator = [], ""
        if is_combinator:
            if combinator.strip() or not compounds:
                raise InvalidSelector
            combinator += token.value
    if pending:
        compounds.append(_compound(pending))
    elif combinator.strip() or not compounds:
        raise InvalidSelector
    return Selector(tuple(compounds), tuple(combinators))


def _compound(tokens: list[Token]) -> Compound:
    tests: list[Test] = []
    specificities: list[Specificity] = []
    key: tuple[str, str] | None = None
    rest = list(tokens)
    while rest:
        token = rest.pop(0)
        test, specificity, found = _simple(token, rest, is_first=not tests)
        tests.append(test)
        specificities.append(specificity)
        if found and (key is None or found[0] in ("id", "class")):
            key = found
    return Compound(tuple(tests), _sum(specificities), key)


def _simple(
    token: Token, rest: list[Token], *, is_first: bool
) -> tuple[Test, Specificity, tuple[str, str] | None]:
    """Return the test of one simple selector, its weight, and what to look it up by."""
    match token.type:
        case "ident" if is_first:
            name = token.value
            if rest and is_literal(rest[0], "|"):
                refuse_feature(f"{name}|")
            return lambda element, _: element.name == name, (0, 0, 1), ("type", name)
        case "hash":
            name = token.value
            return lambda element, _: element.attributes.get("id") == name, (1, 0, 0), ("id", name)
        case "[] block":
            return _attribute(token.content), (0, 1, 0), None
        case "literal" if token.value == "*" and is_first:
            return lambda *_: True, (0, 0, 0), None
        case "literal" if token.value == "." and rest and rest[0].type == "ident":
            name = rest.pop(0).value
            return (
                lambda element, budget: name in _classes(element, budget),
                (0, 1, 0),
                ("class", name),
            )
        case "literal" if token.value == ":" and rest:
            return (*_pseudo(rest), None)
        case "literal" if token.value == "&":
            refuse_feature("&")
    raise InvalidSelector


def _classes(element: Element, budget: Budget) -> list[str]:
    return _compared(element, "class", budget).split()


def _compared(element: Element, name: str, budget: Budget) -> str:
    value = element.attributes.get(name, "")
    budget.spend(len(value) // _CHARACTERS_PER_STEP)
    return value


def _attribute(tokens: Sequence[Token]) -> Test:
    parts = [one for one in tokens if one.type not in ("whitespace", "comment")]
    if not parts or parts[0].type != "ident":
        raise InvalidSelector
    name = parts[0].value
    if len(parts) == 1:
        return lambda element, _: name in element.attributes
    if is_literal(parts[1], "|") or len(parts) > 3:
        refuse_feature("[" + "".join(one.serialize() for one in parts) + "]")
    compare = _OPERATORS.get(getattr(parts[1], "value", ""))
    if compare is None or len(parts) < 3 or parts[2].type not in ("ident", "string"):
        raise InvalidSelector
    wanted = parts[2].value
    return lambda element, budget: (
        name in element.attributes and compare(_compared(element, name, budget), wanted)
    )


def _pseudo(rest: list[Token]) -> tuple[Test, Specificity]:
    token = rest.pop(0)
    if is_literal(token, ":"):  # a pseudo-element, which an SVG shape never has
        rest.clear()
        return lambda *_: False, (0, 0, 1)
    if token.type == "ident":
        return _pseudo_class(token.lower_value), (0, 1, 0)
    if token.type != "function":
        raise InvalidSelector
    name = token.lower_name
    if name in ("not", "is", "where"):
        return _of(name, token.arguments)
    steps = nth.parse_nth(token.arguments) if name in _NTH else None
    if steps is None:
        refuse_feature(f":{name}()")
    return _nth(name, *steps), (0, 1, 0)


def _pseudo_class(name: str) -> Test:
    if name in _NEVER:
        return lambda *_: False
    if name == "root":
        return lambda element, _: not _related(element, ">")
    if name == "empty":
        return lambda element, _: not (element.children or element.text)
    if name not in _FIRST:
        refuse_feature(f":{name}")
    tests = [_nth(kind, 0, 1) for kind in _FIRST[name]]
    return lambda element, budget: all(one(element, budget) for one in tests)


def _of(name: str, tokens: Sequence[Token]) -> tuple[Test, Specificity]:
    inner = parse(tokens)
    weight = max(one.specificity for one in inner) if name != "where" else (0, 0, 0)
    wanted = name != "not"
    return (
        lambda element, budget: any(one.matches(element, budget) for one in inner) is wanted,
        weight,
    )


def _nth(name: str, step: int, start: int) -> Test:
    """Return the test for the positions ``step * n + start``, counted from 1, for n from 0."""

    def test(element: Element, _budget: Budget) -> bool:
        parent = element.parent
        if parent is None:
            return False
        if name.endswith("of-type"):
            position, count = element.index_of_type, parent.types[element.space, element.name]
        else:
            position, count = element.index, len(parent.children)
        if "last" in name:
            position = count - 1 - position
        distance = position + 1 - start
        return distance == 0 if step == 0 else distance % step == 0 and distance // step >= 0

    return test


def _sum(specificities: Sequence[Specificity]) -> Specificity:
    ids, classes, types = (sum(column) for column in zip(*specificities, strict=True))
    return ids, classes, types
