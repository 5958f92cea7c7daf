"""Binance's error codes: which are a certain no, and which may hide an order that exists.

Spot: the exchange's own errors.md (binance-spot-api-docs). Futures: its page
https://developers.binance.com/docs/derivatives/usds-margined-futures/error-code, with the codes of
the algo orders of December 2025; both are kept in ``tests/fixtures/binance`` and every code in
them has a place here. Three are not on that page, but met: -4108 (delivering or settling), -4109
(inactive account), -4531 (position mode kept in step with another account). One number can mean
different things in the two markets, so each has a table of its own. A code in neither is unclear.
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
"""Spot: cancelled or expired without a fill, long ago. On futures it means something else."""
SO_ALREADY: Final = "-4046"
"""The margin mode is the wanted one."""
MARGIN_KEPT: Final = frozenset({"-4047", "-4048", "-4067", "-4068", "-4168"})
"""The margin mode cannot be changed while something is open, or in multi-assets mode."""

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
_THIN: Final = Verdict(
    Code.REJECTED, "There are no offers at Binance for this", False, limits.VENUE_THIN_RETRY_S
)
_GONE: Final = Verdict(Code.UNKNOWN_ORDER, "Binance does not know the order")
_NO: Final = Verdict(Code.REJECTED, "Binance refused the order")
_MODE: Final = Verdict(
    Code.PERMISSION_DENIED,
    "The position mode at Binance was changed: save the keys again so that it is read anew",
)

_Rows = tuple[tuple[Verdict, str], ...]


def _table(rows: _Rows) -> Mapping[str, Verdict]:
    return MappingProxyType({code: verdict for verdict, codes in rows for code in codes.split()})


_SHARED: Final[_Rows] = (
    (_AUTH, "-1002 -1022 -1099 -2014 -2015 -2017"),
    (_BUSY, "-1003 -1008 -1015 -1034"),
    (_FILTER, "-1013 -1111"),
    (_LATE, "-1021"),
    (_THIN, "-1112"),
    (_CLOSED, "-1121 -1122"),
    (_GONE, "-2011 -2013"),
    (
        _NO,
        "-1010 -1014 -1020 -1023 -1100 -1101 -1102 -1103 -1104 -1105 -1106 -1108 -1109 -1110 "
        "-1114 -1115 -1116 -1117 -1118 -1119 -1120 -1125 -1126 -1127 -1128 -1130 -1136 -2010 "
        "-2016",
    ),
)
_UNCLEAR: Final = frozenset({"-1000", "-1001", "-1006", "-1007", "-1016"})
"""Internal error, disconnected, unexpected response, time-out at the backend, shutting down."""

_SPOT: Final[_Rows] = (
    (
        _NO,
        "-1033 -1035 -1134 -1135 -1139 -1145 -1151 -1152 -1153 -1155 -1158 -1160 -1161 -1165 "
        "-1166 -1168 -1169 -1170 -1171 -1172 -1173 -1174 -1175 -1176 -1177 -1178 -1179 -1180 "
        "-1182 -1183 -1184 -1185 -1186 -1187 -1188 -1189 -1190 -1191 -1194 -1196 -1197 -1198 "
        "-1199 -1210 -1211 -1221 -1222 -1223 -1224 -1225 -2026 -2035 -2036 -2039 -2042 -2043",
    ),
    (_BUSY, "-1181"),
    (_CLOSED, "-1220"),
)

SPOT: Final = ErrorTable(
    title="Binance",
    verdicts=_table(_SHARED + _SPOT),
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

_LINEAR: Final[_Rows] = (
    (_AUTH, "-1011 -4056 -4057"),
    (_FUNDS, "-2018 -2019 -2028 -4050 -4051"),
    (
        _FILTER,
        "-2021 -2025 -2027 -4001 -4002 -4003 -4004 -4005 -4006 -4007 -4013 -4014 -4016 -4019 "
        "-4023 -4024 -4028 -4045 -4058 -4135 -4142 -4161 -4164 -4183 -4184 -4202 -4203 -4205 "
        "-4206 -4208 -4209 -4210 -4211 -4403 -5029",
    ),
    (_NOT_REDUCING, "-2022 -2024 -4118"),
    (_FORBIDDEN, "-2023 -4087 -4088 -4109"),
    (_MODE, "-4060 -4061 -4531"),
    (_CLOSED, "-4022 -4104 -4108 -4140 -4141 -4144 -4402 -5024"),
    (
        Verdict(
            Code.SYMBOL_NOT_TRADABLE,
            "Binance takes only orders that reduce here",
            False,
            limits.VENUE_REDUCE_ONLY_RETRY_S,
        ),
        "-4400 -4401",
    ),
    (Verdict(Code.REJECTED, "Trading is paused by a cooling-off period at Binance"), "-4192"),
    (_LATE, "-5028"),
    (
        _THIN,
        "-2020 -4131 -5041",
    ),
    (
        _NO,
        "-1004 -1005 -1113 -2012 -2026 -4000 -4008 -4009 -4010 -4011 -4012 -4015 -4017 -4018 "
        "-4020 -4021 -4025 -4026 -4027 -4029 -4030 -4031 -4032 -4033 -4044 -4046 -4047 -4048 "
        "-4049 -4052 -4053 -4054 -4055 -4059 -4062 -4063 -4064 -4065 -4066 -4067 -4068 -4069 "
        "-4070 -4071 -4072 -4073 -4074 -4075 -4076 -4077 -4079 -4080 -4081 -4082 -4084 -4085 "
        "-4086 -4114 -4115 -4117 -4120 -4137 -4138 -4139 -4165 -4167 -4168 -4169 -4170 -4171 "
        "-4172 -5021 -5022 -5025 -5026 -5027 -5037 -5038 -5039 -5040 -5043",
    ),
)

LINEAR: Final = ErrorTable(
    title="Binance Futures",
    verdicts=_table(_SHARED + _LINEAR),
    unclear=_UNCLEAR | {"-4078", "-4083", "-4116"},
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
