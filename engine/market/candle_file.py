"""Reading a candle file: CSV, plain or gzipped, with errors that name the row."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, TextIO

from engine.market.candle import Candle
from foundation import limits
from foundation.errors import InvalidInput
from foundation.money import parse_decimal

HEADER: Final = ("timestamp", "open", "high", "low", "close", "volume")
_QUOTES: Final = ("USDT", "USDC", "BUSD", "FDUSD", "USD", "EUR", "BTC", "ETH", "BNB")
_NAME: Final = re.compile(r"[A-Z0-9]{4,20}")
_SETTING: Final = "MARKET_FEED"


def symbol_of(file: Path) -> str:
    """The unified symbol a file's name starts with: ``BTCUSDT_1m_2024.csv.gz`` is BTC/USDT.

    Raises InvalidInput when the name up to the first ``_`` is no pair.
    """
    word = re.split(r"[_.]", file.name, maxsplit=1)[0].upper()
    if _NAME.fullmatch(word):
        for quote in _QUOTES:
            base = word.removesuffix(quote)
            if base and base != word:
                return f"{base}/{quote}"
    raise InvalidInput(
        f"{file.name}: the file name must start with the pair and an underscore, "
        "as in BTCUSDT_1m_2024.csv.gz",
        field=_SETTING,
    )


def read_candles(file: Path) -> tuple[Candle, ...]:
    """All candles of a file, checked, in order of time; ``minutes`` is the shortest distance.

    Raises InvalidInput naming file, row and column for anything that is not a candle.
    """
    candles = tuple(_rows(file))
    if not candles:
        raise InvalidInput(f"{file.name}: there are no candles in it", field=_SETTING)
    pairs = itertools.pairwise(candles)
    shortest = min((b.at - a.at for a, b in pairs), default=timedelta(minutes=1))
    minutes = max(int(shortest / timedelta(minutes=1)), 1)
    if minutes == 1:
        return candles
    return tuple(Candle(c.at, c.open, c.high, c.low, c.close, c.volume, minutes) for c in candles)


def _rows(file: Path) -> Iterator[Candle]:
    last: datetime | None = None
    number = 1
    try:
        with _opened(file) as text:
            rows = csv.reader(text)
            _check_header(file, next(rows, []))
            for row in rows:
                number += 1
                if not row:
                    continue
                candle = _candle(row, f"{file.name}, row {number}")
                if last is not None and candle.at <= last:
                    raise _wrong(
                        f"{file.name}, row {number}", "timestamp", "is not after the row before it"
                    )
                last = candle.at
                yield candle
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise InvalidInput(
            f"{file}: cannot be read as a candle file at row {number}: {error}", field=_SETTING
        ) from error


def _opened(file: Path) -> TextIO:
    if not file.is_file():
        raise InvalidInput(
            f"{file}: there is no such candle file; give the path of a .csv or .csv.gz",
            field=_SETTING,
        )
    raw = file.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            raw = packed.read(limits.CANDLE_FILE_BYTES_MAX + 1)
    if len(raw) > limits.CANDLE_FILE_BYTES_MAX:
        raise InvalidInput(
            f"{file.name}: larger than {limits.CANDLE_FILE_BYTES_MAX} bytes; split it",
            field=_SETTING,
        )
    return io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")


def _check_header(file: Path, header: list[str]) -> None:
    if tuple(word.strip().lower() for word in header) != HEADER:
        raise InvalidInput(
            f"{file.name}: the first row must be {','.join(HEADER)}, "
            f"it is {','.join(header)[:80] or 'empty'}",
            field=_SETTING,
        )


def _candle(row: list[str], where: str) -> Candle:
    if len(row) != len(HEADER):
        raise InvalidInput(f"{where}: {len(row)} columns instead of {len(HEADER)}", field=_SETTING)
    opened, high, low, close = (_price(row[n], where, HEADER[n]) for n in range(1, len(HEADER) - 1))
    volume = _number(row[5], where, "volume")
    if volume < 0:
        raise _wrong(where, "volume", "is below zero")
    if not low <= min(opened, close) <= max(opened, close) <= high:
        raise _wrong(where, "low/high", "does not hold open and close between them")
    return Candle(_time(row[0], where), opened, high, low, close, volume)


def _price(text: str, where: str, column: str) -> Decimal:
    value = _number(text, where, column)
    if value <= 0:
        raise _wrong(where, column, "must be above zero")
    return value


def _number(text: str, where: str, column: str) -> Decimal:
    try:
        return parse_decimal(text)
    except InvalidInput as error:
        raise _wrong(where, column, f"{text[:40]!r} is not a number") from error


def _time(text: str, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _wrong(where, "timestamp", f"{text[:40]!r} is not an ISO 8601 time") from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _wrong(where: str, column: str, what: str) -> InvalidInput:
    return InvalidInput(f"{where}, column {column}: {what}", field=_SETTING)
