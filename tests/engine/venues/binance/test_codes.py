"""Binance's own tables of errors, line by line: what is a certain no, and what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.venues.binance.codes import LINEAR, SPOT, read_error
from engine.venues.exchange.failure import Rejection

RECORDED: Any = json.loads(
    (Path(__file__).parents[3] / "fixtures" / "binance" / "spot_errors.json").read_text()
)
UNCLEAR = {-1000, -1001, -1006, -1007, -1016, -2021, -2022}
"""Internal error, disconnected, unexpected response, time-out, shutting down, half a replace."""


@pytest.mark.parametrize("row", RECORDED["codes"], ids=lambda row: str(row["code"]))
def test_each_code_of_the_table_is_a_certain_no_or_known_to_be_unclear(row: Any) -> None:
    words = (row["messages"] or [row["name"]])[0]
    verdict = SPOT.verdict(Rejection(400, str(row["code"]), words))
    assert (verdict is None) == (row["code"] in UNCLEAR), row


MEANT = {
    "Duplicate order sent.": None,
    "Market is closed.": "symbol_not_tradable",
    "Account has insufficient balance for requested action.": "insufficient_funds",
    "Price * QTY is zero or less.": "invalid_order",
    "This action is disabled on this account.": "permission_denied",
    "This account may not place or cancel orders.": "permission_denied",
    "Order would trigger immediately.": "invalid_order",
    "This symbol is not permitted for this account.": "symbol_not_tradable",
    "This symbol is restricted for this account.": "symbol_not_tradable",
}


@pytest.mark.parametrize("row", RECORDED["order_reject_messages"], ids=lambda row: row["msg"][:40])
def test_each_reject_message_means_what_it_says(row: Any) -> None:
    verdict = SPOT.verdict(Rejection(400, "-2010", row["msg"]))
    wanted = MEANT.get(row["msg"], "rejected")
    assert (verdict and verdict.code) == wanted


@pytest.mark.parametrize("row", RECORDED["filter_failures"], ids=lambda row: row["msg"][:40])
def test_filter_failures_are_final(row: Any) -> None:
    verdict = SPOT.verdict(Rejection(400, "-1013", row["msg"]))
    assert verdict is not None
    assert (verdict.code, verdict.final) == ("invalid_order", True)


@pytest.mark.parametrize(
    ("code", "words", "meant"),
    [
        (-2019, "Margin is insufficient.", "insufficient_funds"),
        (-2022, "ReduceOnly Order is rejected.", "would_not_reduce"),
        (-4164, "Order's notional must be no smaller than 100", "invalid_order"),
        (-4061, "Order's position side does not match user's setting.", "permission_denied"),
        (-4116, "ClientOrderId is duplicated.", None),
        (-4120, "Order type not supported for this endpoint.", "rejected"),
        (-1007, "Timeout waiting for response from backend server.", None),
        (-1021, "Timestamp for this request is outside of the recvWindow.", "clock_skew"),
        (-2015, "Invalid API-key, IP, or permissions for action.", "authentication_failed"),
    ],
)
def test_codes_of_futures(code: int, words: str, meant: str | None) -> None:
    verdict = LINEAR.verdict(Rejection(400, str(code), words))
    assert (verdict and verdict.code) == meant


def test_what_is_an_error_and_what_is_not() -> None:
    assert read_error(200, {"code": 200, "msg": "success"}, {}) is None
    assert read_error(200, [{"code": 1}], {}) is None
    assert read_error(200, {"orderId": 1}, {}) is None
    found = read_error(400, {"code": -1013, "msg": "Filter failure: LOT_SIZE"}, {})
    assert found is not None
    assert (found.status, found.code) == (400, "-1013")
