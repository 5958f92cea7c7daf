"""Histories from elsewhere: trades read from CSV and SQLite files, checked row by row."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from engine.domain.words import ExitReason, Side
from foundation import limits
from foundation.errors import InvalidInput
from foundation.money import money_context, parse_decimal

#: Names other programs use for the same thing; ours come first.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "trade_id"),
    "symbol": ("symbol", "pair", "market"),
    "timeframe": ("timeframe",),
    "side": ("side", "direction", "is_short"),
    "opened_at": ("opened_at", "open_date", "entry_time", "open_time"),
    "closed_at": ("closed_at", "close_date", "exit_time", "close_time"),
    "quantity": ("quantity", "amount", "qty", "size"),
    "entry_price": ("entry_price", "open_rate"),
    "exit_price": ("exit_price", "close_rate"),
    "fees_usd": ("fees_usd", "fees", "fee"),
    "realized_pnl_usd": ("realized_pnl_usd", "close_profit_abs", "profit_abs", "pnl", "profit"),
    "exit_reason": ("exit_reason",),
    "source": ("source",),
    "strategy": ("strategy",),
}
_REQUIRED: Final = (
    "symbol", "side", "opened_at", "closed_at", "quantity", "entry_price", "exit_price",
)  # fmt: skip
_SIDES: Final[Mapping[str, Side]] = {
    **dict.fromkeys(("long", "buy", "0", "false"), Side.LONG),
    **dict.fromkeys(("short", "sell", "1", "true"), Side.SHORT),
}
_SYMBOL: Final = re.compile(r"[A-Z0-9]{1,20}/[A-Z0-9]{1,10}(:[A-Z0-9]{1,10})?")
_UNITS: Final = {"m": 1, "h": 60, "d": 1440, "w": 10080}
_SQLITE: Final = b"SQLite format 3\x00"
_MILLISECONDS: Final = 10**11  # as seconds that would be the year 5138
_DEFAULT_TIMEFRAME: Final = 60


@dataclass(frozen=True, slots=True)
class PastTrade:
    """One trade of a history. Money in USD, prices in quote currency, timeframe in minutes."""

    key: str
    symbol: str
    timeframe: int
    side: Side
    opened_at: datetime
    closed_at: datetime
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    fees_usd: Decimal
    realized_pnl_usd: Decimal
    exit_reason: ExitReason | None
    source: str
    strategy: str


def read_trades(path: Path, source: str) -> list[PastTrade]:
    """Every closed trade of the file; ``source`` is what rows without one come from.

    Raises InvalidInput naming the row and the column of the first thing that is wrong.
    """
    rows = _sqlite_rows(path) if _is_sqlite(path) else _csv_rows(path)
    trades = []
    for number, row in rows:
        if not _cell(row, "closed_at"):
            continue  # still open
        try:
            trades.append(_trade(row, source))
        except InvalidInput as error:
            raise InvalidInput(f"{path.name}, row {number}: {error.text}") from error
        if len(trades) > limits.TRADE_ROWS_IMPORT_MAX:
            text = f"{path.name} holds more than {limits.TRADE_ROWS_IMPORT_MAX} trades; split it."
            raise InvalidInput(text)
    return trades


Row = Mapping[str, str]


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _csv_rows(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        try:
            _known(path, reader.fieldnames or ())
            for number, row in enumerate(reader, start=2):
                yield number, {str(k).strip().lower(): str(v or "").strip() for k, v in row.items()}
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidInput(f"{path.name} is no CSV in UTF-8: {error}") from error


def _sqlite_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows of its table ``trades``; the file is opened for reading only."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            cursor = connection.execute("select * from trades order by rowid")
            names = [column[0].lower() for column in cursor.description]
            _known(path, names)
            for number, row in enumerate(cursor, start=1):
                yield (
                    number,
                    {
                        name: "" if value is None else str(value)
                        for name, value in zip(names, row, strict=True)
                    },
                )
    except sqlite3.Error as error:
        text = f"{path.name} is no SQLite file with a table named trades: {error}"
        raise InvalidInput(text) from error


def _known(path: Path, names: object) -> None:
    there = {str(name).strip().lower() for name in names}  # type: ignore[attr-defined]  # iterable
    missing = [name for name in _REQUIRED if not there.intersection(NAMES[name])]
    if missing:
        text = f"{path.name} has no column {', '.join(missing)}; the first row must name them."
        raise InvalidInput(text)


def _cell(row: Row, name: str) -> str:
    return next((row[one] for one in NAMES[name] if row.get(one)), "")


def _trade(row: Row, source: str) -> PastTrade:
    side = _SIDES.get(_cell(row, "side").lower())
    if side is None:
        raise InvalidInput(f"side must be long or short, got {_cell(row, 'side')!r}")
    symbol = _cell(row, "symbol").upper().replace("-", "/")
    if not _SYMBOL.fullmatch(symbol):
        raise InvalidInput(f"symbol must be like BTC/USDT, got {symbol!r}")
    quantity, entry = _positive(row, "quantity"), _positive(row, "entry_price")
    leaving = _positive(row, "exit_price")
    opened, closed = _moment(row, "opened_at"), _moment(row, "closed_at")
    if closed < opened:
        raise InvalidInput(f"closed_at {closed} is before opened_at {opened}")
    fees = parse_decimal(_cell(row, "fees_usd") or "0", "fees_usd")
    given = _cell(row, "realized_pnl_usd")
    with money_context():
        gained = side.sign * (leaving - entry) * quantity - fees
    return PastTrade(
        key=_cell(row, "id") or f"{symbol}|{side}|{opened}|{closed}|{quantity}|{entry}",
        symbol=symbol,
        timeframe=_timeframe(_cell(row, "timeframe")),
        side=side,
        opened_at=opened,
        closed_at=closed,
        quantity=quantity,
        entry_price=entry,
        exit_price=leaving,
        fees_usd=fees,
        realized_pnl_usd=_number(given, "realized_pnl_usd") if given else gained,
        exit_reason=_reason(_cell(row, "exit_reason")),
        source=_cell(row, "source") or source,
        strategy=_cell(row, "strategy"),
    )


def _number(text: str, name: str) -> Decimal:
    try:
        return parse_decimal(text, name)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error.text}") from error


def _positive(row: Row, name: str) -> Decimal:
    value = _number(_cell(row, name), name)
    if value <= 0:
        raise InvalidInput(f"{name} must be more than 0, got {value}")
    return value


def _moment(row: Row, name: str) -> datetime:
    """ISO 8601, or seconds or milliseconds since 1970; without a zone it is UTC."""
    text = _cell(row, name)
    try:
        if re.fullmatch(r"\d+(\.\d+)?", text):
            seconds = float(text)
            return datetime.fromtimestamp(
                seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC
            )
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidInput(
            f"{name} must be a time like 2026-01-05T12:00:00Z, got {text!r}"
        ) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _timeframe(text: str) -> int:
    """Minutes, given as a number or as 15m, 4h, 1d."""
    found = re.fullmatch(r"(\d{1,6})([mhdw]?)", text.lower()) if text else None
    if text and found is None:
        raise InvalidInput(f"timeframe must be minutes, or like 15m, 4h, 1d, got {text!r}")
    if found is None:
        return _DEFAULT_TIMEFRAME
    return max(int(found[1]) * _UNITS[found[2] or "m"], 1)


def _reason(text: str) -> ExitReason | None:
    return ExitReason(text) if text in tuple(ExitReason) else None
