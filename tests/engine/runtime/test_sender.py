"""Send once, within the fence, exits first; what is not known stays unknown."""

from __future__ import annotations

import asyncio

import pytest

from engine.domain.commands import CancelOrder
from engine.domain.events import OrderAccepted, OrderCancelled, OrderRefused
from engine.runtime.sender import Sender
from engine.runtime.tokens import Tokens
from engine.store.port import OutboxStatus
from engine.venues.port import Cancelled, OutcomeUnknown, Refused
from foundation import limits
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.engine.runtime.kit import Bench, D, order
from tests.support.until import until


def a_sender(bench: Bench) -> Sender:
    return Sender(bench.ports, Nursery(get_logger("test")))


async def sent(bench: Bench, sender: Sender) -> None:
    """One turn, and everything it started has ended."""
    await sender.turn()
    await until(lambda: sender.under_way == 0)


async def test_an_accepted_order_is_done_and_its_fact_is_told() -> None:
    bench = Bench()
    command = await bench.command()
    await sent(bench, a_sender(bench))
    assert bench.venue.calls == [("place", command.id)]
    assert bench.status(command) is OutboxStatus.DONE
    assert bench.facts()[f"ack:{command.id}"] == OrderAccepted(command.id, "v1")


async def test_a_refusal_is_told_with_its_code_and_whether_it_may_pass() -> None:
    bench = Bench()
    command = await bench.command()
    bench.venue.place_answer = Refused("rate_limited", "Too many.", final=False, retry_after=7)
    await sent(bench, a_sender(bench))
    fact = bench.facts()[f"refused:{command.id}"]
    assert fact == OrderRefused(command.id, "rate_limited", "Too many.", False, 7)


@pytest.mark.parametrize(
    "answer", [OutcomeUnknown("502"), ConnectionResetError("gone"), KeyError("orderId")]
)
async def test_what_is_not_known_is_marked_sent_and_never_sent_again(answer: object) -> None:
    bench = Bench()
    command = await bench.command()
    bench.venue.place_answer = answer
    sender = a_sender(bench)
    await sent(bench, sender)
    await sent(bench, sender)
    assert bench.status(command) is OutboxStatus.SENT
    assert bench.venue.calls == [("place", command.id)]
    assert set(bench.facts()) == {"offer:1"}


async def test_a_claim_older_than_the_fence_is_not_sent() -> None:
    bench = Bench()
    command = await bench.command()
    (row,) = await bench.store.claim(bench.clock.now(), 1, 1)
    bench.clock.advance(limits.ORDER_FENCE_S + 0.1)
    await a_sender(bench).send(row)
    assert bench.venue.calls == []
    assert bench.status(command) is OutboxStatus.CLAIMED


async def test_one_slow_account_does_not_take_every_sender() -> None:
    bench = Bench("a", "b")
    bench.plant(*(("a", order(f"a{n}")) for n in range(20)), ("b", order("b0")))
    bench.venue.hold = asyncio.Event()
    sender = a_sender(bench)
    while await sender.turn():
        pass
    await until(lambda: ("place", "b0") in bench.venue.calls)
    assert len(bench.venue.calls) == limits.SENDERS_PER_ACCOUNT + 1
    bench.venue.hold.set()
    await until(lambda: sender.under_way == 0)
    while await sender.turn():
        await until(lambda: sender.under_way == 0)
    assert len(bench.venue.calls) == 21


async def test_exits_leave_before_entries() -> None:
    bench = Bench()
    bench.plant(("a", order("entry")), ("a", order("exit", reduce=True)))
    await sent(bench, a_sender(bench))
    assert bench.venue.calls == [("place", "exit"), ("place", "entry")]


async def test_a_cancel_of_an_unsent_order_withdraws_it() -> None:
    bench = Bench()
    cancel = CancelOrder("c", "g", "BTCUSDT", "o")
    bench.plant(("a", order("o")))
    bench.plant(("a", cancel))
    row = (await bench.store.claim(bench.clock.now(), 1, 1))[0]
    assert row.command == cancel
    await a_sender(bench).send(row)
    assert bench.status("o") is OutboxStatus.WITHDRAWN
    assert bench.status("c") is OutboxStatus.DONE
    assert bench.venue.calls == []
    assert bench.facts()["cancelled:o"] == OrderCancelled("o", D(0))


async def test_a_cancel_waits_while_the_fate_of_its_order_is_open() -> None:
    bench = Bench()
    bench.plant(("a", order("o")))
    bench.venue.place_answer = OutcomeUnknown("timed out")
    sender = a_sender(bench)
    await sent(bench, sender)
    bench.plant(("a", CancelOrder("c", "g", "BTCUSDT", "o")))
    await sent(bench, sender)
    assert bench.status("c") is OutboxStatus.NEW
    assert bench.venue.calls == [("place", "o")]


@pytest.mark.parametrize(
    ("answer", "filled"),
    [(Cancelled(D("0.004")), D("0.004")), (Refused("unknown_order", "No such order."), None)],
)
async def test_a_cancel_of_a_sent_order_asks_the_venue(answer: object, filled: object) -> None:
    bench = Bench()
    bench.plant(("a", order("o")))
    sender = a_sender(bench)
    await sent(bench, sender)
    bench.plant(("a", CancelOrder("c", "g", "BTCUSDT", "o")))
    bench.venue.cancel_answer = answer
    await sent(bench, sender)
    assert bench.status("c") is OutboxStatus.DONE
    assert bench.facts()["cancelled:o"] == OrderCancelled("o", filled)  # type: ignore[arg-type]  # Decimal or None


async def test_a_cancel_without_a_clear_answer_is_left_to_be_tried_again() -> None:
    bench = Bench()
    bench.plant(("a", order("o")))
    sender = a_sender(bench)
    await sent(bench, sender)
    bench.plant(("a", CancelOrder("c", "g", "BTCUSDT", "o")))
    bench.venue.cancel_answer = Refused("invalid_key", "Who are you?")
    await sent(bench, sender)
    assert bench.status("c") is OutboxStatus.SENT
    assert "cancelled:o" not in bench.facts()


async def test_tokens_bound_a_burst_and_come_back_with_time() -> None:
    bench = Bench()
    tokens = Tokens(bench.clock, rate=10, burst=5)
    assert tokens.available() == 5
    tokens.take(5)
    assert tokens.available() == 0
    bench.clock.advance(0.2)
    assert tokens.available() == 2
    bench.clock.advance(60)
    assert tokens.available() == 5
