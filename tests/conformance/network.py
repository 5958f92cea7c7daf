"""Promises about a network that loses things, limits, clocks, keys, streams and health."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.domain.words import OrderSide, OrderStatus
from engine.venues.exchange.venue import ExchangeVenue
from engine.venues.port import (
    Absent,
    Accepted,
    Allowance,
    Found,
    OutcomeUnknown,
    Refused,
)
from foundation import limits
from foundation.errors import InvalidInput, Unavailable
from tests.conformance.case import case, refused
from tests.conformance.stage import EXCHANGE, LINEAR, STREAM, Stage
from tests.support.until import until

D = Decimal


# --- the network ---------------------------------------------------------------------------------


async def _lost_answer(stage: Stage, how: str) -> None:
    one = stage.order("one")
    stage.script.lose_answer(how)  # type: ignore[arg-type]  # one of the four
    assert isinstance(await stage.place(one), OutcomeUnknown)
    assert stage.script.requests() == 1
    found = await stage.find(one)
    assert isinstance(found, Found)
    assert found.status is OrderStatus.OPEN


@case("C32", "Taken, then no answer in time: unknown; asked for, it is found.", EXCHANGE)
async def timeout(stage: Stage) -> None:
    await _lost_answer(stage, "timeout")


@case("C33", "Taken, then the connection breaks: unknown; asked for, it is found.", EXCHANGE)
async def reset(stage: Stage) -> None:
    await _lost_answer(stage, "reset")


@case("C34", "Taken, then a 502 of some proxy: unknown; asked for, it is found.", EXCHANGE)
async def proxy(stage: Stage) -> None:
    await _lost_answer(stage, "5xx")


@case("C35", "Taken, then an answer nobody can read: unknown; it is found.", EXCHANGE)
async def garbage(stage: Stage) -> None:
    await _lost_answer(stage, "garbage")


@case("C36", "Taken, then a code that leaves it open: unknown; it is found.", EXCHANGE)
async def unclear(stage: Stage) -> None:
    one = stage.order("one")
    stage.script.unclear_code()
    assert isinstance(await stage.place(one), OutcomeUnknown)
    assert isinstance(await stage.find(one), Found)


@case("C37", "Never arrived, and looks just the same: unknown; asked for, it is absent.", EXCHANGE)
async def never_arrived(stage: Stage) -> None:
    for n, how in enumerate(("reset", "5xx")):
        one = stage.order(f"order {n}")
        stage.script.lose_request(how)  # type: ignore[arg-type]  # two of the four
        assert isinstance(await stage.place(one), OutcomeUnknown)
        assert await stage.find(one) == Absent()
    assert stage.script.requests() == 2


@case("C38", "An order that arrives after its window is dropped there, for certain.", EXCHANGE)
async def late(stage: Stage) -> None:
    one = stage.order("one")
    await stage.venue.wallet(stage.account)
    stage.script.delay(limits.ORDER_VALIDITY_S + 2)
    answer = await stage.place(one)
    assert not refused(answer, "clock_skew").final
    assert await stage.find(one) == Absent()


@case("C39", "The window counts from the claim, not from the sending.")
async def old_claim(stage: Stage) -> None:
    one = stage.order("one")
    claimed = stage.clock.now() - timedelta(seconds=limits.ORDER_VALIDITY_S + 1)
    answer = await stage.venue.place(stage.account, one, claimed)
    assert isinstance(answer, Refused)
    assert answer.code in ("clock_skew", "too_late")
    assert await stage.find(one) == Absent()


@case("C40", "The same client id twice makes one order.")
async def twice(stage: Stage) -> None:
    one = stage.order("one")
    first = await stage.place(one)
    second = await stage.place(one)
    assert isinstance(second, OutcomeUnknown) or second == first
    assert len(await stage.venue.open_orders(stage.account)) == 1


@case(
    "C41", "Refused for the rate limit: for now only, with the wait the venue asks for.", EXCHANGE
)
async def rate_limited(stage: Stage) -> None:
    stage.script.rate_limit()
    answer = refused(await stage.place(stage.order("one")), "rate_limited")
    assert not answer.final
    assert answer.retry_after >= 1
    stage.clock.advance(answer.retry_after + 1)
    assert isinstance(await stage.place(stage.order("two")), Accepted)


@case("C42", "Our own count of the limits holds reads back and leaves room for exits.", EXCHANGE)
async def own_limits(stage: Stage) -> None:
    await stage.place(stage.market_buy("one"))

    async def ask_and_ask() -> None:
        for _ in range(1_000):
            await stage.venue.wallet(stage.account)

    with pytest.raises(Unavailable) as caught:
        await ask_and_ask()
    assert caught.value.code == "rate_limited"
    assert isinstance(await stage.place(stage.sale("exit", "0.009")), Accepted)


@case("C43", "A clock that is off is measured and corrected.", EXCHANGE)
async def skew(stage: Stage) -> None:
    stage.script.skew(3)
    assert isinstance(await stage.place(stage.order("one")), Accepted)
    offset = stage.venue.health().clock_offset_s
    assert offset is not None
    assert abs(offset - 3) < 0.5
    assert "3.0 s" in stage.venue.health().note


@case("C44", "Too far off, entries pause and say so; exits go on.", EXCHANGE)
async def far_off(stage: Stage) -> None:
    await stage.place(stage.market_buy("one"))
    stage.script.skew(-8)
    stage.clock.advance(limits.VENUE_CLOCK_CHECK_S + 1)
    answer = refused(await stage.place(stage.order("two")), "clock_skew")
    assert not answer.final
    assert "8.0 seconds" in answer.text
    assert isinstance(await stage.place(stage.sale("exit", "0.009")), Accepted)


# --- keys ----------------------------------------------------------------------------------------


@case("C45", "A key the venue no longer knows is told as such, by orders and by reads.", EXCHANGE)
async def bad_key(stage: Stage) -> None:
    await stage.venue.wallet(stage.account)
    stage.script.revoke_key()
    answer = refused(await stage.place(stage.order("one")), "authentication_failed")
    assert answer.final
    with pytest.raises(Unavailable) as caught:
        await stage.venue.wallet(stage.account)
    assert caught.value.code == "authentication_failed"


@case("C46", "New keys hold at once.", EXCHANGE)
async def new_key(stage: Stage) -> None:
    one = stage.order("one")
    await stage.place(one)
    given = stage.script.new_key()
    await stage.save_keys(given)
    assert isinstance(await stage.find(one), Found)
    assert isinstance(await stage.place(stage.order("two")), Accepted)


@case("C47", "A key that may withdraw is refused with a sentence, and not kept.", EXCHANGE)
async def withdrawing(stage: Stage) -> None:
    with pytest.raises(InvalidInput) as caught:
        await stage.save_keys(stage.script.withdrawing_key())
    assert caught.value.code == "key_may_withdraw"
    assert "withdraw" in caught.value.text
    assert isinstance(await stage.place(stage.order("one")), Accepted)


@case("C48", "A key that may not trade is refused with a sentence.", EXCHANGE)
async def idle(stage: Stage) -> None:
    with pytest.raises(InvalidInput) as caught:
        await stage.save_keys(stage.script.idle_key())
    assert caught.value.code in ("key_may_not_trade", "permission_denied")


@case("C49", "No address that is asked for holds the secret of a key.", EXCHANGE)
async def no_secrets(stage: Stage) -> None:
    await stage.place(stage.market_buy("one"))
    await stage.reports()
    await stage.venue.open_orders(stage.account)
    assert stage.script.addresses()
    assert not [url for url in stage.script.addresses() if "s" * 16 in url]


# --- streams, leverage, health -------------------------------------------------------------------


@case("C50", "The account's stream wakes the reader as soon as something happens.", STREAM)
async def wakes(stage: Stage) -> None:
    await stage.place(stage.order("one"))
    await stage.reports()
    await until(lambda: stage.script.streams() == 1)
    before = stage.wakes[0]
    await stage.script.price("49990")
    await until(lambda: stage.wakes[0] > before)
    assert len(await stage.fills()) == 1


@case("C51", "With every stream cut fills still come, by polling; the stream comes back.", STREAM)
async def cut(stage: Stage) -> None:
    await stage.place(stage.order("one"))
    await stage.reports()
    await until(lambda: stage.script.streams() == 1)
    await stage.script.cut_streams()
    await stage.script.price("49990")
    assert len(await stage.fills()) == 1
    await until(lambda: stage.script.streams() == 1)


@case("C52", "Leverage is set before the first order of a symbol, and not again.", LINEAR)
async def leverage(stage: Stage) -> None:
    await stage.place(stage.order("one", leverage=3))
    assert stage.script.leverage() == 3
    before = len(stage.script.addresses())
    await stage.place(stage.order("two", leverage=3))
    assert len(stage.script.addresses()) - before == 1
    await stage.place(replace(stage.order("three"), leverage=5))
    assert stage.script.leverage() == 5


@case(
    "C63",
    "The margin mode wanted is set before an entry, or kept and said while it is in use.",
    LINEAR,
)
async def margin_mode(stage: Stage) -> None:
    one = stage.order("one", margin_mode="isolated")
    set_first = await stage.place(one)
    assert isinstance(set_first, Accepted)
    assert not set_first.margin_kept
    assert stage.script.margin_mode() == "isolated"
    kept = await stage.place(stage.order("two", margin_mode="cross"))
    assert isinstance(kept, Accepted)
    assert kept.margin_kept
    assert stage.script.margin_mode() == "isolated"
    for order in (one, stage.order("two")):
        await stage.cancel(order)
    three = await stage.place(stage.order("three", margin_mode="cross"))
    assert isinstance(three, Accepted)
    assert not three.margin_kept
    assert stage.script.margin_mode() == "cross"


@case("C53", "Shorts open and close where the venue knows them.", LINEAR)
async def shorts(stage: Stage) -> None:
    short = stage.market_buy("one", side=OrderSide.SELL)
    assert isinstance(await stage.place(short), Accepted)
    assert await stage.held() == D("-0.01")
    cover = stage.sale("two", "0.01", side=OrderSide.BUY)
    assert isinstance(await stage.place(cover), Accepted)
    assert await stage.held() == 0


@case("C54", "How the venue does is told: reachable, latency, clock, limits, age of rules.")
async def health(stage: Stage) -> None:
    await stage.venue.instruments()
    if EXCHANGE in stage.features:
        await stage.venue.wallet(stage.account)
    told = stage.venue.health()
    assert told.reachable
    assert told.note == ""
    assert told.latency_ms is not None
    assert told.limit_used is not None
    assert told.limit_used < 1
    assert told.rules_age_s is not None
    assert told.clock_offset_s is not None


@case("C55", "What the limits leave is told before an order is claimed.", EXCHANGE)
async def allowance(stage: Stage) -> None:
    venue = stage.venue
    assert isinstance(venue, ExchangeVenue)
    assert stage.account not in venue.allowances()  # nobody was asked for it yet
    await venue.wallet(stage.account)
    before = venue.allowances()[stage.account]
    assert before.commands > before.entries > 0
    await stage.place(stage.order("one"))
    assert venue.allowances()[stage.account].entries < before.entries
    stage.script.rate_limit()
    answer = refused(await stage.place(stage.order("two")), "rate_limited")
    assert venue.allowances()[stage.account] == Allowance(0, 0)
    stage.clock.advance(answer.retry_after + 1)
    assert venue.allowances()[stage.account].entries > 0


@case("C56", "Never arrived, in every other way it can look: unknown; it is absent.", EXCHANGE)
async def never_arrived_either(stage: Stage) -> None:
    stage.script.lose_request("timeout")
    assert isinstance(await stage.place(stage.order("timeout")), OutcomeUnknown)
    stage.script.lose_request("garbage")
    assert isinstance(await stage.place(stage.order("garbage")), OutcomeUnknown)
    stage.script.unclear_code(taken=False)
    assert isinstance(await stage.place(stage.order("code")), OutcomeUnknown)
    for name in ("timeout", "garbage", "code"):
        assert await stage.find(stage.order(name)) == Absent()
    assert stage.script.requests() == 3


@case("C57", "A code in no list is no refusal, whether the order is there or not.", EXCHANGE)
async def unheard_of(stage: Stage) -> None:
    there, absent = stage.order("there"), stage.order("absent")
    stage.script.unclear_code(known=False)
    assert isinstance(await stage.place(there), OutcomeUnknown)
    stage.script.unclear_code(taken=False, known=False)
    assert isinstance(await stage.place(absent), OutcomeUnknown)
    assert isinstance(await stage.find(there), Found)
    assert await stage.find(absent) == Absent()
