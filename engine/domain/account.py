"""An account: the unit of truth, the unit the engine decides for; accounts share nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal

from engine.domain.entitlement import Entitlement
from engine.domain.group import Group
from engine.domain.offset import OffsetPlan
from engine.domain.protection import EntryLock, Funds, Guard, Result
from engine.domain.record import record
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import MarketKind, TradingState


@record(frozen=True, slots=True)
class Queued:
    """A signal waiting for a slot. ``queued_at`` survives a replacement.

    ``waits_for_price``: not for a slot but for the first price of its symbol. ``loss_percent`` and
    ``rank`` are what the last decision that looked at the queue found; only who stands near the
    front has them.
    """

    signal: Signal
    queued_at: datetime
    expires_at: datetime
    replacement_count: int = 0
    size_factor: Decimal = Decimal(1)
    waits_for_price: bool = False
    loss_percent: Decimal | None = None
    rank: int | None = None

    @property
    def id(self) -> str:
        return self.signal.id

    def standing(self, rank: int | None, loss_percent: Decimal | None) -> Queued:
        """The same signal at this rank with this loss: itself, when it stands so already.

        Spelled out, for a long queue is ranked anew whenever somebody comes or goes.
        """
        if rank == self.rank and loss_percent == self.loss_percent:
            return self
        return Queued(
            self.signal,
            self.queued_at,
            self.expires_at,
            self.replacement_count,
            self.size_factor,
            self.waits_for_price,
            loss_percent,
            rank,
        )


@record(frozen=True, slots=True)
class Account:
    """One trading account with its groups and queue.

    ``seq`` counts its events without a gap; ``last_at`` is the stamp of the last one.
    ``groups`` holds live groups and those closed ones that may still hear of an order, in the
    order they were opened; ``queue`` is in order of arrival. ``results`` are recent closings,
    oldest first; ``short_at_venue`` names, per symbol, how much less than ours the venue holds;
    ``external`` is what was told of orders and positions that are not ours, by what it was of.
    ``installation`` is the trading state of all accounts together; ``entitlement`` is what its
    owner's plan allows (None: everything). Until ``leaving_until`` nothing is promoted, for the
    engine calls entries off to stop.
    """

    id: str
    venue: str
    settings: AccountSettings
    settings_version: int = 1
    state: TradingState = TradingState.RUNNING
    halt_reason: str | None = None
    seq: int = 0
    last_at: datetime | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)
    queue: tuple[Queued, ...] = ()
    market: MarketKind = MarketKind.SPOT
    credentials_failed: str | None = None
    guard: Guard = field(default_factory=Guard)
    locks: tuple[EntryLock, ...] = ()
    results: tuple[Result, ...] = ()
    funds: Funds | None = None
    short_at_venue: Mapping[str, Decimal] = field(default_factory=dict)
    external: Mapping[str, str] = field(default_factory=dict)
    offset: OffsetPlan | None = None
    reviewed_at: datetime | None = None
    installation: TradingState = TradingState.RUNNING
    entitlement: Entitlement | None = None
    leaving_until: datetime | None = None
    test_net: bool = False

    @property
    def trading(self) -> TradingState:
        """The state that holds: the stricter of the account's own and the installation's."""
        if self.installation is TradingState.RUNNING:
            return self.state
        halted = TradingState.HALTED in (self.state, self.installation)
        return TradingState.HALTED if halted else TradingState.PAUSED

    @property
    def board(self) -> str:
        """Whose prices the account follows: its venue's, and of the net it trades on."""
        return f"{self.venue}-test" if self.test_net else self.venue

    @property
    def slots_taken(self) -> int:
        """Slots of the pool in use: one a group, or one an entry when pyramids compete for them."""
        groups = (group for group in self.groups.values() if group.holds_slot)
        if self.settings.queue.same_pair_timeframe:
            return sum(1 for _ in groups)
        return sum(max(len(group.pyramids), 1) for group in groups)

    @property
    def pool_free(self) -> int:
        """Slots of the pool that nothing holds."""
        return max(self.settings.max_open_groups - self.slots_taken, 0)

    @property
    def slots_free(self) -> int:
        """Slots a new group may take: what the pool has and the plan allows."""
        most = None if self.entitlement is None else self.entitlement.limits.max_open_groups
        if most is None:
            return self.pool_free
        return max(min(self.pool_free, most - self.groups_open), 0)

    @property
    def groups_open(self) -> int:
        return sum(1 for group in self.groups.values() if group.holds_slot)

    def symbols(self) -> tuple[str, ...]:
        """Every symbol a decision of this account may need a price for, sorted."""
        names = [g.symbol for g in self.groups.values()] + [q.signal.symbol for q in self.queue]
        return tuple(sorted(set(names)))
