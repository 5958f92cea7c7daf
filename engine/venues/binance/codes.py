"""Binance's error codes: which are a certain no, and which may hide an order that exists.

Spot: the exchange's own errors.md. Futures: its error-code page. One number can mean different
things in the two markets, so each has a table of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.venues.exchange.failure import ErrorTable, Rejection, Verdict
from engine.venues.port import RefusalCode as Code
from foundation import limits

UNKNOWN_ORDER: Final = "-2011"
NO_SUCH_ORDER: Final = "-2013"
ARCHIVED: Final = "-2026"
"""Cancelled or expired without a fill, long ago."""
NOT_CHANGED: Final = frozenset({"-4046", "-4047", "-4048", "-4067", "-4068", "-4168"})
"""The margin mode is so already, or cannot be changed while something is open."""

_AUTH: Final = Verdict(
    Code.AUTHENTICATION_FAILED,
    "Binance does not accept the key: check it, its address list and its permissions",
)
_FORBIDDEN: Final = Verdict(
    Code.PERMISSION_DENIED, "Binance does not let this key or account trade"
)
_FUNDS: Final = Verdict(Code.INSUFFICIENT_FUNDS, "There is not enough money at Binance for this")
_FILTER: Final = Verdict(Code.INVALID_ORDER, "The order breaks a rule of Binance")
_BUSY: Final = Verdict(
    Code.RATE_LIMITED, "Binance asks us to slow down", False, limits.VENUE_RATE_RETRY_S
)
_LATE: Final = Verdict(
    Code.CLOCK_SKEW, "The request reached Binance outside of its time window", False, 1
)
_CLOSED: Final = Verdict(Code.SYMBOL_NOT_TRADABLE, "Binance does not trade this symbol (now)")
_NOT_REDUCING: Final = Verdict(
    Code.WOULD_NOT_REDUCE, "There is no position at Binance that this order could reduce"
)
_GONE: Final = Verdict(Code.UNKNOWN_ORDER, "Binance does not know the order")
_NO: Final = Verdict(Code.REJECTED, "Binance refused the order")
_MODE: Final = Verdict(
    Code.PERMISSION_DENIED,
    "The position mode at Binance was changed: save the keys again so that it is read anew",
)

_SHARED: Final[Mapping[str, Verdict]] = {
    "-1002": _AUTH,
    "-1003": _BUSY,
    "-1008": _BUSY,
    "-1013": _FILTER,
    "-1015": _BUSY,
    "-1020": _NO,
    "-1021": _LATE,
    "-1022": _AUTH,
    "-1099": _AUTH,
    "-1100": _NO,
    "-1102": _NO,
    "-1104": _NO,
    "-1106": _NO,
    "-1111": _FILTER,
    "-1116": _NO,
    "-1121": _CLOSED,
    "-2011": _GONE,
    "-2013": _GONE,
    "-2014": _AUTH,
    "-2015": _AUTH,
}
_UNCLEAR: Final = frozenset({"-1000", "-1001", "-1006", "-1007", "-1016"})
"""Internal error, disconnected, unexpected response, time-out at the backend, shutting down."""

SPOT: Final = ErrorTable(
    title="Binance",
    verdicts=MappingProxyType({**_SHARED, "-1014": _NO, "-1122": _CLOSED, "-2010": _NO}),
    unclear=_UNCLEAR | {"-2021", "-2022"},
    phrases=(
        ("duplicate order sent", None),
        ("insufficient balance", _FUNDS),
        ("market is closed", _CLOSED),
        ("symbol is not permitted", _CLOSED),
        ("symbol is restricted", _CLOSED),
        ("may not place or cancel", _FORBIDDEN),
        ("disabled on this account", _FORBIDDEN),
        ("filter failure", _FILTER),
        ("price * qty is zero", _FILTER),
        ("trigger immediately", _FILTER),
    ),
)

LINEAR: Final = ErrorTable(
    title="Binance Futures",
    verdicts=MappingProxyType(
        {
            **_SHARED,
            "-1112": Verdict(Code.REJECTED, "There are no offers at Binance", False, 5),
            "-2010": _NO,
            "-2018": _FUNDS,
            "-2019": _FUNDS,
            "-2020": Verdict(Code.REJECTED, "Binance could not fill the order", False, 5),
            "-2021": _FILTER,
            "-2022": _NOT_REDUCING,
            "-2023": _FORBIDDEN,
            "-2024": _NOT_REDUCING,
            "-2025": _FILTER,
            "-2027": _FILTER,
            "-2028": _FUNDS,
            "-4001": _FILTER,
            "-4002": _FILTER,
            "-4003": _FILTER,
            "-4004": _FILTER,
            "-4005": _FILTER,
            "-4013": _FILTER,
            "-4014": _FILTER,
            "-4015": _NO,
            "-4016": _FILTER,
            "-4023": _FILTER,
            "-4024": _FILTER,
            "-4028": _FILTER,
            "-4061": _MODE,
            "-4087": _FORBIDDEN,
            "-4088": _FORBIDDEN,
            "-4108": _CLOSED,
            "-4118": _NOT_REDUCING,
            "-4120": _NO,
            "-4131": Verdict(Code.REJECTED, "The market is too thin at Binance", False, 5),
            "-4140": _CLOSED,
            "-4141": _CLOSED,
            "-4164": _FILTER,
            "-4183": _FILTER,
            "-4184": _FILTER,
            "-4400": _NOT_REDUCING,
        }
    ),
    unclear=_UNCLEAR | {"-4116"},
    phrases=(("clientorderid is duplicated", None), ("client algo id is duplicated", None)),
)


def read_error(status: int, body: Any, _headers: Mapping[str, str]) -> Rejection | None:
    """``{"code": -2010, "msg": "…"}``; a positive code is a success (cancelled algo orders)."""
    if not isinstance(body, dict) or "code" not in body:
        return None
    code = str(body["code"])
    if status < 400 and not code.startswith("-"):
        return None
    return Rejection(status, code, str(body.get("msg", "")))


def used_weight(headers: Mapping[str, str]) -> float | None:
    """What the address has used of the minute's weight, from the answer's headers."""
    for name, value in headers.items():
        if name.lower() == "x-mbx-used-weight-1m" and value.isdigit():
            return float(value)
    return None
