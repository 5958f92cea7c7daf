"""What a turn writes: the rows of every table, collected account by account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from engine.domain.commands import Command, PlaceOrder
from engine.domain.leg import ZERO
from engine.domain.notices import AGAIN, Notice, NoticeKind
from engine.store import closed, codec, rows
from engine.store.bulk import Row
from engine.store.changes import Changes, between
from engine.store.keeping import encode_kept
from engine.store.port import AccountCommit, Decided
from engine.store.projections import severity

CORE_VERSION: Final = "18"
"""Stands in every journal row; goes up when the same events may lead to other decisions.

The engine takes a snapshot of every account when it starts with another one.
"""


_Way = tuple[str, int | None, Decimal | None]
"""How a signal left the queue: its status and, when it was promoted, the rank and loss it had."""
_CANCELLED: Final[_Way] = ("cancelled", None, None)


@dataclass(slots=True)
class Written:
    """Rows by the part of the statement that writes them; each begins with its account's id."""

    fences: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    pyramids_of: list[Row] = field(default_factory=list)
    legs: list[Row] = field(default_factory=list)
    orders_of: list[Row] = field(default_factory=list)
    forgotten: list[Row] = field(default_factory=list)
    left_queue: list[Row] = field(default_factory=list)
    queued: list[Row] = field(default_factory=list)
    reranked: list[Row] = field(default_factory=list)
    journaled: list[Row] = field(default_factory=list)
    commands: list[Row] = field(default_factory=list)
    told: list[Row] = field(default_factory=list)
    handled: list[Row] = field(default_factory=list)
    results: list[Row] = field(default_factory=list)
    trades: list[Row] = field(default_factory=list)
    filled: list[Row] = field(default_factory=list)
    priced: list[Row] = field(default_factory=list)
    equity: list[Row] = field(default_factory=list)
    risk_actions_of: list[Row] = field(default_factory=list)

    def add(self, commit: AccountCommit, now: datetime) -> None:
        """Everything this commit writes."""
        changes = between(commit.before, commit.after)
        self.fences.append(_fence_row(commit, changes))
        self._groups(commit.before.id, changes)
        self._queue(commit, changes)
        for decided in commit.decided:
            self._traffic(commit, decided, now)
        result = _realized(commit, changes)
        if any(result):
            self.results.append((commit.before.id, _day(commit, now), *result))
        self._closed(commit, changes)

    def _closed(self, commit: AccountCommit, changes: Changes) -> None:
        trades = [closed.trade_row(commit.before.id, one.group) for one in changes.groups]
        self.trades += [trade for trade in trades if trade is not None]
        if any(trades):
            self.equity += closed.equity_rows(commit.after)

    def _groups(self, owner: str, changes: Changes) -> None:
        self.forgotten += [(owner, group_id) for group_id in changes.forgotten]
        for change in changes.groups:
            key = change.group.id
            self.groups.append(rows.group_row(owner, change.group))
            self.pyramids_of += [(owner, *rows.pyramid_row(key, one)) for one in change.pyramids]
            self.legs += [(owner, *rows.leg_row(key, index, leg)) for index, leg in change.legs]
            self.orders_of += [(owner, *rows.order_row(order)) for order in change.orders]

    def _queue(self, commit: AccountCommit, changes: Changes) -> None:
        owner = commit.before.id
        if changes.left_queue:
            ways, at = _ways_out(commit.decided), commit.after.last_at
            self.left_queue += [
                (owner, signal_id, at, *ways.get(signal_id, _CANCELLED))
                for signal_id in changes.left_queue
            ]
        self.queued += [rows.queued_row(owner, queued) for queued in changes.queued]
        self.reranked += [
            (owner, queued.id, queued.rank, queued.loss_percent) for queued in changes.reranked
        ]

    def _traffic(self, commit: AccountCommit, decided: Decided, now: datetime) -> None:
        self.journaled.append(_journal_row(commit, decided, now))
        self.commands += _outbox_rows(commit, decided, now)
        self.told += _event_rows(commit, decided)
        self.filled += closed.fill_rows(commit.before.id, decided)
        self.priced += closed.priced(commit.before.id, decided, self.filled)
        self.risk_actions_of += closed.risk_rows(commit.before.id, decided)
        if decided.row_id is not None:
            self.handled.append(_handled_row(commit, decided, now))


def _fence_row(commit: AccountCommit, changes: Changes) -> Row:
    after = commit.after
    queue = codec.encode_ids([queued.id for queued in after.queue])
    return (
        after.id,
        commit.before.seq,
        after.seq,
        after.state,
        after.halt_reason,
        commit.decided[-1].digest if commit.decided else None,
        after.last_at,
        commit.next_due,
        after.settings.model_dump_json() if changes.settings else None,
        after.settings_version,
        queue if changes.order_of_queue else None,
        encode_kept(after) if changes.kept else None,
    )


def _ways_out(decided: Sequence[Decided]) -> dict[str, _Way]:
    """How signals left the queue, as the notices tell it: by signal id."""
    ways: dict[str, _Way] = {}
    for notice in (notice for one in decided for notice in one.notices):
        signal_id = notice.data.get("signal_id", "")
        if notice.kind is NoticeKind.PROMOTED:
            ways[signal_id] = (
                "promoted",
                int(notice.data["rank"]),
                _number(notice, "loss_percent"),
            )
        elif notice.kind is NoticeKind.DEQUEUED:
            ways[signal_id] = (notice.data.get("status", "cancelled"), None, None)
        elif notice.kind is NoticeKind.REPLACED:
            ways[notice.data.get("replaced", "")] = ("replaced", None, None)
    return ways


def _number(notice: Notice, name: str) -> Decimal | None:
    text = notice.data.get(name)
    return Decimal(text) if text else None


def _journal_row(commit: AccountCommit, decided: Decided, now: datetime) -> Row:
    event = decided.event
    return (
        commit.before.id,
        decided.seq,
        event.key,
        event.at,
        decided.encoded or codec.encode_event(event),
        CORE_VERSION,
        decided.digest,
        decided.correlation_id,
        now,
    )


def _outbox_rows(commit: AccountCommit, decided: Decided, now: datetime) -> Iterator[Row]:
    for command in decided.commands:
        order = command if isinstance(command, PlaceOrder) else None
        yield (
            commit.before.id,
            command.id,
            commit.before.venue,
            command.kind,
            _order_of(command),
            order.priority if order else 0,
            codec.encode_command(command).decode(),
            "new",
            now,
            order.valid_until if order else None,
            decided.correlation_id,
        )


def _order_of(command: Command) -> str:
    return command.id if isinstance(command, PlaceOrder) else command.order_id


def _event_rows(commit: AccountCommit, decided: Decided) -> Iterator[Row]:
    for notice in decided.notices:
        if AGAIN in notice.data:
            continue
        yield (
            commit.before.id,
            decided.seq,
            decided.event.at,
            notice.kind,
            notice.reason,
            notice.group_id,
            notice.symbol,
            severity(notice),
            codec.encode_strings(notice.data),
            decided.correlation_id,
        )


def _handled_row(commit: AccountCommit, decided: Decided, now: datetime) -> Row:
    outcome = decided.outcome
    return (
        commit.before.id,
        decided.row_id,
        decided.seq,
        outcome.status,
        outcome.code,
        outcome.text,
        outcome.object_id,
        codec.encode_strings(outcome.data),
        now,
    )


def _day(commit: AccountCommit, now: datetime) -> date:
    return (commit.after.last_at or now).astimezone(UTC).date()


def _realized(commit: AccountCommit, changes: Changes) -> tuple[Decimal, Decimal]:
    """What the turn realised, by the account's own count, and paid in fees by its groups."""
    before, after = commit.before, commit.after
    # from the last to the first: what it was before this turn counts
    recalled = {g.id: g for one in reversed(commit.decided) for g in one.event.recalled}
    fees = ZERO
    for group in (change.group for change in changes.groups):
        known = before.groups.get(group.id) or recalled.get(group.id)
        fees += group.fees_usd - (known.fees_usd if known else ZERO)
    return after.guard.realized_usd - before.guard.realized_usd, fees
