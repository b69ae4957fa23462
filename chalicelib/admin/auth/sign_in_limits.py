"""How many sign-in links an address gets: whatever strangers ask for, its owner gets a link.

Anyone can ask for links to any address. So what counts is who asks:

* A known browser (see `known_browsers`) gets its links whatever others do, within a small limit of
  its own, which bounds what a stolen cookie can do.
* A network gets fewer links to an address, the more that address was sent in the last hour. One that
  has asked for nothing yet gets a link where others get none any more.
* A browser can have few unused links. That limits impatience rather than attacks, because a browser
  without cookies is a new one each time.

At most so many unused links to an address are valid. Beyond that a link of the network that asked
most gives way, and not the oldest one, which may be that of the address's owner.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib import config, limits, times
from chalicelib.admin.auth import keys
from chalicelib.data.models import SignIn

IPV4_PREFIX = 32
IPV6_PREFIX = 48  # one subscriber often has 65,536 networks of 64 bits


class Limit(StrEnum):
    """The limit that a request for a link has reached."""

    BROWSER = "browser"
    NETWORK = "network"
    ADDRESS = "address"


@dataclass(frozen=True)
class Requester:
    """Who asks for a link.

    Parameters
    ----------
    browser : str
        A hash of the random id in the browser's cookie.
    network : str
        A keyed hash of its network (see `network_of`).
    known : str or None
        A keyed hash of the id of a known browser.
    """

    browser: str
    network: str
    known: str | None = None


@dataclass(frozen=True)
class Decision:
    """Whether a link is sent.

    Parameters
    ----------
    limit : Limit or None
        The limit that was reached; None if the link is sent.
    known : str or None
        The known browser that it counts for; None if it counts as a stranger's.
    gives_way : int or None
        The id of the link that ends instead.
    """

    limit: Limit | None = None
    known: str | None = None
    gives_way: int | None = None


def network_of(address: str) -> str:
    """Return a keyed hash of the network of an IP address, so that addresses are not stored.

    An IPv4 address is a network of its own; IPv6 addresses share one with those next to them. Texts
    that are not addresses share one, too.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return keys.keyed_hash("network", "unknown")
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    plain = mapped or parsed
    prefix = IPV4_PREFIX if plain.version == 4 else IPV6_PREFIX
    network = ipaddress.ip_network((int(plain), prefix), strict=False)
    return keys.keyed_hash("network", str(network))


def decide(requester: Requester, last_hour: Sequence[SignIn]) -> Decision:
    """Decide whether a link is sent.

    Parameters
    ----------
    requester : Requester
        Who asks for it.
    last_hour : Sequence[SignIn]
        The links that were sent to the same address in the last hour, the oldest first.
    """
    known = requester.known if _is_let_through(requester, last_hour) else None
    if known is None and (limit := _limit_of_strangers(requester, last_hour)):
        return Decision(limit)
    return Decision(known=known, gives_way=_gives_way(last_hour))


def _is_let_through(requester: Requester, last_hour: Sequence[SignIn]) -> bool:
    """Return whether a known browser is within the limit of its own."""
    own = sum(link.known == requester.known for link in last_hour)
    return requester.known is not None and own < limits.SIGN_IN_MAILS_PER_KNOWN_BROWSER


def _limit_of_strangers(requester: Requester, last_hour: Sequence[SignIn]) -> Limit | None:
    strangers = [link for link in last_hour if link.known is None]
    share = _share(len(strangers))
    if not share:
        return Limit.ADDRESS
    if sum(link.network == requester.network for link in strangers) >= share:
        return Limit.NETWORK
    unused = sum(link.browser == requester.browser and _is_unused(link) for link in last_hour)
    return Limit.BROWSER if unused >= limits.SIGN_IN_LINKS_PER_BROWSER else None


def _share(sent: int) -> int:
    """Return how many links to an address a network gets in an hour, after so many were sent."""
    most = config.settings().integer("SIGN_IN_MAILS_PER_HOUR")
    for part, share in limits.SIGN_IN_MAILS_PER_NETWORK:
        if sent < most * part:
            return share
    return 0


def _gives_way(last_hour: Sequence[SignIn]) -> int | None:
    """Return the link that ends when one more is sent: of the network that asked most, the oldest.

    The only link of a network does not end, nor does one of a known browser.
    """
    unused = [link for link in last_hour if _is_unused(link)]
    if len(unused) < limits.SIGN_IN_LINKS_PER_ADDRESS:
        return None
    asked = Counter(link.network for link in last_hour if link.known is None)
    for network, times_asked in asked.most_common():
        for link in unused:
            if times_asked > 1 and link.known is None and link.network == network:
                return int(link.id)
    return None


def _is_unused(link: SignIn) -> bool:
    return link.used is None and bool(link.expires > times.now())
