"""What alerts mean: declared type, positions and direction, and what happens when they disagree."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.domain.words import Intent, Side
from engine.signals.symbols import Symbols
from tests.engine.signals.kit import accepted, moved, nested, refused

L, S = Side.LONG, Side.SHORT


def meant(document: dict[str, Any]) -> tuple[Intent, Side, Decimal | None]:
    signal = accepted(document).signal
    return signal.intent, signal.side, signal.reduce_fraction


@pytest.mark.parametrize(
    ("before", "now", "action", "expected"),
    [
        (("flat", "0"), ("long", "1"), "buy", (Intent.ENTER, L, None)),
        (("flat", "0"), ("short", "-1"), "sell", (Intent.ENTER, S, None)),
        (("flat", "0"), ("short", "1"), "sell", (Intent.ENTER, S, None)),
        (("long", "1"), ("long", "2"), "buy", (Intent.ENTER, L, None)),
        (("short", "-1"), ("short", "-2"), "sell", (Intent.ENTER, S, None)),
        (("long", "1"), ("flat", "0"), "sell", (Intent.EXIT, L, None)),
        (("short", "-1"), ("flat", "0"), "buy", (Intent.EXIT, S, None)),
        (("long", "4"), ("long", "1"), "sell", (Intent.REDUCE, L, Decimal("0.75"))),
        (("short", "-4"), ("short", "-3"), "buy", (Intent.REDUCE, S, Decimal("0.25"))),
        (("long", "3"), ("long", "1"), "sell", (Intent.REDUCE, L, Decimal("0.66666666"))),
        (("short", "-1"), ("long", "1"), "buy", (Intent.REVERSE, L, None)),
        (("long", "1"), ("short", "-1"), "sell", (Intent.REVERSE, S, None)),
    ],
)
def test_positions_tell(
    before: tuple[str, str], now: tuple[str, str], action: str, expected: tuple[Any, ...]
) -> None:
    assert meant(moved(before, now, action)) == expected


def typed(kind: str, document: dict[str, Any]) -> dict[str, Any]:
    return document | {"execution_intent": {"type": kind, "side": document["tv"].get("action")}}


def test_a_declared_type_that_agrees_with_the_positions() -> None:
    exit_ = typed("exit", moved(("long", "1"), ("flat", "0"), "sell"))
    assert meant(exit_) == (Intent.EXIT, L, None)
    reverse = typed("reverse", moved(("long", "1"), ("short", "1"), "sell"))
    assert meant(reverse) == (Intent.REVERSE, S, None)
    reduce = typed("reduce", moved(("long", "2"), ("long", "1"), "sell"))
    assert meant(reduce) == (Intent.REDUCE, L, Decimal("0.5"))


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("exit", moved(("flat", "0"), ("long", "1"), "buy")),
        ("exit", moved(("long", "2"), ("long", "1"), "sell")),
        ("reduce", moved(("long", "1"), ("flat", "0"), "sell")),
        ("reverse", moved(("flat", "0"), ("long", "1"), "buy")),
    ],
)
def test_a_declared_type_against_the_positions_is_refused_naming_both(
    kind: str, document: dict[str, Any]
) -> None:
    found = refused(typed(kind, document))
    assert found.code == "contradiction"
    assert "execution_intent.type" in found.message
    assert "tv.market_position" in found.message


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        (moved(("flat", "0"), ("long", "1"), "sell"), ("tv.action", "tv.market_position")),
        (moved(("long", "1"), ("flat", "0"), "buy"), ("tv.action", "tv.market_position")),
        (
            moved(("flat", "0"), ("long", "-1"), "buy"),
            ("tv.market_position", "tv.market_position_size"),
        ),
        (
            moved(("flat", "0"), ("long", "0"), "buy"),
            ("tv.market_position", "tv.market_position_size"),
        ),
        (
            moved(("flat", "2"), ("long", "3"), "buy"),
            ("tv.prev_market_position", "tv.prev_market_position_size"),
        ),
    ],
)
def test_contradictions_name_both(document: dict[str, Any], fields: tuple[str, str]) -> None:
    found = refused(document)
    assert found.code == "contradiction"
    for field in fields:
        assert field in found.message


def test_nothing_changed_is_nothing_to_do() -> None:
    assert refused(moved(("long", "1"), ("long", "1"), "buy")).code == "no_change"
    assert refused(moved(("flat", "0"), ("flat", "0"), "buy")).code == "no_change"


def without(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    tv = {key: value for key, value in document["tv"].items() if key not in keys}
    return document | {"tv": tv}


_POSITIONS = (
    "market_position",
    "market_position_size",
    "prev_market_position",
    "prev_market_position_size",
)


def test_without_positions_the_direction_is_an_entry() -> None:
    assert meant(without(nested(), *_POSITIONS)) == (Intent.ENTER, L, None)
    assert meant(without(nested(action="short"), *_POSITIONS)) == (Intent.ENTER, S, None)
    found = refused(without(nested(), "action", *_POSITIONS))
    assert (found.code, found.field) == ("missing_field", "tv.action")


def test_sell_with_flat_is_an_exit_even_when_the_past_is_unknown() -> None:
    document = without(moved(("long", "1"), ("flat", "0"), "sell"), *_POSITIONS[2:])
    assert meant(document) == (Intent.EXIT, L, None)
    closed = without(moved(("long", "1"), ("flat", "0"), "buy"), *_POSITIONS[2:])
    assert meant(closed) == (Intent.EXIT, S, None)


def test_a_word_for_closing_is_an_exit() -> None:
    assert meant(moved(("short", "-1"), ("flat", "0"), "close")) == (Intent.EXIT, S, None)
    found = refused(without(nested(action="exit"), *_POSITIONS))
    assert (found.code, found.field) == ("missing_field", "tv.prev_market_position")


def test_an_exit_that_only_says_so() -> None:
    document = typed("exit", without(nested(action="sell"), *_POSITIONS))
    assert meant(document) == (Intent.EXIT, L, None)


def test_a_partial_close_needs_the_sizes() -> None:
    document = without(moved(("long", "2"), ("long", "1"), "sell"), "market_position_size")
    found = refused(document)
    assert (found.code, found.field) == ("missing_field", "tv.market_position_size")


def test_a_size_in_quote_currency_becomes_one_in_base() -> None:
    document = nested(order_size="120", entry_price="60000") | {
        "execution_intent": {"type": "signal", "position_size_type": "quote"}
    }
    assert accepted(document).signal.size_hint == Decimal("0.002")


def test_the_same_ticker_means_the_perpetual_where_perpetuals_are_traded() -> None:
    spot, linear = Symbols(["BTC/USDT"]), Symbols(["BTC/USDT:USDT"])
    for ticker in ("BINANCE:BTCUSDT.P", "BTCUSDT", "BTC/USDT"):
        assert spot.find(ticker) is not None
        assert spot.find(ticker)[0] == "BTC/USDT"  # type: ignore[index]  # just looked
        assert linear.find(ticker)[0] == "BTC/USDT:USDT"  # type: ignore[index]  # as above


def test_a_perpetual_settled_in_usdc_is_found_by_bybits_spelling_too() -> None:
    linear = Symbols(["BTC/USDC:USDC", "BTC/USDT:USDT"])
    for ticker in ("BYBIT:BTCPERP", "BTCUSDC.P", "BTC/USDC"):
        assert linear.find(ticker)[0] == "BTC/USDC:USDC"  # type: ignore[index]  # it is there
    assert linear.find("BTCUSDTPERP") == ("BTC/USDT:USDT", None)
    assert Symbols(["BTC/USDT:USDT"]).find("BTCPERP") is None
