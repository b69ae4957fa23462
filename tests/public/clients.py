"""What real clients send: `Accept` and `User-Agent`, and what each of them gets.

The headers of curl, Wget, PHP, Ruby, Node, Java, and python-requests were recorded from these
programs, those of the others are documented by their makers or stand in their source code.
"""

from __future__ import annotations

from typing import NamedTuple

PAGE, V1, V2, LD = "page", "1.0", "2.0", "2.0 as JSON-LD"

_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko)"
_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
_SAFARI = f"{_MAC} Version/9.0.1 Safari/601.2.4"
_CHROME_ACCEPT = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7"
)
_PLAIN_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_JVM_OLD = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
_JVM = "text/html, image/gif, image/jpeg, */*; q=0.2"
_MASTODON = "Mastodon/4.3.1 (http.rb/5.2.0; +https://mastodon.social/)"
_VALIDATOR = "application/ld+json, application/json, image/png, image/svg+xml"
_BINGBOT = (
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; "
    "+http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36"
)
_PREVIEW = (
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; MicrosoftPreview/2.0; "
    "+https://aka.ms/MicrosoftPreview) Chrome/112.0.0.0 Safari/537.36"
)


class Pair(NamedTuple):
    """A client: its headers (None: not sent), and what it gets.

    Parameters
    ----------
    name : str
        Its name.
    accept, agent : str or None
        `Accept` and `User-Agent`.
    assertion : str
        What it gets at an assertion.
    original : str
        What it gets at the original's address of a badge or issuer.
    """

    name: str
    accept: str | None
    agent: str | None
    assertion: str
    original: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers as sent."""
        sent = {"Accept": self.accept, "User-Agent": self.agent}
        return {name: value for name, value in sent.items() if value is not None}


def _browsers() -> list[Pair]:
    edge = f"{_CHROME} Edg/131.0.0.0"
    ie = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
    lynx_agent = "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8"
    lynx = "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01"
    old_firefox = (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
    )
    sent = [
        ("Chrome", _CHROME_ACCEPT, _CHROME),
        ("Edge", _CHROME_ACCEPT, edge),
        ("Firefox", _PLAIN_ACCEPT, _FIREFOX),
        ("Firefox before 128", old_firefox, _FIREFOX),
        ("Safari", _PLAIN_ACCEPT, _SAFARI),
        ("Internet Explorer 11", "text/html, application/xhtml+xml, image/jxr, */*", ie),
        ("Lynx", lynx, lynx_agent),
        ("Lynx 2.9", "text/html, text/plain, text/sgml, text/css, */*;q=0.01", lynx_agent),
        ("w3m", "text/html, text/*;q=0.5, image/*, application/*", "w3m/0.5.3+git20230121"),
        ("w3m with all types", "text/html, text/*;q=0.5, image/*, */*;q=0.1", "w3m/0.5.3"),
        ("Links", "*/*", "Links (2.21; Linux x86_64; GNU C 10.2; text)"),
        ("ELinks", "*/*", "ELinks/0.13.2 (textmode; Linux; 80x24-2)"),
    ]
    return [Pair(*one, PAGE, PAGE) for one in sent]


def _previews() -> list[Pair]:
    facebook = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
    meta = (
        "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)"
    )
    linkedin = (
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"
    )
    skype = (
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 "
        "skype-url-preview@microsoft.com"
    )
    pinterest = "Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)"
    reddit = "Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)"
    bluesky = "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)"
    discord = "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"
    google = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    synapse = "Synapse (bot; +https://github.com/matrix-org/synapse)"
    sent = [
        ("Facebook", "*/*", facebook),
        ("Facebook without Accept", None, "facebookexternalhit/1.1"),
        ("Facebot", "*/*", "Facebot"),
        ("Meta", "*/*", meta),
        ("LinkedIn", "*/*", linkedin),
        ("LinkedIn without Accept", None, linkedin),
        ("Slack", "*/*", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
        ("Slack's pictures", "*/*", "Slack-ImgProxy (+https://api.slack.com/robots)"),
        ("X", "*/*", "Twitterbot/1.0"),
        ("WhatsApp", "*/*", "WhatsApp/2.23.20.0 A"),
        ("Signal, which names WhatsApp", None, "WhatsApp/2"),
        ("Telegram", "*/*", "TelegramBot (like TwitterBot)"),
        ("Discord", "*/*", discord),
        ("Teams", "*/*", skype),
        ("Microsoft", "*/*", _PREVIEW),
        ("Mastodon's preview", "text/html", f"{_MASTODON} Bot"),
        ("Mastodon 4.2", "text/html", "http.rb/5.1.1 (Mastodon/4.2.8; +https://example.social/)"),
        ("Bluesky", "*/*", bluesky),
        ("Matrix", None, synapse),
        ("iMessage", _PLAIN_ACCEPT, f"{_SAFARI} facebookexternalhit/1.1 Facebot Twitterbot/1.0"),
        ("iMessage's second try", "*/*", f"{_SAFARI} facebookexternalhit/1.1 Facebot Twitterbot/1.0"),
        ("Pinterest", "*/*", pinterest),
        ("Reddit", "*/*", reddit),
        ("Googlebot", _PLAIN_ACCEPT, google),
        ("Bingbot", "*/*", _BINGBOT),
    ]  # fmt: skip
    return [Pair(*one, PAGE, PAGE) for one in sent]


def _libraries() -> list[Pair]:
    anything = [
        ("curl", "*/*", "curl/7.88.1"),
        ("Wget", "*/*", "Wget/1.21.3"),
        ("python-requests", "*/*", "python-requests/2.32.3"),
        ("httpx", "*/*", "python-httpx/0.27.2"),
        ("aiohttp", "*/*", "Python/3.12 aiohttp/3.10.10"),
        ("Ruby's Net::HTTP", "*/*", "Ruby"),
        ("Faraday", "*/*", "Faraday v2.12.0"),
        ("PHP's curl", "*/*", None),
        ("Moodle", "*/*", "MoodleBot/1.0"),
        ("Node's fetch", "*/*", "node"),
        ("fetch in Chrome", "*/*", _CHROME),
        ("fetch in Firefox", "*/*", _FIREFOX),
        ("HttpURLConnection before Java 17", _JVM_OLD, "Java/1.8.0_392"),
        ("HttpURLConnection", _JVM, "Java/17.0.15"),
        ("HttpURLConnection, joined twice", f"{_JVM}, */*; q=0.2", "Java/11.0.8"),
        ("HttpURLConnection of Java 21", "*/*", "Java/21.0.5"),
        ("a client without types", "", None),
    ]
    silent = [
        ("Go", None, "Go-http-client/1.1"),
        ("OkHttp", None, "okhttp/4.12.0"),
        ("Apache HttpClient", None, "Apache-HttpClient/4.5.14 (Java/17.0.15)"),
        ("Java's HttpClient", None, "Java-http-client/17.0.15"),
        ("Guzzle", None, "GuzzleHttp/7"),
        ("PHP's file_get_contents", None, None),
        ("Node's http", None, None),
        ("urllib", None, "Python-urllib/3.11"),
        ("LWP", None, "libwww-perl/6.77"),
    ]
    return [
        *[Pair(*one, V2, V1) for one in anything],
        *[Pair(*one, V1, V1) for one in silent],
    ]


def _readers_of_json() -> list[Pair]:
    activity = (
        'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/'
        'activitystreams", text/html;q=0.1'
    )
    json_ = [
        ("axios", "application/json, text/plain, */*", "axios/1.7.7"),
        ("jQuery", "application/json, text/javascript, */*; q=0.01", _CHROME),
        ("Spring", "application/json, application/*+json", "Java/17.0.15"),
        ("Mozilla Backpack", "application/json", None),
        ("Apache HttpClient for JSON", "application/json", "Apache-HttpClient/5.3 (Java/21)"),
        ("Faraday for JSON", "application/json", "Faraday v2.12.0"),
        ("LinkedIn asking for JSON", "application/json", "LinkedInBot/1.0"),
        ("Mastodon looking for an actor", activity, _MASTODON),
    ]
    json_ld = [
        ("1EdTech's validator", _VALIDATOR, "python-requests/2.32.3"),
        ("badgecheck", f"{_VALIDATOR}, text/plain, */*", "curl/8.9.1"),
        ("a JSON-LD processor", "application/ld+json, application/json;q=0.9", "rdflib/7.1.1"),
    ]
    return [
        *[Pair(*one, V2, V2) for one in json_],
        *[Pair(*one, LD, LD) for one in json_ld],
    ]


PAIRS = [*_browsers(), *_previews(), *_libraries(), *_readers_of_json()]
