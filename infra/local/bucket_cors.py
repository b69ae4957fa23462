"""What the bucket and the host of its images add to responses (`infra/aws/stack/bucket.yml`)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1")
OWN = "the deployment's own origin, which is one of this machine"


@dataclass(frozen=True)
class Rule:
    """What scripts of an origin may do.

    Parameters
    ----------
    origin : str
        `*` for all origins, including `null`, or `OWN`.
    methods : tuple[str, ...]
        The methods.
    """

    origin: str
    methods: tuple[str, ...]

    def allows(self, origin: str, method: str) -> bool:
        """Return whether the rule is about an origin and a method."""
        return method in self.methods and (
            self.origin == "*" or urlsplit(origin).hostname in LOOPBACK
        )


# S3 sends none of these; the stack's CloudFront does, in front of it.
SECURITY = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]

RULES = (Rule(OWN, ("POST",)), Rule("*", ("GET", "HEAD")))


def headers(origin: str, method: str) -> list[tuple[str, str]] | None:
    """Return the headers that S3 adds by the first rule that allows this, or None without one."""
    rule = next((rule for rule in RULES if rule.allows(origin, method)), None)
    if rule is None:
        return None
    found = [
        ("Access-Control-Allow-Origin", "*" if rule.origin == "*" else origin),
        ("Access-Control-Allow-Methods", ", ".join(rule.methods)),
        ("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
    ]
    if rule.origin != "*":
        found.append(("Access-Control-Allow-Credentials", "true"))
    return found
