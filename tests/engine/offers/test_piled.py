"""Alerts pile up, or a venue is away: exits go on, nobody waits for others (spec engine §10)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from engine.api.views import HookView
from engine.domain.account import Account
from engine.domain.instrument import Instrument
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side
from engine.offers.acting import act, set_aside
from engine.offers.fanout import FanOut
from engine.offers.market import MarketView, RuleBook
from engine.offers.quoting import Quoted, Quoter
from engine.signals import receipts
from engine.store.faults import connection
from foundation import limits
from foundation.errors import Unavailable
from tests.engine.offers.kit import D, Town
from tests.engine.signals.kit import moved, nested

MANY = limits.FAN_OUT_BATCH_MAX + 50
_COPY = """
insert into receipts select (jsonb_populate_record(r, jsonb_build_object(
    'id', r.id || '-' || n, 'dedupe_key', r.dedupe_key || n, 'signal_id', r.signal_id || n,
    'signal', r.signal || jsonb_build_object('id', r.signal_id || n, 'timeframe', 1000 + n)))).*
from receipts r, generate_series(1, $2::integer) n where r.account_id = $1
"""
_STATES = """
select signal->>'intent' as intent, code, count(*) from receipts where account_id = $1
group by 1, 2 order by 1, 2
"""


class Flaky:
    """A venue that tells nobody its rules while it is ``away``; counts who asked."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.away = True
        self.asked = 0

    async def instruments(self) -> Mapping[str, Instrument]:
        self.asked += 1
        if self.away:
            raise Unavailable("the venue does not answer")
        return await self._town.venue.instruments()


class Scene:
    """A town with a second account, on a venue that is away."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.venue = Flaky(town)
        venues: Mapping[str, RuleBook] = {"paper": town.venue, "binance": self.venue}
        quoter = Quoter(town.store, MarketView(town.database, venues, town.clock), town.clock)
        self.fan_out = FanOut(town.database, quoter, town.clock, town.bus)
        self.account_id = ""
        self.hook: HookView

    async def open(self) -> Scene:
        self.account_id, self.hook = await self.town.beside()
        return self

    async def send(self, document: dict[str, Any]) -> None:
        await self.town.send(self.hook, document)
        self.town.clock.advance(1)

    async def leave(self) -> None:
        """The venue of the second account is away from now on."""
        await self.town.rows("update accounts set venue = 'binance' where id = $1", self.account_id)

    async def states(self) -> list[tuple[Any, ...]]:
        """How the second account's alerts stand: intent, code, how many."""
        return await self.town.rows(_STATES, self.account_id)


def leaving(was: str = "long", size: str = "1", **tv: Any) -> dict[str, Any]:
    """An exit signal."""
    action = "sell" if was == "long" else "buy"
    return moved((was, size), ("flat", "0"), action, **tv) | {"timestamp": None}


def to_long() -> dict[str, Any]:
    """A reverse signal."""
    return moved(("short", "-1"), ("long", "1"), "buy") | {"timestamp": None}


async def test_a_venue_that_is_away_holds_up_only_the_entries_of_its_own_accounts(
    town: Town,
) -> None:
    scene = await Scene(town).open()
    await scene.send(nested(town.clock.now()))
    receipt = await town.alert()
    await scene.leave()
    assert await scene.fan_out.turn()
    assert (await town.offer_of(receipt)).status == "pending"
    assert await scene.states() == [("enter", "accepted", 1)]
    assert not await scene.fan_out.turn(), "there is nothing to do before a while is over"


async def test_however_many_entries_wait_for_a_venue_others_pass_at_once(town: Town) -> None:
    scene = await Scene(town).open()
    await scene.send(nested(town.clock.now()))
    await town.rows(_COPY, scene.account_id, MANY)
    await scene.leave()
    assert await scene.fan_out.turn()
    assert scene.venue.asked == 1, "one refusal speaks for all of the venue"
    receipt = await town.alert()
    assert await scene.fan_out.turn()
    assert (await town.offer_of(receipt)).status == "pending"
    assert await scene.states() == [("enter", "accepted", MANY + 1)]


async def test_entries_are_offered_when_their_venue_is_back(town: Town) -> None:
    scene = await Scene(town).open()
    await scene.send(nested(town.clock.now()))
    await scene.leave()
    await scene.fan_out.turn()
    scene.venue.away = False
    town.clock.advance(limits.FAN_OUT_AWAY_S - 0.1)
    assert not await scene.fan_out.turn()
    town.clock.advance(0.1)
    assert await scene.fan_out.turn()
    assert await scene.states() == [("enter", "offered", 1)]


async def test_an_exit_never_waits_behind_an_entry_and_takes_the_one_it_overtakes_with_it(
    town: Town,
) -> None:
    scene = await Scene(town).open()
    await scene.send(nested(town.clock.now()))
    await scene.send(nested(town.clock.now(), timeframe="60"))
    await scene.send(leaving())
    await scene.send(nested(town.clock.now(), entry_price="59000"))
    await scene.leave()
    await scene.fan_out.turn()
    [(_, fact)] = await town.inbox_of(scene.account_id)
    assert (fact.signal.intent, fact.signal.timeframe) == (Intent.EXIT, 15)
    # of the four only the one before the exit, of the very position, is gone
    assert await scene.states() == [
        ("enter", "accepted", 2),
        ("enter", "exited", 1),
        ("exit", "acting", 1),
    ]
    [(status, message)] = await town.rows(
        "select status, message from receipts where code = 'exited'"
    )
    assert status == "refused"
    assert message == "The strategy left this position before its entry was acted on."


async def test_a_reverse_leaves_at_once_though_its_entry_has_to_wait(town: Town) -> None:
    scene = await Scene(town).open()
    await scene.send(to_long())
    await scene.leave()
    await scene.fan_out.turn()
    [(_, fact)] = await town.inbox_of(scene.account_id)
    assert (fact.signal.intent, fact.signal.side) == (Intent.EXIT, Side.SHORT)
    assert await scene.states() == [("enter", "accepted", 1), ("reverse", "acting", 1)]
    scene.venue.away = False
    town.clock.advance(limits.FAN_OUT_AWAY_S)
    await scene.fan_out.turn()
    assert await scene.states() == [("enter", "offered", 1), ("reverse", "acting", 1)]
    [(side, status)] = await town.rows("select side, status from offers")
    assert (side, status) == ("long", "pending")
    assert len(await town.inbox_of(scene.account_id)) == 1, "it left once"


async def test_an_exit_takes_the_entry_of_an_older_reverse_that_has_to_wait_with_it(
    town: Town,
) -> None:
    scene = await Scene(town).open()
    await scene.send(to_long())
    await scene.send(leaving())
    await scene.leave()
    await scene.fan_out.turn()
    scene.venue.away = False
    town.clock.advance(limits.FAN_OUT_AWAY_S)
    await scene.fan_out.turn()
    assert await scene.states() == [
        ("enter", "exited", 1),
        ("exit", "acting", 1),
        ("reverse", "acting", 1),
    ]
    assert await town.rows("select id from offers") == []


async def test_an_entry_that_waited_longer_than_its_hook_takes_alerts_for_is_stale(
    town: Town,
) -> None:
    scene = await Scene(town).open()
    await scene.send(nested(town.clock.now()))
    await scene.leave()
    await scene.fan_out.turn()
    scene.venue.away = False
    town.clock.advance(limits.SIGNAL_MAX_LAG_S - 1)
    await scene.send(nested(town.clock.now(), timeframe="60"))
    await scene.fan_out.turn()
    assert await scene.states() == [("enter", "offered", 1), ("enter", "stale", 1)]
    told = await town.rows("select status, message from receipts where code = 'stale'")
    assert told == [
        ("stale", "The entry waited 301 s to be acted on, this hook takes at most 300 s.")
    ]


async def test_a_reverse_that_waited_too_long_still_leaves(town: Town) -> None:
    receipt = (await town.post(to_long())).receipt
    assert receipt is not None
    town.clock.advance(limits.SIGNAL_MAX_LAG_S + 1)
    await town.actors.fan_out.turn()
    [(_, fact)] = await town.inbox()
    assert (fact.signal.intent, fact.signal.side) == (Intent.EXIT, Side.SHORT)
    told = await town.receipt(receipt.id)
    assert (told.status, told.code, told.exit_code) == ("accepted", "stale", "acting")


async def test_an_exit_acts_however_long_it_waited(town: Town) -> None:
    await town.post(leaving())
    town.clock.advance(limits.SIGNAL_MAX_LAG_S * 10)
    await town.actors.fan_out.turn()
    [(_, fact)] = await town.inbox()
    assert fact.signal.intent is Intent.EXIT


class Watching(Quoter):
    """Notes how many facts lay in the inbox whenever an entry was quoted."""

    town: Town
    seen: list[int]

    async def quote_on(self, account: Account, signal: Signal, size_factor: D) -> Quoted:
        self.seen.append(len(await self.town.inbox()))
        return await super().quote_on(account, signal, size_factor)


async def test_when_alerts_pile_up_exits_go_before_all_entries(town: Town) -> None:
    await town.alert()
    await town.rows(_COPY, town.account_id, MANY)
    town.clock.advance(1)
    await town.post(leaving())
    town.clock.advance(1)
    await town.post(moved(("long", "4"), ("long", "1"), "sell", timeframe="60"))
    quoter = Watching(town.store, town.market, town.clock)
    quoter.town, quoter.seen = town, []
    await FanOut(town.database, quoter, town.clock, town.bus).turn()
    assert [fact.signal.intent for _, fact in await town.inbox()] == [Intent.EXIT, Intent.REDUCE]
    assert set(quoter.seen) == {2}, "every entry was quoted after both"
    # the entry of the position that was left is not offered any more
    rows = await town.rows("select count(*) from receipts where code = 'exited'")
    assert rows == [(1,)]
    left = await town.rows("select count(*) from receipts where fanned_out_at is null")
    assert left == [(MANY - limits.FAN_OUT_BATCH_MAX + 1,)]


@pytest.mark.parametrize("entries", [0, MANY])
async def test_no_entry_goes_before_an_older_exit_however_many_exits_wait(
    town: Town, entries: int
) -> None:
    await town.post(leaving())
    await town.rows(_COPY, town.account_id, limits.FAN_OUT_BATCH_MAX - 1)
    town.clock.advance(1)
    await town.post(leaving(timeframe="60"))
    town.clock.advance(1)
    entry = await town.alert(timeframe="60")
    await town.rows(f"{_COPY} and r.id = $3", town.account_id, entries, entry.id)
    quoter = Watching(town.store, town.market, town.clock)
    quoter.town, quoter.seen = town, []
    fan_out = FanOut(town.database, quoter, town.clock, town.bus)
    assert await fan_out.turn()
    assert quoter.seen == [], "an exit before it still waits"
    assert await fan_out.turn()
    assert set(quoter.seen) == {limits.FAN_OUT_BATCH_MAX + 1}


class Defective(Quoter):
    """Breaks on every entry."""

    async def quote_on(self, account: Account, signal: Signal, size_factor: D) -> Quoted:
        raise RuntimeError("a defect of ours")


async def test_a_reverse_whose_entry_breaks_still_leaves(town: Town) -> None:
    receipt = (await town.post(to_long())).receipt
    assert receipt is not None
    quoter = Defective(town.store, town.market, town.clock)
    await FanOut(town.database, quoter, town.clock, town.bus).turn()
    [(_, fact)] = await town.inbox()
    assert (fact.signal.intent, fact.signal.side) == (Intent.EXIT, Side.SHORT)
    told = await town.receipt(receipt.id)
    assert (told.status, told.code, told.exit_code) == ("accepted", "not_acted", "acting")


async def test_an_exit_that_never_acts_takes_no_entry_with_it(town: Town) -> None:
    entry = await town.alert()
    town.clock.advance(1)
    await town.post(leaving())
    async with connection(town.database) as pooled:
        [broken, _] = await receipts.waiting(pooled, 2)
    assert broken.signal.intent is Intent.EXIT
    assert act(broken, None, town.clock.now()).leaves == "long"
    assert set_aside(broken).leaves is None
    assert (await town.receipt(entry.id)).code == "accepted"


async def test_two_fan_outs_at_once_agree_on_what_an_exit_overtook(town: Town) -> None:
    await town.alert()
    await town.rows(_COPY, town.account_id, MANY)
    town.clock.advance(1)
    await town.post(leaving())
    quoter = Quoter(town.store, town.market, town.clock)
    others = [FanOut(town.database, quoter, town.clock, town.bus) for _ in range(2)]
    while any(await asyncio.gather(*(each.turn() for each in others))):
        pass
    rows = await town.rows("select code, count(*) from receipts group by 1 order by 1")
    assert rows == [("acting", 1), ("exited", 1), ("offered", MANY)]
    assert await town.rows("select count(*) from signals") == [(MANY + 2,)]
