"""Every code of the venue's published tables is a certain no, unclear, or of somebody else."""

from __future__ import annotations

from engine.venues.bybit.codes import DUPLICATE, ERRORS, OVER, read_error
from engine.venues.exchange.failure import Rejection
from engine.venues.port import CREDENTIAL_CODES, RefusalCode


def test_a_code_means_one_thing() -> None:
    assert not ERRORS.unclear & set(ERRORS.verdicts)
    assert set(ERRORS.verdicts) >= DUPLICATE
    said = {verdict.code for verdict in ERRORS.verdicts.values()}
    assert said >= set(RefusalCode) - {"too_late", "no_price", "rejected"}


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


def test_unknown_codes_of_the_books_are_a_no_and_others_are_unclear() -> None:
    assert ERRORS.verdict(told(110_998)) is not None
    assert ERRORS.verdict(told(170_998)) is not None
    assert ERRORS.verdict(told(10_998)) is None
    assert ERRORS.verdict(told(500_998)) is None


def test_an_answer_with_a_client_error_and_no_code_is_a_no() -> None:
    found = read_error(403, {"message": "access too frequent"}, {})
    assert found is not None
    verdict = ERRORS.verdict(found)
    assert verdict is not None
    assert verdict.code is RefusalCode.RATE_LIMITED
