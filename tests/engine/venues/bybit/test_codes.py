"""Every code of the venue's published tables is a certain no, unclear, or of somebody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.venues.bybit.codes import DUPLICATE, ERRORS, OVER, read_error
from engine.venues.exchange.failure import Rejection
from engine.venues.port import CREDENTIAL_CODES, OutcomeUnknown, RefusalCode


def test_a_code_means_one_thing() -> None:
    assert not ERRORS.unclear & set(ERRORS.verdicts)
    assert set(ERRORS.verdicts) >= DUPLICATE
    said = {verdict.code for verdict in ERRORS.verdicts.values()}
    assert said >= set(RefusalCode) - {"too_late", "no_price"}


def test_only_what_concerns_the_whole_key_stops_the_account() -> None:
    stopping = {c for c, v in ERRORS.verdicts.items() if v.code in CREDENTIAL_CODES}
    # of the books' own codes only the one that bars the user everywhere
    assert {code for code in stopping if code.startswith(("110", "170"))} == {"110069"}


def test_what_a_cancel_finds_over_is_never_taken_for_unclear() -> None:
    assert not OVER & ERRORS.unclear


def told(code: int, status: int = 200) -> Rejection:
    found = read_error(status, {"retCode": code, "retMsg": "words", "time": 1}, {})
    assert found is not None
    return found


def test_no_error_is_none() -> None:
    assert read_error(200, {"retCode": 0, "retMsg": "OK"}, {}) is None


RECORDED: Any = json.loads(
    (Path(__file__).parents[3] / "fixtures" / "bybit" / "errors.json").read_text()
)
ELSEWHERE = {
    0, 34040, 181017, 182011, 182100, 182101, 182102, 182103, 182108, 182110, 182111, 182112,
    500010, 500011, 3200316, 3200317, 3200320, 3200419, 3200425, 3200641, 3400052, 3400053,
    3400054, 3400071, 3400208, 3400209, 3400210, 3400211, 3400212, 3400213, 3401010,
}  # fmt: skip
"""Success; and loans, upgrades, collateral, options, stops of a position: nothing we ask for."""


def test_every_code_that_trading_can_meet_has_a_place() -> None:
    for row in RECORDED:
        code = str(row["code"])
        known = code in ERRORS.verdicts or code in ERRORS.unclear or code in OVER
        assert known != (row["code"] in ELSEWHERE), row


@pytest.mark.parametrize("code", [110_998, 170_998, 10_998, 500_998])
@pytest.mark.parametrize("status", [200, 400])
def test_an_unknown_code_on_an_order_is_outcome_unknown_and_never_a_refusal(
    code: int, status: int
) -> None:
    assert isinstance(ERRORS.refused(told(code, status)), OutcomeUnknown)


@pytest.mark.parametrize("code", [10_000, 10_016, 10_019, 170_001, 170_007, 170_032, 170_146])
def test_a_broken_server_says_nothing_about_the_order(code: int) -> None:
    assert isinstance(ERRORS.refused(told(code)), OutcomeUnknown)


def test_an_answer_with_a_client_error_and_no_code_is_a_no() -> None:
    found = read_error(403, {"message": "access too frequent"}, {})
    assert found is not None
    verdict = ERRORS.verdict(found)
    assert verdict is not None
    assert verdict.code is RefusalCode.RATE_LIMITED
