"""Binance's own tables of errors, line by line: what is a certain no, and what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.venues.binance.codes import LINEAR, SPOT, read_error
from engine.venues.exchange.failure import ErrorTable, Rejection
from engine.venues.port import CREDENTIAL_CODES, OutcomeUnknown, Refused

FIXTURES = Path(__file__).parents[3] / "fixtures" / "binance"
LINEAR_CODES: Any = json.loads((FIXTURES / "linear_errors.json").read_text())
RECORDED: Any = json.loads((FIXTURES / "spot_errors.json").read_text())
UNCLEAR = {-1000, -1001, -1006, -1007, -1016, -2021, -2022}
"""Internal error, disconnected, unexpected response, time-out, shutting down, half a replace."""


LINEAR_UNCLEAR = {-1000, -1001, -1006, -1007, -1016, -4078, -4083, -4116}
"""The same, an internal error, a batch that failed somewhere, and our id being there already."""


def test_each_code_of_spot_has_a_place_and_is_a_certain_no_or_known_to_be_unclear() -> None:
    for row in RECORDED["codes"]:
        code = str(row["code"])
        assert (code in SPOT.verdicts) != (code in SPOT.unclear), row
        words = (row["messages"] or [row["name"]])[0]
        verdict = SPOT.verdict(Rejection(400, code, words))
        assert (verdict is None) == (row["code"] in UNCLEAR), row


def test_each_code_of_futures_has_a_place_and_is_a_certain_no_or_known_to_be_unclear() -> None:
    for row in LINEAR_CODES:
        code = str(row["code"])
        assert (code in LINEAR.verdicts) != (code in LINEAR.unclear), row
        verdict = LINEAR.verdict(Rejection(400, code, row["name"]))
        assert (verdict is None) == (row["code"] in LINEAR_UNCLEAR), row


@pytest.mark.parametrize("table", [SPOT, LINEAR], ids=["spot", "linear"])
@pytest.mark.parametrize("status", [200, 400, 401, 429, 503])
def test_an_unknown_code_on_an_order_is_outcome_unknown_and_never_a_refusal(
    table: ErrorTable, status: int
) -> None:
    outcome = table.refused(Rejection(status, "-9999", "A code of tomorrow."))
    if status == 429:
        assert isinstance(outcome, Refused)  # turned away before anybody looked at it
        assert outcome.code == "rate_limited"
        return
    assert isinstance(outcome, OutcomeUnknown)


def test_only_what_concerns_the_key_or_the_account_stops_the_account() -> None:
    """A code that pauses everything must not be one of a single order."""
    stopping = {code for code, one in LINEAR.verdicts.items() if one.code in CREDENTIAL_CODES}
    assert stopping == {
        "-1002", "-1011", "-1022", "-1099", "-2014", "-2015", "-2017", "-2023", "-4056", "-4057",
        "-4060", "-4061", "-4087", "-4088", "-4109", "-4531",
    }  # fmt: skip


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
        (-4045, "Reach max stop order limit.", "invalid_order"),
        (-2021, "Order would immediately trigger.", "invalid_order"),
        (-4400, "Futures Trading Quantitative Rules violated.", "symbol_not_tradable"),
        (-5028, "Timestamp for this request is outside of the ME recvWindow.", "clock_skew"),
        (-2018, "Balance is insufficient.", "insufficient_funds"),
        (-1008, "Request throttled by system-level protection.", "rate_limited"),
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
