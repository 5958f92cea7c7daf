"""Bybit's answer codes: which are a certain no, and which leave the outcome open.

The exchange's own list (https://bybit-exchange.github.io/docs/v5/error), kept in
``tests/fixtures/bybit/errors.json``: every code an order, a cancel or a setting before it can meet
has a place here. ccxt sorts them by class of error and cannot know that 10000, 10016, 170146 and
their like say that the server broke, not that the order is not there. A code in no table is
unclear.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.venues.exchange.failure import ErrorTable, Rejection, Silence, Verdict
from engine.venues.port import RefusalCode as R
from foundation import limits

_UNCLEAR: Final = (
    "429 10000 10014 10016 10019 30035 40004 110022 110059 110064 110079 110115 110117 170001 "
    "170007 170032 170035 170144 170145 170146 170147 170150 170191 170212 170234 170310 170311 "
    "170312 170313 3400214"
)
"""A broken or busy server, and what only changing or cancelling an order is told."""

#: A cancel finds the order finished already, or nothing at all: ask after it.
OVER: Final = frozenset(
    {"110001", "110008", "110010", "110019", "170139", "170142", "170143", "170190", "170213"}
)
#: An order with this client id is there already, so ours is.
DUPLICATE: Final = frozenset({"110030", "110072", "170141"})
#: The venue's own code for an account that is not unified.
CLASSIC: Final = "10028"
#: The leverage is what was asked for.
NOT_MODIFIED: Final = "110043"
#: The margin mode stays: something is open or lent, or the key may not. 3400045 is on the page of
#: the call, not in the list.
MARGIN_KEPT: Final = frozenset({"3400045", "110073", "3200320", "3200641", "10005", "10024"})

_UNLISTED: Final = Verdict(R.SYMBOL_NOT_TRADABLE, "Bybit does not list this symbol")
_MODE: Final = Verdict(
    R.PERMISSION_DENIED,
    "The position mode at Bybit was changed: save the keys again so that it is read anew",
)
_NO: Final = (
    (
        Verdict(R.AUTHENTICATION_FAILED, "Bybit does not know this key or its signature"),
        "401 -2015 33004 10003 10004 10007",
    ),
    (
        Verdict(R.PERMISSION_DENIED, "This key or account may not do that at Bybit"),
        "10005 10008 10009 10010 10024 10027 10028 100028 110069 3100197",
    ),
    (
        Verdict(R.INSUFFICIENT_FUNDS, "There is not enough money at Bybit for this order"),
        "30256 110004 110006 110007 110012 110014 110044 110045 110047 110051 110052 110053 "
        "110131 170033 170131 170207",
    ),
    (
        Verdict(R.INVALID_ORDER, "The order breaks a rule of this market"),
        "10001 30135 30136 30208 30209 110003 110009 110013 110016 110018 110020 110021 110031 "
        "110032 110048 110049 110057 110058 110060 110061 110085 110086 110087 110089 110090 "
        "110092 110093 110094 110098 110099 110108 110109 110116 110118 110120 110121 170010 "
        "170011 170019 170105 170115 170116 170117 170124 170130 170132 170133 170134 170136 "
        "170137 170140 170148 170159 170192 170193 170194 170195 170196 170197 170198 170199 "
        "170200 170201 170202 170203 170204 170218 170228 170229 170341 170371 170372 170381 "
        "170382 170216 170810 3400139",
    ),
    (
        Verdict(R.RATE_LIMITED, "Bybit asks us to slow down", False, limits.VENUE_RATE_RETRY_S),
        "10006 10018 170005 170222",
    ),
    (
        Verdict(R.SYMBOL_NOT_TRADABLE, "This symbol cannot be traded at Bybit now"),
        "10029 30133 30134 30228 110023 110037 110050 110068 110096 110097 110100 110102 110104 "
        "110106 110107 110119 110136 110137 170031 170037 170344 170348 170355 170358 170359 "
        "170709 110042 110063 110066 110070 110074 110095 110103 110123 110125 110132 170121 "
        "170151 170157 170206 170209 170217 170219 170221 170224 170241 170346 170360",
    ),
    (
        Verdict(R.CLOCK_SKEW, "The order reached Bybit outside its validity window", False, 1),
        "-1 10002",
    ),
    (
        Verdict(R.WOULD_NOT_REDUCE, "There is no position at Bybit that this would reduce"),
        "110017 110034",
    ),
    (
        Verdict(R.REJECTED, "Bybit does not take this order now"),
        "10017 110005 110011 110015 110024 110025 110026 110027 110028 110029 110033 110035 "
        "110036 110038 110039 110040 110041 110043 110046 110054 110055 110056 110062 110065 "
        "110067 110071 110073 110075 110076 110077 110078 110080 110082 110083 110088 110101 "
        "110105 110110 110111 110112 110113 110114 110124 110135 170034 170036 170149 170210 "
        "170215 170220 170223 170226 170227 170230 3100181 3100326 3200403",
    ),
    (Verdict(R.UNKNOWN_ORDER, "Bybit does not know the order"), "110001 110019 170143 170213"),
    (
        Verdict(R.DUPLICATE_ORDER_ID, "Bybit has an order with this id already"),
        "110030 110072 170141",
    ),
)

ERRORS: Final = ErrorTable(
    title="Bybit",
    verdicts={code: verdict for verdict, codes in _NO for code in codes.split()},
    unclear=frozenset(_UNCLEAR.split()),
    phrases=(
        ("symbol invalid", _UNLISTED),
        ("not supported symbols", _UNLISTED),
        ("position idx not match", _MODE),
    ),
)

_BANNED: Final = "10018"


def read_error(status: int, body: Any, headers: Mapping[str, str]) -> Rejection | None:
    """The error in an answer; None when it is none.

    Errors come with HTTP 200 and a ``retCode``.
    """
    code = body.get("retCode") if isinstance(body, dict) else None
    if code is None:
        if 400 <= status < 500:
            return Rejection(status, str(status), "refused without a code")
        raise Silence(f"HTTP {status} without a retCode")
    if code == 0:
        return None
    text = str(code)
    if text == _BANNED:
        return Rejection(429, text, str(body.get("retMsg", "")), limits.BYBIT_BAN_S)
    return Rejection(status, text, _words(body), _wait(text, body, headers))


def _words(body: Mapping[str, Any]) -> str:
    """The venue's message, with the reasons that some refusals bring beside it."""
    result, said = body.get("result"), [str(body.get("retMsg", ""))]
    reasons = result.get("reasons") if isinstance(result, dict) else None
    said += [str(reason.get("reasonMsg", "")) for reason in reasons or ()]
    return "; ".join(said)


def _wait(code: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> int:
    """Whole seconds until the limit resets, by the venue's own two clocks; 0 when not told."""
    reset = headers.get("X-Bapi-Limit-Reset-Timestamp", "")
    if code != "10006" or not reset.isdigit() or not isinstance(body.get("time"), int):
        return 0
    left_ms: int = int(reset) - body["time"]
    return max(-(-left_ms // 1000), 1)
