"""Ranking (spec engine §5): each rule of the queue, their order, ties, nobody waits for ever."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.account import Account, Queued
from engine.domain.choices.queue import QueueSettings, RankRule
from engine.domain.instrument import Market, Quote
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side
from engine.policy.rank import (
    expected_profit_usd,
    explain,
    loss_percent,
    ranked,
)
from tests.engine.decide.kit import START, Desk, instrument

D = Decimal
R = RankRule


def waiting(
    name: str,
    entry: str | None = "100",
    *,
    symbol: str = "ETH/USDT",
    side: Side = Side.LONG,
    replaced: int = 0,
    minute: int = 0,
) -> Queued:
    signal = Signal(
        id=name,
        source="tradingview",
        producer="hook",
        received_at=START,
        signal_time=START,
        symbol=symbol,
        raw_symbol=symbol,
        timeframe=15,
        side=side,
        intent=Intent.ENTER,
        entry_price=D(entry) if entry else None,
    )
    at = START + timedelta(minutes=minute)
    return Queued(signal, at, at + timedelta(days=1), replaced)


def account(*rules: RankRule) -> Account:
    queue = QueueSettings(rules=rules) if rules else QueueSettings()
    return Account("acc", "paper", AccountSettings(queue=queue))


def market(**prices: str) -> Market:
    quotes = {f"{base}/USDT": Quote(D(price), START) for base, price in prices.items()}
    rules = {symbol: instrument(symbol) for symbol in quotes}
    return Market(quotes, rules)


def order(of: Account, seen: Market, *queue: Queued) -> list[str]:
    return [queued.id for queued in ranked(of, seen, queue)]


def test_a_continuation_of_an_active_group_comes_first() -> None:
    desk = Desk()
    desk.enter()
    other = waiting("a-deep", "100", minute=0)
    more = waiting("b-more", "60000", symbol="BTC/USDT", minute=5)
    assert order(desk.account, market(BTC="60000", ETH="50"), other, more) == ["b-more", "a-deep"]
    shorter = replace(more, signal=replace(more.signal, side=Side.SHORT))
    assert order(desk.account, market(BTC="60000", ETH="50"), other, shorter)[0] == "a-deep"
    hourly = replace(more, signal=replace(more.signal, timeframe=60))
    assert order(desk.account, market(BTC="60000", ETH="50"), other, hourly)[0] == "a-deep"


def test_the_deepest_current_loss_of_the_entry_comes_next_and_a_gain_is_not_a_loss() -> None:
    deep = waiting("deep", "100", minute=3)
    flat = waiting("flat", "97", minute=2)
    gain = waiting("gain", "90", minute=1)
    assert order(account(), market(ETH="96.9"), flat, gain, deep) == ["deep", "flat", "gain"]
    assert loss_percent(gain.signal, D("96.9")) == 0
    assert loss_percent(deep.signal, D("96.9")) == D("3.1")


def test_the_loss_of_a_short_is_counted_from_its_side() -> None:
    short = waiting("short", "100", side=Side.SHORT)
    assert loss_percent(short.signal, D("103")) == 3
    assert loss_percent(short.signal, D("97")) == 0
    assert loss_percent(waiting("market", None).signal, D("97")) is None


def test_then_the_highest_replacement_count_then_first_come_first_served() -> None:
    twice = waiting("twice", replaced=2, minute=9)
    late, early = waiting("late", minute=2), waiting("early", minute=1)
    assert order(account(), market(ETH="100"), late, early, twice) == ["twice", "early", "late"]


def test_ties_end_in_the_signal_id_never_in_memory_order() -> None:
    a, b, c = (waiting(name) for name in "abc")
    for queue in ((a, b, c), (c, b, a), (b, c, a)):
        assert order(account(), market(ETH="100"), *queue) == ["a", "b", "c"]


def test_each_rule_can_be_switched_off_and_reordered() -> None:
    deep, twice = waiting("deep", "110", minute=2), waiting("twice", replaced=2, minute=3)
    old = waiting("old", minute=1)
    seen = market(ETH="100")
    assert order(account(), seen, old, twice, deep) == ["deep", "twice", "old"]
    assert order(account(R.OLDEST), seen, old, twice, deep) == ["old", "deep", "twice"]
    turned = account(R.REPLACEMENTS, R.DEEPEST_LOSS)
    assert order(turned, seen, old, twice, deep) == ["twice", "deep", "old"]


def test_the_highest_expected_profit_is_an_optional_rule() -> None:
    usual, rich = waiting("usual"), waiting("rich", minute=5)
    half = replace(usual, size_factor=D("0.5"))
    seen = market(ETH="100")
    profit = expected_profit_usd(account(), rich, seen)
    # 1,000 USD in five legs of 200: one with a target of 1 %, four with 0.5 %
    assert D("5.9") < profit <= D(6)
    assert expected_profit_usd(account(), half, seen) < profit
    assert D("5.9") < expected_profit_usd(account(), waiting("s", side=Side.SHORT), seen) <= D(6)
    ruled = account(R.EXPECTED_PROFIT, R.OLDEST)
    assert order(ruled, seen, half, rich) == ["rich", "usual"]
    assert expected_profit_usd(account(), waiting("unknown", symbol="X/USDT"), seen) == 0


@pytest.mark.parametrize(
    ("place", "seconds", "replaced", "loss", "sentence"),
    [
        ((2, 5), 14 * 60, 2, "3.1",
         "2nd of 5: 3.1 % below its entry, replaced twice, waiting 14 min."),
        ((1, 1), 30, 0, None, "1st of 1: waiting less than a minute."),
        ((11, 23), 3 * 3600, 3, "0", "11th of 23: replaced 3 times, waiting 3 h 0 min."),
        ((23, 23), 90_000, 1, None, "23rd of 23: replaced once, waiting 1 d 1 h."),
    ],
)  # fmt: skip
def test_each_row_explains_itself(
    place: tuple[int, int], seconds: int, replaced: int, loss: str | None, sentence: str
) -> None:
    queued = waiting("s", replaced=replaced)
    at = START + timedelta(seconds=seconds)
    assert explain(queued, place, D(loss) if loss else None, at, continues=False) == sentence


def test_a_continuation_and_a_short_say_so() -> None:
    queued = waiting("s", side=Side.SHORT)
    told = explain(queued, (1, 2), D("1.26"), START, continues=True)
    assert told.startswith("1st of 2: continues an open position, 1.3 % above its entry, ")


QUEUES = st.lists(
    st.builds(
        waiting,
        name=st.uuids().map(str),
        entry=st.sampled_from(("90", "100", "110", None)),
        symbol=st.sampled_from(("ETH/USDT", "SOL/USDT", "X/USDT")),
        side=st.sampled_from(Side),
        replaced=st.integers(0, 2),
        minute=st.integers(0, 3),
    ),
    max_size=12,
    unique_by=lambda queued: queued.id,
)
RULES = st.permutations(tuple(R)).flatmap(
    lambda rules: st.integers(0, len(rules)).map(lambda n: tuple(rules[:n]))
)
SEEN = market(ETH="100", SOL="95")


@given(queue=QUEUES, rules=RULES, seed=st.integers(0, 1000))
def test_the_order_is_total_and_deterministic(
    queue: list[Queued], rules: tuple[RankRule, ...], seed: int
) -> None:
    of = Account("acc", "paper", AccountSettings(queue=QueueSettings(rules=rules)))
    first = order(of, SEEN, *queue)
    assert sorted(first) == sorted(queued.id for queued in queue)
    random.Random(seed).shuffle(queue)
    assert order(of, SEEN, *queue) == first
    # whoever stands before another does so in any company
    if len(queue) > 2:
        without = [queued for queued in queue if queued.id != first[1]]
        assert order(of, SEEN, *without) == [name for name in first if name != first[1]]


@given(queue=QUEUES, newer=QUEUES)
def test_nobody_is_overtaken_by_a_later_signal_that_is_not_better(
    queue: list[Queued], newer: list[Queued]
) -> None:
    """The starvation bound: those served before us are those ahead of us now and better ones."""
    later = [
        replace(one, queued_at=START + timedelta(hours=1), signal=replace(one.signal, id=f"n{n}"))
        for n, one in enumerate(newer)
    ]
    before = order(account(), SEEN, *queue)
    after = order(account(), SEEN, *queue, *later)
    for place, name in enumerate(before):
        mine = next(one for one in queue if one.id == name)
        better = [one for one in later if _worth(one) > _worth(mine)]
        assert after.index(name) <= place + len(better)


def _worth(queued: Queued) -> tuple[Decimal, int]:
    price = SEEN.price(queued.signal.symbol)
    loss = loss_percent(queued.signal, price) if price else None
    return loss or D(0), queued.replacement_count
