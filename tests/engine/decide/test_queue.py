"""The waiting queue through the core (spec engine §5): who gets the slot, who leaves and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.decide.step import step
from engine.decide.wants import wants
from engine.domain.events import (
    CloseCommanded,
    OrderCancelled,
    QueueCommanded,
    SettingsChanged,
    SignalReceived,
)
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.settings import AccountSettings
from engine.domain.words import GroupStatus, Intent, Side
from engine.store.changes import between
from foundation import limits
from tests.engine.decide.kit import D, Desk, instrument
from tests.support.work import lines_run

FIRST, ETH, SOL, XRP = "BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT"


class Pool(Desk):
    """One slot, taken by an order that has not filled; other symbols trade at 100."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"max_open_groups": 1, "max_drift_percent": 10, **settings})
        for symbol in (ETH, SOL, XRP):
            self.prices[symbol] = D(100)
            self.instruments[symbol] = instrument(symbol)
        self.enter()

    def queue(self, symbol: str, price: str | None = "100", **more: Any) -> Outcome:
        return self.enter(price, symbol=symbol, **more)

    def free(self) -> None:
        """End what holds the slot."""
        group = next(g for g in self.account.groups.values() if g.holds_slot)
        self.give(CloseCommanded(group.id, D(1), "user"))
        for order in list(group.orders.values()):
            self.cancelled(order.id, "0")

    def waiting(self) -> list[str]:
        return [queued.signal.symbol for queued in self.account.queue]

    def opened(self) -> list[str]:
        """Symbols that hold a slot."""
        return [g.symbol for g in self.account.groups.values() if g.holds_slot]

    def by_hand(self, symbol: str, action: Any) -> Outcome:
        queued = next(q for q in self.account.queue if q.signal.symbol == symbol)
        return self.give(QueueCommanded(queued.id, action, "user"))

    def last_told(self, kind: NoticeKind) -> dict[str, str]:
        return [dict(n.data) for n in self.last.notices if n.kind is kind][-1]


def test_a_slot_that_frees_goes_at_once_to_the_deepest_loss() -> None:
    pool = Pool()
    pool.queue(ETH)
    pool.queue(SOL)
    pool.prices[SOL] = D(97)
    pool.free()
    assert pool.opened() == [SOL]
    told = pool.last_told(NoticeKind.PROMOTED)
    assert (told["rank"], told["of"], told["loss_percent"]) == ("1", "2", "3")
    assert pool.waiting() == [ETH]
    [notice] = [one for one in pool.last.notices if one.kind is NoticeKind.PROMOTED]
    assert notice.reason == ("Promoted, 1st of 2: 3 % below its entry, waiting less than a minute.")


def test_the_order_of_the_rules_is_the_settings() -> None:
    pool = Pool(queue={"rules": ["oldest"]})
    pool.queue(ETH)
    pool.queue(SOL)
    pool.prices[SOL] = D(97)
    pool.free()
    assert pool.opened() == [ETH]


def test_a_newer_signal_replaces_the_queued_one_entry_price_and_payload_new() -> None:
    pool = Pool()
    pool.queue(ETH)
    first = pool.account.queue[0]
    pool.prices[ETH] = D(96)
    outcome = pool.queue(ETH, "98", strategy="newer")
    [queued] = pool.account.queue
    assert (outcome.code, outcome.data["replaced"]) == ("replaced", first.id)
    assert (queued.signal.entry_price, queued.signal.strategy) == (D(98), "newer")
    assert (queued.queued_at, queued.replacement_count) == (first.queued_at, 1)
    assert queued.loss_percent is not None
    assert (round(queued.loss_percent, 2), queued.rank) == (D("2.04"), 1)


def test_the_group_remembers_how_often_its_signal_was_replaced() -> None:
    pool = Pool()
    pool.queue(ETH)
    pool.queue(ETH)
    pool.free()
    assert pool.group.replacement_count == 1


def test_on_overflow_the_lowest_rank_is_refused_with_a_receipt_not_the_newest() -> None:
    pool = Pool(queue_limit=2)
    pool.queue(ETH)
    pool.queue(SOL)
    assert pool.queue(XRP, "103").code == "queued"
    assert pool.waiting() == [ETH, XRP]
    gone = pool.last_told(NoticeKind.DEQUEUED)
    assert (gone["code"], gone["status"]) == ("queue_full", "cancelled")
    pool.prices[XRP] = D(200)
    assert pool.queue(SOL).code == "queue_full"
    assert pool.waiting() == [ETH, XRP]
    assert Pool(queue_limit=0).queue(ETH).text.endswith("(queue_limit is 0).")


def test_the_queue_is_looked_at_every_5_seconds_while_slot_and_queue_both_exist() -> None:
    pool = Pool()
    pool.queue(ETH)
    due = wants(pool.account).next_due
    assert due is not None
    assert due > pool.now + timedelta(seconds=5), "no slot is free: nobody is woken"
    pool.prices.pop(SOL)
    pool.queue(SOL, None)
    pool.free()
    pool.free()
    assert pool.waiting() == [SOL]
    assert wants(pool.account).next_due == pool.now + timedelta(seconds=5)
    pool.prices[SOL] = D(50)
    pool.wait(5)
    assert pool.opened() == [SOL]


def test_a_blocked_opposite_side_signal_is_skipped() -> None:
    pool = Pool(max_open_groups=2)
    pool.queue(ETH)
    pool.queue(ETH, side=Side.SHORT)
    pool.queue(SOL)
    assert pool.waiting() == [ETH, SOL]
    pool.free()
    assert pool.opened() == [ETH, SOL]
    assert [q.signal.side for q in pool.account.queue] == [Side.SHORT]


def test_the_opposite_side_may_be_refused_instead() -> None:
    pool = Pool(max_open_groups=3, orders={"opposite_side": "refuse"})
    assert pool.enter(side=Side.SHORT).code == "opposite_side"
    assert pool.account.queue == ()
    signal = pool.signal(Intent.REVERSE, side=Side.SHORT, entry_price=D(60000))
    assert pool.give(SignalReceived(signal, "person")).code == "queued"
    # a reverse comes in two halves to who must approve it: the other side leaves already
    pool.give(QueueCommanded(signal.id, "remove", "user"))
    assert pool.enter(side=Side.SHORT).code == "queued"


def test_a_signal_drifted_too_far_leaves_and_the_slot_goes_to_the_next() -> None:
    pool = Pool(max_drift_percent=1)
    pool.queue(ETH)
    pool.queue(SOL)
    pool.prices[ETH] = D("98.9")
    pool.free()
    assert pool.opened() == [SOL]
    assert pool.waiting() == []
    told = pool.last_told(NoticeKind.DRIFTED)
    assert (told["entry_price"], told["price"], told["drift_percent"]) == ("100", "98.9", "1.10")
    assert pool.last_told(NoticeKind.DEQUEUED)["status"] in ("cancelled", "promoted")
    codes = [n.data.get("code") for n in pool.last.notices if n.kind is NoticeKind.DEQUEUED]
    assert "drifted" in codes


def test_a_signal_that_can_no_longer_be_opened_leaves_with_its_refusal() -> None:
    pool = Pool()
    pool.queue(ETH)
    pool.instruments[ETH] = instrument(ETH, min_notional=D(10_000_000))
    pool.free()
    assert pool.account.queue == ()
    assert pool.last_told(NoticeKind.DEQUEUED)["code"] == "under_min_notional"


def test_force_add_by_a_person_goes_over_the_limit() -> None:
    pool = Pool(total_capital_usd=D(10_000))
    pool.queue(ETH, factor="0.1")
    assert pool.by_hand(ETH, "promote").code == "pool_full"
    refused = pool.by_hand(ETH, "force_add")
    assert refused.code == "over_capital"
    assert pool.waiting() == [ETH]
    settings = pool.account.settings.model_copy(update={"total_capital_usd": D(20_000)})
    pool.give(SettingsChanged(2, settings))
    assert pool.by_hand(ETH, "force_add").code == "opened"
    assert pool.account.slots_taken == 2
    assert pool.waiting() == []
    pool.queue(SOL)
    pool.free()
    assert pool.account.slots_taken == 1, "no automatic step takes a slot when none is free"
    assert pool.waiting() == [SOL]


def test_force_add_does_not_pass_the_other_side_or_the_gate() -> None:
    pool = Pool()
    pool.enter(side=Side.SHORT)
    assert pool.by_hand(FIRST, "force_add").code == "opposite_side"


def test_promote_and_remove_by_hand() -> None:
    pool = Pool()
    pool.queue(ETH)
    assert pool.by_hand(ETH, "remove").code == "removed"
    assert pool.account.queue == ()
    assert pool.give(QueueCommanded("nobody", "remove", "user")).code == "not_found"


def test_an_exit_for_a_queued_signal_deletes_it() -> None:
    pool = Pool()
    pool.queue(ETH)
    assert pool.exit(symbol=ETH).code == "dequeued"
    assert pool.account.queue == ()


def competing(**queue: Any) -> Pool:
    rules = {"same_pair_timeframe": False, **queue}
    return Pool(max_open_groups=2, queue=rules)


def test_pyramids_take_no_slot() -> None:
    pool = Pool(max_open_groups=3)
    assert pool.enter().code == "pyramid_added"
    assert pool.account.slots_taken == 1


def test_pyramids_compete_for_a_slot_when_set() -> None:
    pool = competing()
    assert pool.enter().code == "pyramid_added"
    assert pool.account.slots_taken == 2
    assert pool.enter().code == "queued"
    assert pool.queue(ETH).code == "queued"
    assert pool.waiting() == [FIRST, ETH]


def test_a_continuation_may_bypass_the_limit_when_set() -> None:
    pool = competing(continuation_bypasses=True)
    for _ in range(2):
        pool.give(SettingsChanged(2, _with_capital(pool, D(100_000))))
        assert pool.enter().code == "pyramid_added"
    assert pool.account.slots_taken == 3
    assert pool.queue(ETH).code == "queued"


def test_switching_what_takes_a_slot_is_no_slot_taken() -> None:
    pool = Pool(max_open_groups=1, total_capital_usd=D(10_000), max_pyramids=2)
    pool.give(SettingsChanged(2, _with_capital(pool, D(100_000))))
    pool.enter()
    rules = AccountSettings.model_validate({"queue": {"same_pair_timeframe": False}}).queue
    settings = pool.account.settings.model_copy(update={"queue": rules})
    assert pool.give(SettingsChanged(3, settings)).code == "settings_changed"
    assert pool.account.slots_taken == 2


def _with_capital(pool: Pool, capital: Any) -> AccountSettings:
    sizing = AccountSettings.model_validate({"sizing": {"method": "fixed_usd"}}).sizing
    return pool.account.settings.model_copy(update={"total_capital_usd": capital, "sizing": sizing})


def test_a_queued_signal_waits_while_its_group_is_closing() -> None:
    pool = Pool(max_open_groups=2)
    pool.exit()
    assert pool.group.status is GroupStatus.CLOSING
    assert pool.enter().data["code"] == "group_closing"
    pool.free()
    assert pool.opened() == [FIRST]


@pytest.mark.parametrize("rules", [["replacements", "oldest"], []])
def test_a_replaced_signal_is_never_worse_off_for_it(rules: list[str]) -> None:
    pool = Pool(queue={"rules": rules})
    pool.queue(ETH)
    pool.queue(SOL)
    before = [q.signal.symbol for q in pool.account.queue]
    pool.queue(SOL)
    pool.free()
    assert before == [ETH, SOL]
    assert pool.opened() == ([SOL] if rules else [ETH])


def standings(pool: Pool) -> list[tuple[str, int | None, object]]:
    """Each waiting signal with the rank and the loss that are kept with it."""
    return [(q.signal.symbol, q.rank, q.loss_percent) for q in pool.account.queue]


def test_rank_and_loss_are_kept_as_the_last_decision_found_them() -> None:
    pool = Pool()
    pool.queue(ETH)
    pool.queue(SOL)
    assert standings(pool) == [(ETH, 1, 0), (SOL, 2, 0)]
    pool.prices[SOL] = D(97)
    pool.queue(XRP)
    assert standings(pool) == [(ETH, 2, 0), (SOL, 1, 3), (XRP, 3, 0)]
    pool.prices[XRP] = D(99)
    pool.queue(SOL, "98")
    assert standings(pool) == [(ETH, 3, 0), (SOL, 1, D("1.02040816")), (XRP, 2, 1)]
    pool.by_hand(SOL, "remove")
    assert standings(pool) == [(ETH, 2, 0), (XRP, 1, 1)]
    pool.prices[ETH] = D(95)
    pool.free()
    assert pool.opened() == [ETH]
    assert standings(pool) == [(XRP, 1, 1)]


def test_ranks_are_kept_when_a_fact_has_the_queue_looked_at_and_nobody_may_enter() -> None:
    pool = Pool(max_open_groups=2)
    pool.enter("100", symbol=ETH)
    pool.queue(SOL)
    pool.queue(XRP)
    pool.instruments[SOL] = instrument(SOL, market_open=False)
    pool.instruments[XRP] = instrument(XRP, market_open=False)
    pool.prices[XRP] = D(98)
    pool.free()
    assert (pool.account.slots_free, pool.waiting()) == (1, [SOL, XRP])
    assert standings(pool) == [(SOL, 2, 0), (XRP, 1, 2)]
    before = pool.account
    pool.prices[SOL] = D(90)
    pool.wait(limits.QUEUE_LOOK_S)
    assert pool.account is before, "a look that led to nothing is not written"


def test_only_the_first_in_line_are_kept_with_rank_and_loss_and_few_are_written_anew() -> None:
    kept = limits.QUEUE_STANDING_KEPT
    pool = Pool(queue_limit=kept * 3)
    symbols = [f"C{n}/USDT" for n in range(kept * 2)]
    for symbol in symbols:
        pool.prices[symbol] = D(100)
        pool.instruments[symbol] = instrument(symbol)
        told = pool.queue(symbol)
    assert told.text.endswith(f"It is number {kept * 2} in the queue.")
    assert (told.data["rank"], told.data["loss_percent"]) == (f"{kept * 2}", "0")
    first = [(symbol, rank, 0) for rank, symbol in enumerate(symbols[:kept], start=1)]
    assert standings(pool) == first + [(symbol, None, None) for symbol in symbols[kept:]]
    pool.prices[symbols[-1]] = D(97)
    pool.free()
    assert pool.opened() == [symbols[-1]], "who is promoted is looked for among all"
    assert pool.last_told(NoticeKind.PROMOTED)["of"] == f"{kept * 2}"
    before = pool.account
    pool.by_hand(symbols[0], "remove")
    assert standings(pool)[kept - 1] == (symbols[kept], kept, 0)
    assert standings(pool)[kept] == (symbols[kept + 1], None, None)
    assert len(between(before, pool.account).reranked) == kept
    pool.prices[symbols[-2]] = D(97)
    before = pool.account
    pool.by_hand(symbols[1], "remove")
    assert (symbols[-2], 1, 3) in standings(pool)
    assert len(between(before, pool.account).reranked) <= kept + 1


def test_who_is_promoted_past_others_is_told_with_its_rank_among_all() -> None:
    pool = Pool(max_open_groups=2)
    pool.queue(ETH)
    pool.queue(ETH, side=Side.SHORT)
    pool.queue(SOL)
    pool.prices[ETH] = D(101)
    pool.free()
    assert pool.opened() == [ETH, SOL]
    told = pool.last_told(NoticeKind.PROMOTED)
    assert (told["rank"], told["of"]) == ("2", "2")
    assert [q.rank for q in pool.account.queue] == [1]


def test_an_expired_signal_is_never_promoted() -> None:
    pool = Pool(queue_expiry_minutes=1)
    pool.queue(ETH)
    pool.now += timedelta(minutes=2)
    assert pool.by_hand(ETH, "promote").code == "expired"
    assert pool.by_hand(ETH, "force_add").code == "expired"
    pool.free()
    assert (pool.opened(), pool.waiting()) == ([], [ETH])
    pool.wait(1)
    assert pool.account.queue == ()
    assert pool.last_told(NoticeKind.DEQUEUED)["status"] == "expired"


def test_a_slot_is_freed_by_a_full_close_alone() -> None:
    pool = Pool(max_open_groups=1)
    for order in pool.new_orders():
        pool.fill(order)
    pool.queue(ETH)
    pool.close("0.5")
    pool.fill(pool.placed(), "60000")
    assert (pool.account.slots_taken, pool.waiting()) == (1, [ETH])
    pool.close()
    last = pool.placed()
    pool.fill(last, "60000", last.quantity / 2)
    assert (pool.group.status, pool.waiting()) == (GroupStatus.CLOSING, [ETH])
    pool.fill(last, "60000", last.quantity / 2)
    assert (pool.opened(), pool.waiting()) == ([ETH], [])


def test_legs_that_fill_take_no_slot() -> None:
    pool = Pool(max_open_groups=2)
    for order in pool.new_orders():
        pool.fill(order)
        assert pool.account.slots_taken == 1


def test_a_promotion_looks_at_everyone_who_waits_a_bounded_number_of_times() -> None:
    """Ten times as many waiting cost ten times as much and no more; `make bench` has the time."""

    def work(waiting: int) -> int:
        symbols = tuple(f"Q{number}/USDT" for number in range(waiting // 5))
        pool = Pool(queue_limit=waiting)
        for symbol in symbols:
            pool.prices[symbol] = D(100)
            pool.instruments[symbol] = instrument(symbol)
        for number in range(waiting):
            price = str(100 + number % 7)
            pool.queue(symbols[number % len(symbols)], price, timeframe=1 + number // len(symbols))
        pool.give(CloseCommanded(pool.group.id, D(1), "user"))
        *others, last = pool.group.orders
        for order_id in others:
            pool.cancelled(order_id, "0")
        event = pool.event(OrderCancelled(last, D(0)))
        assert len(step(pool.account, event).account.queue) == waiting - 1
        return lines_run(lambda: step(pool.account, event))

    assert work(1000) < 12 * work(100)
