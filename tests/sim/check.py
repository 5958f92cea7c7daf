"""What must hold at every step of a world, and what must be true once it has healed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.decide.offsets import RUNNING
from engine.decide.step import step
from engine.domain.account import Account
from engine.domain.commands import PlaceOrder
from engine.domain.events import (
    Fact,
    OrderLost,
    OrderRefused,
    QueueCommanded,
    SignalReceived,
)
from engine.domain.group import Group
from engine.domain.offset import PlanStatus
from engine.domain.words import ExitReason, GroupStatus, TradingState
from engine.store.digest import GENESIS, digest
from engine.store.memory import SET_ASIDE
from engine.store.port import AccountCommit, InboxEntry, OutboxStatus

if TYPE_CHECKING:
    from tests.sim.world import World

ZERO = Decimal(0)
OUT = (OutboxStatus.CLAIMED, OutboxStatus.SENT)
ENDED = (OutboxStatus.DONE, OutboxStatus.WITHDRAWN)
#: Prices move while a ladder waits, so exposure at market may pass the capital by this much.
DRIFT = Decimal("1.1")


REFUSED = "refused_by_venue"
SOON = timedelta(minutes=1)


class Check:
    """Collects violations; each is one sentence."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.violations: list[str] = []
        self._refused: set[str] = set()
        self._placed: set[str] = set()
        self._let_go: dict[str, tuple[str, str, Decimal]] = {}

    def landing(self, account_id: str, order: PlaceOrder) -> None:
        """An order reaches the exchange and would be accepted."""
        stored = self._world.store.command(account_id, order.id)
        if stored is None:
            self._fault(f"{order.id} reached the exchange without an intent")
        elif stored.status not in OUT:
            self._fault(f"{order.id} reached the exchange while its command is {stored.status}")

    def exchange(self) -> None:
        """Look at the exchange after something happened there."""
        exchange = self._world.exchange
        while exchange.faults:
            self._fault(exchange.faults.pop(0))
        for account in self._world.accounts:
            self._exposure(account)

    def _exposure(self, account: Account) -> None:
        exchange, total = self._world.exchange, ZERO
        for symbol, price in exchange.prices.items():
            total += abs(exchange.positions.get((account.id, symbol), ZERO)) * price
        for placed in exchange.orders:
            if placed.working and not placed.order.reduce_only and placed.account_id == account.id:
                total += placed.left * (placed.order.price or exchange.prices[placed.order.symbol])
        limit = account.settings.total_capital_usd * DRIFT
        limit += sum(usd for (of, _), usd in exchange.unforeseen.items() if of == account.id)
        if total > limit:
            self._fault(f"{account.id} is exposed with {total:.2f} USD of {limit:.2f}")

    def committed(self, commits: Sequence[AccountCommit]) -> None:
        """After a commit: the stored accounts it was about."""
        for commit in commits:
            account = self._world.account(commit.before.id)
            if account.seq == commit.after.seq and commit.decided:
                self._pool(commit, account)
                self._forgotten(commit, account)
                self._no_storm(commit, account)
                self._surely_lost(commit)
            self._plan(account)
            for group in account.groups.values():
                if commit.before.groups.get(group.id) is not group:
                    self._books(group)
                    self._exits_go_on(account, group)

    def _no_storm(self, commit: AccountCommit, account: Account) -> None:
        """A leg the venue refused for good is not ordered again."""
        for one in commit.decided:
            fact = one.event.fact
            if isinstance(fact, OrderRefused) and fact.final and one.outcome.code == REFUSED:
                self._refused.update(_legs(account, [fact.order_id]))
            placed = {c.id for c in one.commands if isinstance(c, PlaceOrder) and not c.reduce_only}
            # an engine that lost the race decided the same again: the same order, not another one
            another = sorted(placed - self._placed)
            self._placed |= placed
            for leg in _legs(account, another):
                if leg in self._refused:
                    self._fault(f"{leg} is ordered again though it was refused for good")

    def _pool(self, commit: AccountCommit, account: Account) -> None:
        """Over its limit the pool goes by a person's order or a continuation alone."""
        limit, queue = account.settings.max_open_groups, account.settings.queue
        forced = sum(
            isinstance(one.event.fact, QueueCommanded)
            and one.event.fact.action == "force_add"
            and one.outcome.status == "done"
            for one in commit.decided
        )
        each_entry = not queue.same_pair_timeframe and not queue.continuation_bypasses
        took = continued = 0
        for group in account.groups.values():
            was = commit.before.groups.get(group.id)
            if group.holds_slot:
                known = len(was.pyramids) if was else 0
                took += len(group.pyramids) - known if each_entry else was is None
                continued += len(group.pyramids) - max(known, 1)
        bypassed = 0 if each_entry or queue.same_pair_timeframe else continued
        if account.slots_taken - bypassed > limit and took > forced:
            self._fault(f"{account.id} holds {account.slots_taken} slots of {limit}")

    def _forgotten(self, commit: AccountCommit, account: Account) -> None:
        """A group that is let go leaves nothing at the exchange but dust nobody could sell."""
        for group in commit.before.groups.values():
            if group.id in account.groups or not group.open_quantity:
                continue
            rules = self._world.exchange.instruments[group.symbol]
            worth = group.open_quantity * self._world.exchange.prices[group.symbol]
            if group.open_quantity >= rules.min_quantity and worth >= rules.min_notional:
                self._fault(f"{group.id} was let go with {group.open_quantity} open")
            left = group.side.sign * group.open_quantity
            self._let_go[group.id] = (account.id, group.symbol, left)

    def _plan(self, account: Account) -> None:
        """The loser of a risk plan never closes for it before its winners have paid."""
        plan = account.offset
        if plan is None:
            return
        names = [part.group_id for part in plan.winners] + [plan.loser_id]
        if len(set(names)) < len(names):
            self._fault(f"{account.id}: a group stands twice in plan {plan.id}")
        loser = account.groups.get(plan.loser_id)
        reason = loser.exit_reason if loser else None
        if plan.status is PlanStatus.WINNERS and reason is ExitReason.RISK_OFFSET:
            self._fault(f"{account.id}: plan {plan.id} closed its loser before it was paid")

    def answered(self, entry: InboxEntry | None) -> None:
        """After the fate of a command was written down."""
        if entry is not None:
            self._not_lost(entry.account_id, entry.fact)

    def _surely_lost(self, commit: AccountCommit) -> None:
        for one in commit.decided:
            self._not_lost(commit.before.id, one.event.fact)

    def _not_lost(self, account_id: str, fact: Fact) -> None:
        lost = isinstance(fact, OrderLost)
        if lost and self._world.exchange.known(account_id, fact.order_id) is not None:
            self._fault(f"{fact.order_id} is at the exchange and was declared lost")

    def _exits_go_on(self, account: Account, group: Group) -> None:
        """Whatever kept an exit from leaving, it is tried again within a minute."""
        again = group.exit_retry_at
        if again is not None and account.last_at is not None and again > account.last_at + SOON:
            self._fault(f"{group.id} waits until {again} to be closed")

    def _books(self, group: Group) -> None:
        entered = sum((order.filled_quantity for order in group.entry_orders), ZERO)
        left = sum((order.filled_quantity for order in group.reducers), ZERO)
        if entered != group.filled_quantity:
            self._fault(f"{group.id}: orders filled {entered}, legs {group.filled_quantity}")
        if left != group.closed_quantity:
            self._fault(f"{group.id}: reducers filled {left}, lots closed {group.closed_quantity}")
        held = sum((leg.received for _, leg in group.legs), ZERO)
        if held != group.open_quantity + group.closed_quantity:
            self._fault(f"{group.id}: received {held} is not covered + closed")
        self._money(group)
        if group.status is GroupStatus.CLOSED and any(o.working for o in group.entry_orders):
            self._fault(f"{group.id} is closed with working entries")

    def _money(self, group: Group) -> None:
        """Realised = side * (proceeds - cost matched) - fees, over all lots."""
        gains = sum((leg.proceeds_usd - leg.closed_cost_usd for _, leg in group.legs), ZERO)
        fees = sum((leg.fee_usd for _, leg in group.legs), ZERO)
        if group.realized_pnl_usd != group.side.sign * gains - fees:
            self._fault(f"{group.id}: the postings do not add up")
        if fees != group.fees_usd:
            self._fault(f"{group.id}: fees of lots {fees}, of orders {group.fees_usd}")
        for _, leg in group.legs:
            if leg.filled_quantity > 0 and leg.tp_price is None:
                self._fault(f"{group.id}: leg {leg.index} is filled and has no target")

    def at_rest(self) -> bool:
        """Whether the healed world has nothing left to do."""
        return not self._unfinished()

    def _unfinished(self) -> list[str]:
        world, left = self._world, []
        for account_id in (account.id for account in world.accounts):
            account = world.account(account_id)
            left += [f"{g.id} is {g.status}" for g in account.groups.values() if g.holds_slot]
            left += [f"{q.id} is queued" for q in account.queue]
            if account.offset is not None and account.offset.status in RUNNING:
                left.append(f"risk plan {account.offset.id} is under way")
            left += [
                f"{row.command.id} is {row.status}"
                for row in world.store.outbox(account_id)
                if row.status not in ENDED
            ]
            left += [
                f"{row.entry.key} has no outcome"
                for row, outcome in world.store.inbox(account_id)
                if outcome is None
            ]
            left += self._unbooked(account)
        left += [f"{p.venue_id} works" for p in world.exchange.orders if p.working]
        return left

    def _unbooked(self, account: Account) -> list[str]:
        """Where the exchange's positions are not ours."""
        left = []
        for symbol in self._world.exchange.prices:
            ours = sum(
                (g.side.sign * g.open_quantity for g in account.groups.values()
                 if g.symbol == symbol), ZERO
            )  # fmt: skip
            ours += sum(left for name, of, left in self._let_go.values()
                        if (name, of) == (account.id, symbol))  # fmt: skip
            theirs = self._world.exchange.positions.get((account.id, symbol), ZERO)
            if ours != theirs:
                left.append(f"{account.id} {symbol}: we hold {ours}, the exchange says {theirs}")
        return left

    def at_the_end(self) -> None:
        """Liveness and agreement, after healing."""
        for process in self._world.processes:
            for task, times in process.engine.crashes.items():
                self._fault(f"{process.name}: task {task} crashed {times} times")
        if not self.violations:
            for what in self._unfinished():
                self._fault(f"not settled: {what}")
        for account in self._world.accounts:
            self._no_halt(account)
            self._each_alert_once(account)
            if not self.violations:
                self._replay(account)

    def _no_halt(self, account: Account) -> None:
        for row, outcome in self._world.store.inbox(account.id):
            if outcome is not None and outcome.code == SET_ASIDE:
                self._fault(f"the core broke on {row.entry.key}: {outcome.text}")
        now = self._world.account(account.id)
        if now.state is TradingState.HALTED and now.halt_reason:
            self._fault(f"{account.id} was halted: {now.halt_reason}")

    def _each_alert_once(self, account: Account) -> None:
        decided: dict[str, int] = {}
        for one in self._world.store.journal[account.id]:
            fact = one.event.fact
            if isinstance(fact, SignalReceived):
                decided[fact.signal.id] = decided.get(fact.signal.id, 0) + 1
        for signal_id, times in decided.items():
            if times > 1:
                self._fault(f"{account.id}: alert {signal_id} was decided {times} times")

    def _replay(self, account: Account) -> None:
        seal = GENESIS
        for number, decided in enumerate(self._world.store.journal[account.id], start=1):
            if decided.seq != number:
                self._fault(f"{account.id}: the journal has {decided.seq} where {number} belongs")
                return
            result = step(account, decided.event)
            seal = digest(seal, decided.event, account, result.account, result.commands)
            if seal != decided.digest:
                self._fault(f"{account.id}: event {number} replays differently")
                return
            account = result.account
        if account != self._world.account(account.id):
            self._fault(f"{account.id}: the replay differs from what is stored")

    def _fault(self, text: str) -> None:
        self.violations.append(f"[{self._world.loop.now:8.3f}] {text}")


def _legs(account: Account, order_ids: Sequence[str]) -> list[str]:
    """Names of the legs these entries are for."""
    return [
        f"{group.id} leg {order.pyramid}:{order.leg}"
        for group in account.groups.values()
        for order in (group.orders[one] for one in order_ids if one in group.orders)
        if order.leg is not None
    ]
