"""Send once, within the fence, exits first; what is not known stays unknown."""

from __future__ import annotations

import asyncio

import pytest

from engine.domain.commands import CancelOrder
from engine.domain.events import OrderAccepted, OrderCancelled, OrderRefused
from engine.domain.words import OrderStatus
from engine.runtime.brakes import make_brakes
from engine.runtime.sender import Sender
from engine.runtime.tokens import Tokens
from engine.runtime.watched import watched
from engine.store.port import OutboxStatus
from engine.venues.port import Accepted, Allowance, Cancelled, Found, OutcomeUnknown, Refused
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


UNHEARD_OF = Refused("unknown_order", "No such order.")


@pytest.mark.parametrize(
    ("answer", "filled"),
    [(Cancelled(D("0.004")), D("0.004")), (UNHEARD_OF, None)],
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


async def test_who_never_heard_of_an_accepted_order_is_asked_before_it_is_believed() -> None:
    bench = Bench()
    bench.plant(("a", order("works")), ("a", order("filled")))
    sender = a_sender(bench)
    await sent(bench, sender)
    bench.venue.cancel_answer = UNHEARD_OF
    bench.venue.find_answer = Found(OrderStatus.OPEN, "v1", D(0))
    bench.plant(("a", CancelOrder("c1", "g", "BTCUSDT", "works")))
    await sent(bench, sender)
    assert bench.status("c1") is OutboxStatus.SENT
    assert "cancelled:works" not in bench.facts()
    bench.venue.find_answer = Found(OrderStatus.FILLED, "v2", D("0.01"))
    bench.plant(("a", CancelOrder("c2", "g", "BTCUSDT", "filled")))
    await sent(bench, sender)
    assert bench.facts()["cancelled:filled"] == OrderCancelled("filled", D("0.01"))


async def test_exits_and_cancels_never_wait_behind_entries() -> None:
    bench = Bench("a", "b")
    accounts = [f"x{n}" for n in range(limits.SENDERS // limits.SENDERS_PER_ACCOUNT + 1)]
    for name in accounts:
        bench.store.open_account(bench.account(name))
    entries = [
        (name, order(f"{name}-{n}")) for name in accounts for n in range(limits.SENDERS_PER_ACCOUNT)
    ]
    bench.plant(*entries)
    bench.venue.hold = asyncio.Event()
    sender = a_sender(bench)
    while await sender.turn():
        pass
    assert sender.under_way == limits.SENDERS
    bench.plant((accounts[0], order("exit", reduce=True)))
    bench.plant(("b", order("exit-b", reduce=True)))
    assert await sender.turn()
    await until(lambda: ("place", "exit") in bench.venue.calls)
    assert sender.under_way == limits.SENDERS + 2
    bench.venue.hold.set()
    await until(lambda: sender.under_way == 0)


async def test_the_last_tokens_of_a_venue_are_for_exits() -> None:
    bench = Bench("a", *(f"x{n}" for n in range(40)))
    many = [(f"x{n % 40}", order(f"e{n}")) for n in range(limits.ORDER_BURST)]
    bench.plant(*many)
    sender = a_sender(bench)
    while await sender.turn():
        await until(lambda: sender.under_way == 0)
    assert len(bench.venue.calls) == limits.ORDER_BURST - limits.ORDER_BURST_RESERVED
    bench.plant(("a", order("exit", reduce=True)))
    await sent(bench, sender)
    assert bench.venue.calls[-1] == ("place", "exit")


async def test_a_venues_limits_are_asked_before_an_order_is_claimed() -> None:
    bench = Bench("a", "b")
    allowed = {"a": Allowance(1, 0), "b": Allowance(2, 1)}
    bench.venue.allowances = lambda: allowed  # type: ignore[attr-defined]  # a venue with limits
    bench.plant(*(("a", order(f"a{n}")) for n in range(3)), ("a", order("exit", reduce=True)))
    bench.plant(*(("b", order(f"b{n}")) for n in range(3)))
    sender = a_sender(bench)
    await sent(bench, sender)
    assert sorted(bench.venue.calls) == [("place", "b0"), ("place", "exit")]
    assert bench.status("a0") is OutboxStatus.NEW  # it keeps its window: nobody has claimed it
    allowed["a"] = Allowance(9, 8)
    await sent(bench, sender)
    assert [one for _, one in sorted(bench.venue.calls)] == ["a0", "a1", "a2", "b0", "b1", "exit"]


async def test_what_is_under_way_counts_against_the_limits() -> None:
    bench = Bench("a")
    bench.venue.allowances = lambda: {"a": Allowance(3, 2)}  # type: ignore[attr-defined]  # a fake of the venue
    bench.venue.hold = asyncio.Event()
    bench.plant(*(("a", order(f"a{n}")) for n in range(4)))
    sender = a_sender(bench)
    while await sender.turn():
        pass
    assert sender.under_way == 2
    bench.venue.hold.set()
    await until(lambda: sender.under_way == 0)


async def test_an_open_breaker_holds_entries_and_lets_exits_keep_trying() -> None:
    bench = Bench()
    brakes = make_brakes(bench.ports)
    breaker = brakes.breakers.of("paper")
    for _ in range(limits.BREAKER_CALLS_MIN):
        breaker.failed()
    bench.plant(("a", order("entry")), ("a", order("exit", reduce=True)))
    sender = Sender(watched(bench.ports, brakes), Nursery(get_logger("test")), brakes)
    bench.venue.place_answer = OutcomeUnknown("502")
    await sent(bench, sender)
    assert bench.venue.calls == [("place", "exit")]
    assert bench.status("entry") is OutboxStatus.NEW
    bench.clock.advance(limits.BREAKER_OPEN_FIRST_S)
    bench.venue.place_answer = Accepted("v1")
    bench.plant(("a", order("second")))
    await sent(bench, sender)
    assert bench.venue.calls[1:] == [("place", "entry")]  # one probe
    await sent(bench, sender)
    assert bench.venue.calls[2:] == [("place", "second")]


async def test_under_overload_new_entries_wait_and_exits_leave() -> None:
    bench = Bench()
    brakes = make_brakes(bench.ports)
    brakes.shedding.lagged(limits.LOAD_LAGS[-1])
    bench.plant(("a", order("entry")), ("a", order("exit", reduce=True)))
    await sent(bench, Sender(bench.ports, Nursery(get_logger("test")), brakes))
    assert bench.venue.calls == [("place", "exit")]


async def test_nothing_is_sent_for_an_account_whose_keys_are_refused() -> None:
    bench = Bench("a", "b")
    brakes = make_brakes(bench.ports)
    bench.plant(("a", order("exit", reduce=True)), ("b", order("other")))
    brakes.credentials.refused("a", "The key is revoked.")
    await sent(bench, Sender(bench.ports, Nursery(get_logger("test")), brakes))
    assert bench.venue.calls == [("place", "other")]
    assert bench.status("exit") is OutboxStatus.NEW


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
