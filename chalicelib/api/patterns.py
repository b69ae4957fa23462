"""What the checks of texts accept, as patterns of JSON Schema, which are JavaScript's.

They allow nothing that a check refuses. Where a check accepts more, because JavaScript cannot say
it, a description does: a host of another script may be sent as it is typed, too.
"""

from __future__ import annotations

from chalicelib import texts

_IN_PATH = rf"[^\s{texts.NOT_IN_LINES}]"
_IN_USER = rf"[^\s:@/{texts.NOT_IN_LINES}]"
_HOST = (
    r"(?:localhost|(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
    r"|(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63})"
)
_HTTP = r"[Hh][Tt][Tt][Pp][Ss]?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PORT = r"(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"

URL = (
    rf"^(?:(?:{_HTTP}|[Ff][Tt][Pp])://(?:{_IN_USER}{{1,100}}(?::{_IN_USER}{{0,100}})?@)?)?"
    rf"{_HOST}(?::[0-9]{{1,5}})?(?:[/?#]{_IN_PATH}*)?$"
)
RECEIVER = rf"^{_HTTP}://{_HOST}(?::{_PORT})?(?:[/?#]{_IN_PATH}*)?$"  # of a webhook
PICTURE = rf"^{_HTTP}://(?:{_IN_USER}{{1,100}}(?::{_IN_USER}{{0,100}})?@)?{_HOST}(?::[0-9]{{1,5}})?(?:[/?#]{_IN_PATH}*)?$"
PICTURE_DATA = r"^[Dd][Aa][Tt][Aa]:(?:[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+)?(?:;[A-Za-z0-9_=.-]+)*;[Bb][Aa][Ss][Ee]64,"
EMAIL = rf"^(?!.*=\?){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}$"
SECRET = r"^(?!ssh-|ecdsa-)(?![\s\S]*(?:-{4}[- ]BEGIN|@openssh\.com))[\s\S]*\S[\s\S]*$"  # noqa: S105  # a pattern
# An integer of 32 bits, in at most ten digits.
INTEGER = (
    r"^-?(?:[0-9]{1,9}|[01][0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}"
    r"|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]"
    r"|214748364[0-7])$"
)
_DAY = r"^(?!9999)[1-9][0-9]{3}-[01][0-9]-[0-3][0-9]"
DATE = rf"{_DAY}$"
DATE_TIME = (
    rf"{_DAY}T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,6}})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$"
)
UNIX = r"^[0-9]{9,14}$"
LATEST_UNIX = 253_370_764_799_000  # milliseconds: the end of the year 9998
