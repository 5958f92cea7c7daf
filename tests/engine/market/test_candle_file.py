"""Candle files: real ones are read, wrong ones say what is wrong and where."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.market.candle_file import read_candles, symbol_of
from foundation.errors import InvalidInput

HEAD = "timestamp,open,high,low,close,volume\n"
ROW = "2024-07-26T14:15:00Z,67745.75,67784.00,67726.00,67768.00,26.98425\n"
SLICE = Path(__file__).parents[2] / "fixtures/candles/BTCUSDT_1m_2024_08_04.csv.gz"


def written(folder: Path, text: str, name: str = "BTCUSDT_1m.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("BTCUSDT_1m_2024_07_08.csv.gz", "BTC/USDT"),
        ("ethusdc_15m.csv", "ETH/USDC"),
        ("XAUUSD_H1_2018_2023.csv.gz", "XAU/USD"),
        ("ETHBTC.csv", "ETH/BTC"),
    ],
)
def test_the_symbol_is_in_the_name(name: str, symbol: str) -> None:
    assert symbol_of(Path("/somewhere") / name) == symbol


@pytest.mark.parametrize("name", ["candles_1m.csv", "USDT_1m.csv", "_.csv", "a b_1m.csv"])
def test_a_name_without_a_pair_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="file name must start with the pair"):
        symbol_of(Path(name))


def test_a_real_file_is_read_whole() -> None:
    candles = read_candles(SLICE)
    assert len(candles) == 2 * 1440
    assert candles[0].at == datetime(2024, 8, 4, tzinfo=UTC)
    assert candles[0].minutes == 1
    assert all(bar.low <= bar.close <= bar.high for bar in candles)


def test_plain_and_packed_are_the_same(tmp_path: Path) -> None:
    plain = written(tmp_path, HEAD + ROW)
    packed = tmp_path / "BTCUSDT_packed.csv.gz"
    packed.write_bytes(gzip.compress((HEAD + ROW).encode()))
    assert read_candles(plain) == read_candles(packed)
    assert read_candles(plain)[0].high == Decimal("67784.00")


def test_the_length_of_a_bar_is_found(tmp_path: Path) -> None:
    later = ROW.replace("14:15", "14:30")
    assert [c.minutes for c in read_candles(written(tmp_path, HEAD + ROW + later))] == [15, 15]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the first row must be timestamp,open"),
        ("time,open,high,low,close,volume\n" + ROW, "the first row must be timestamp,open"),
        (HEAD, "there are no candles"),
        (HEAD + ROW + "2024-07-26T14:16:00Z,1,2\n", "row 3: 3 columns instead of 6"),
        (HEAD + ROW.replace("67745.75", "abc"), "row 2, column open: 'abc' is not a number"),
        (HEAD + ROW.replace("67745.75", "NaN"), "row 2, column open"),
        (HEAD + ROW.replace("67745.75", "-1"), "row 2, column open: must be above zero"),
        (HEAD + ROW.replace("2024-07-26T14:15:00Z", "today"), "column timestamp: 'today'"),
        (HEAD + ROW.replace("67784.00", "60000"), "column low/high"),
        (HEAD + ROW + ROW, "row 3, column timestamp: is not after the row before"),
        (HEAD + ROW.replace("26.98425", "-4"), "column volume: is below zero"),
    ],
)
def test_a_wrong_file_says_what_is_wrong_and_where(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        read_candles(written(tmp_path, text))


def test_a_missing_file_and_a_torn_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such candle file"):
        read_candles(tmp_path / "BTCUSDT_1m.csv")
    torn = tmp_path / "BTCUSDT_torn.csv.gz"
    torn.write_bytes(gzip.compress((HEAD + ROW * 1).encode())[:-9])
    with pytest.raises(InvalidInput, match="cannot be read as a candle file"):
        read_candles(torn)
    binary = tmp_path / "BTCUSDT_bin.csv"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InvalidInput, match="BTCUSDT_bin"):
        read_candles(binary)
