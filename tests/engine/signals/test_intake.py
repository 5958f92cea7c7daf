"""From posted bytes to receipts, with real tables: repeats, limits, ages, and a database away."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta

import asyncpg
import pytest

from engine.signals.receipt import Draft, Receipt
from engine.signals.writer import ReceiptWriter
from foundation import limits
from foundation.db import Database
from tests.engine.offers.kit import Town
from tests.engine.signals.kit import nested, raw
from tests.support.until import until


async def count(town: Town, table: str) -> int:
    [(number,)] = await town.rows(f"select count(*) from {table}")
    return int(number)


async def test_an_accepted_alert(town: Town) -> None:
    answer = await town.post(nested(town.clock.now()))
    assert answer.http_status == 202
    assert set(answer.body) == {"receipt", "status", "code", "message", "field"}
    assert (answer.body["status"], answer.body["field"]) == ("accepted", None)
    receipt = await town.receipt(answer.body["receipt"])
    assert (receipt.symbol, receipt.timeframe, receipt.side) == ("BTC/USDT", 15, "long")
    assert receipt.account_id == town.account_id
    [(body, kind)] = await town.rows("select body, content_type from receipts")
    assert json.loads(body)["tv"]["symbol"] == "BTCUSDT"
    assert kind == "application/json"


async def test_fifty_copies_at_once_are_one_receipt_and_one_signal(town: Town) -> None:
    document = nested(town.clock.now())
    answers = await asyncio.gather(*(town.post(document) for _ in range(50)))
    assert {answer.http_status for answer in answers} == {202}
    assert len({answer.body["receipt"] for answer in answers}) == 1
    told = Counter(answer.body["status"] for answer in answers)
    assert told == {"accepted": 1, "duplicate": 49}
    assert await count(town, "receipts") == 1
    await town.actors.fan_out.turn()
    assert (await count(town, "signals"), await count(town, "offers")) == (1, 1)


async def test_copies_to_two_processes_are_one_receipt(town: Town) -> None:
    other = town.new_hooks()
    await other.start()
    body = raw({"secret": town.hook.secret} | nested(town.clock.now()))
    both = [hooks.accept(town.token, body) for hooks in (town.hooks, other) for _ in range(20)]
    answers = await asyncio.gather(*both)
    await other.stop()
    assert {answer.http_status for answer in answers} == {202}
    assert len({answer.body["receipt"] for answer in answers}) == 1
    assert Counter(answer.body["status"] for answer in answers)["accepted"] == 1


async def test_a_repeat_three_days_later_is_told_the_first_receipt(town: Town) -> None:
    document = nested(town.clock.now())
    first = await town.post(document)
    town.clock.advance(3 * 24 * 3600)
    later = await town.post(document)
    # long stale by now, but first of all a repeat
    assert (later.http_status, later.body["status"]) == (202, "duplicate")
    assert later.body["receipt"] == first.body["receipt"]


async def test_stale_and_future(town: Town) -> None:
    now = town.clock.now()
    stale = await town.post(nested(now - timedelta(seconds=301)))
    assert (stale.http_status, stale.body["status"]) == (202, "stale")
    assert stale.body["field"] == "timestamp"
    assert (await town.post(nested(now - timedelta(seconds=299)))).body["status"] == "accepted"
    future = await town.post(nested(now + timedelta(seconds=61)))
    assert (future.http_status, future.body["status"]) == (202, "refused")
    assert (future.body["code"], future.body["field"]) == ("in_future", "timestamp")
    assert not await town.actors.fan_out.turn() or await count(town, "signals") == 1


async def test_without_a_time_of_its_own_a_minute_is_the_window(town: Town) -> None:
    first = await town.post(nested(None))
    assert (await town.post(nested(None))).body["receipt"] == first.body["receipt"]
    town.clock.advance(60)
    later = await town.post(nested(None))
    assert later.body["status"] == "accepted"
    assert later.body["receipt"] != first.body["receipt"]


async def test_a_refused_alert_keeps_its_receipt_and_its_reason(town: Town) -> None:
    bad = nested(town.clock.now(), entry_price="-1")
    first = await town.post(bad)
    assert (first.body["status"], first.body["field"]) == ("refused", "tv.entry_price")
    again = await town.post(bad)
    assert (again.body["status"], again.body["receipt"]) == ("duplicate", first.body["receipt"])
    assert "tv.entry_price" in (again.body["message"] or "")
    assert await count(town, "receipts") == 1


async def test_an_id_used_for_something_else_is_refused_and_the_first_stands(town: Town) -> None:
    first = await town.post(nested(town.clock.now()) | {"alert_id": "7"})
    same = await town.post(nested(town.clock.now()) | {"alert_id": "7"})
    assert (same.body["status"], same.body["receipt"]) == ("duplicate", first.body["receipt"])
    other = await town.post(nested(town.clock.now(), entry_price="61000") | {"alert_id": "7"})
    assert (other.http_status, other.body["status"]) == (202, "refused")
    assert (other.body["code"], other.body["field"]) == ("id_reused", "alert_id")
    assert first.body["receipt"] in (other.body["message"] or "")
    assert (await town.receipt(first.body["receipt"])).status == "accepted"
    await town.actors.fan_out.turn()
    assert await count(town, "signals") == 1


async def test_who_does_not_know_token_or_secret(town: Town) -> None:
    unknown = await town.post(nested(), token="x" * 43)
    assert (unknown.http_status, unknown.body["code"]) == (404, "unknown_hook")
    for token in ("", "short", "é" * 40, "a/b" * 20, "x" * 5_000, "\udcff" * 40):
        assert (await town.post(nested(), token=token)).http_status == 404
    wrong = await town.post(nested() | {"secret": "guess"})
    assert (wrong.http_status, wrong.body["code"]) == (401, "secret_wrong")
    assert wrong.body["receipt"] is None
    missing = await town.post(raw(nested()))
    assert (missing.http_status, missing.body["code"]) == (401, "secret_missing")
    assert await count(town, "receipts") == 0
    town.clock.advance(limits.COUNTERS_FLUSH_S)
    counted = await until(
        lambda: town.rows("select hook_id, kind, total from hook_counters order by hook_id")
    )
    assert counted == [("", "unknown_token", 7), (town.hook.id, "unauthorised", 2)]


async def test_too_large(town: Town) -> None:
    body = raw(nested() | {"extra": "x" * limits.SIGNAL_BODY_BYTES_MAX})
    answer = await town.post(body)
    assert (answer.http_status, answer.body["code"]) == (413, "too_large")
    assert await count(town, "receipts") == 0


async def test_the_rate_counts_new_alerts_only(town: Town) -> None:
    first = nested(town.clock.now(), order_size="1")
    assert (await town.post(first)).http_status == 202
    for n in range(1, limits.INTAKE_BURST):
        answer = await town.post(nested(town.clock.now(), market_position_size=str(n + 1)))
        assert answer.http_status == 202, n
    over = await town.post(nested(town.clock.now(), market_position_size="7777"))
    assert (over.http_status, over.body["status"]) == (429, "rate_limited")
    assert over.retry_after == 1
    # repeats cost nothing, even now
    for _ in range(20):
        assert (await town.post(first)).body["status"] == "duplicate"
    town.clock.advance(1)
    for n in range(5):
        answer = await town.post(nested(town.clock.now(), market_position_size=str(9000 + n)))
        assert answer.http_status == 202
    assert (
        await town.post(nested(town.clock.now(), market_position_size="1e4"))
    ).http_status == 429
    assert await count(town, "receipts") == limits.INTAKE_BURST + 5


async def test_a_database_away_is_never_a_false_202(town: Town) -> None:
    body = nested(town.clock.now())
    assert (await town.post(nested(town.clock.now(), market_position_size="5"))).http_status == 202
    await town.database.pool.close()
    answer = await town.post(body)
    assert (answer.http_status, answer.body["status"]) == (503, "unavailable")
    assert answer.retry_after


async def test_a_connection_lost_while_writing_is_tried_once_more(
    town: Town, database_dsn: str
) -> None:
    assert (await town.post(nested(town.clock.now(), market_position_size="5"))).http_status == 202
    killer = await asyncpg.connect(database_dsn)
    await killer.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    await killer.close()
    answer = await town.post(nested(town.clock.now()))
    assert answer.http_status in (202, 503)
    if answer.http_status == 503:
        answer = await town.post(nested(town.clock.now()))
    assert answer.http_status == 202
    assert await count(town, "receipts") == 2


def _draft(town: Town, n: int, code: str = "accepted") -> Draft:
    receipt = Receipt(
        id=f"r{n}",
        hook_id=town.hook.id,
        user_id=town.user_id,
        account_id=town.account_id,
        status="refused",
        code=code,
        message="",
        field=None,
        received_at=town.clock.now(),
        signal=None,
    )
    return Draft(receipt, f"k{n}", "", b"\x00\xff", "")


async def test_one_hostile_row_never_fails_its_neighbours(town: Town) -> None:
    writer = ReceiptWriter(town.database, town.bus)
    await writer.start()
    drafts = [_draft(town, n, "nul\x00" if n == 7 else "fine") for n in range(20)]
    stored = await asyncio.gather(*(writer.put(draft) for draft in drafts))
    await writer.stop()
    assert [one.receipt.code for one in stored].count("fine") == 19
    assert stored[7].receipt.code == "unstorable"
    assert await count(town, "receipts") == 20


async def test_what_queues_during_a_commit_goes_in_the_next(town: Town) -> None:
    writer = ReceiptWriter(town.database, town.bus)
    await writer.start()
    await asyncio.gather(*(writer.put(_draft(town, n)) for n in range(200)))
    await writer.stop()
    assert writer.rows == 200
    assert writer.commits < 20


async def test_a_sender_that_hangs_up_is_stored_all_the_same(town: Town) -> None:
    writer = ReceiptWriter(town.database, town.bus)
    posting = asyncio.gather(writer.put(_draft(town, 1)))
    await asyncio.sleep(0)
    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting
    await writer.start()
    await until(lambda: count(town, "receipts"))
    await writer.stop()


async def test_a_stopped_writer_answers_503(town: Town, database: Database) -> None:
    writer = ReceiptWriter(database, town.bus)
    waiting = [asyncio.gather(writer.put(_draft(town, n)), return_exceptions=True) for n in (1, 2)]
    await asyncio.sleep(0)
    await writer.stop()
    for [answer] in await asyncio.gather(*waiting):
        assert getattr(answer, "status", None) == 503


async def test_hostile_bodies_all_get_an_answer(town: Town) -> None:
    bodies = [b"", b"\x00", b"\xff" * 99, b"[" * 9_999, b"{}", b"null", b'{"tv": 3}', b'"\xed\xa0"']
    bodies += [raw(nested() | {"secret": secret}) for secret in (1, None, [], {}, "\ud800", "\x00")]
    answers = await asyncio.gather(*(town.post(body) for body in bodies))
    assert {answer.http_status for answer in answers} == {202, 401}
    kept = [answer.body["receipt"] for answer in answers if answer.http_status == 202]
    assert await count(town, "receipts") == len(set(kept))
