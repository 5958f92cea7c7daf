"""One account's turn: stamp what waits, decide it in order, and say what is to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from engine.decide.step import Step, step
from engine.decide.wants import due_besides_ranking, look_again, wants
from engine.domain.account import Account
from engine.domain.events import Due, Event, Fact, SignalReceived
from engine.domain.group import Group
from engine.domain.instrument import Instrument, Market
from engine.domain.watch import Wants
from engine.domain.words import TradingState
from engine.runtime.ports import Prices
from engine.runtime.rules import Rules
from engine.runtime.shedding import Shedding, Work
from engine.store.codec import encode_event
from engine.store.digest import seal
from engine.store.port import AccountCommit, Decided, InboxRow, Loaded
from foundation import limits
from foundation.log import get_logger

_log = get_logger("engine.runtime.worker")
_NOTHING: Final[Mapping[int, Sequence[Group]]] = {}


class Broken(NamedTuple):
    """A fact the core could not decide; ``row_id`` is None when it was time itself."""

    row_id: int | None
    reason: str


class Decision(NamedTuple):
    """What to write, and how the account stands once it is written.

    ``commit`` is None when the first fact broke; an empty one only says when to look again.
    """

    commit: AccountCommit | None
    after: Loaded
    wants: Wants | None
    broken: Broken | None


@dataclass(slots=True)
class _Turn:
    account: Account
    digest: bytes
    decided: list[Decided]
    wants: Wants | None = None


class Decider:
    """Runs the core for one account at a time; prices and rules are all it sees of the world.

    Under overload it leaves the waiting queue as it is ranked, when nothing but that is due.
    """

    def __init__(self, prices: Prices, rules: Rules, shedding: Shedding | None = None) -> None:
        self._prices = prices
        self._rules = rules
        self._shedding = shedding

    def decide(
        self,
        loaded: Loaded,
        rows: Sequence[InboxRow],
        now: datetime,
        *,
        alone: bool = False,
        held: bool = False,
        recalled: Mapping[int, Sequence[Group]] = _NOTHING,
    ) -> Decision:
        """Decide the rows in their order, then time itself when it has come.

        A fact that breaks the core ends the turn: what was decided before it stands. With
        ``alone`` no more than one fact is decided; for an account ``held`` time stands still.
        ``recalled`` are groups the account has let go, by the row whose fact is about them.
        """
        turn = _Turn(loaded.account, loaded.digest, [])
        retry: datetime | None = None
        row_id: int | None = None
        broken: Broken | None = None
        try:
            if not rows:
                turn.wants = wants(turn.account)
            for row in rows[:1] if alone else rows:
                row_id = row.id
                self._row(turn, row, now, recalled.get(row.id, ()))
            row_id = None
            if not held and not (alone and rows):
                retry = self._time(turn, now)
        except Exception as error:  # noqa: BLE001 - a bug in the core halts one account, not all
            _log.error("the core broke", account=loaded.account.id, row=row_id, exc_info=error)
            broken = Broken(row_id, f"{type(error).__name__}: {error}")
            if row_id is None and turn.account.state is TradingState.HALTED:
                broken, retry = None, _later(now)
        commit = None if broken and not turn.decided else _commit(loaded.account, turn, retry)
        after = Loaded(turn.account, turn.digest)
        return Decision(commit, after, turn.wants, broken)

    def wants(self, account: Account) -> Wants | None:
        """What the account waits for, or None when the core breaks on it."""
        try:
            return wants(account)
        except Exception as error:  # noqa: BLE001 - one broken account must not stop the others
            _log.error("the core broke", account=account.id, exc_info=error)
            return None

    def _time(self, turn: _Turn, now: datetime) -> datetime | None:
        """Decide that time has come, if it has; when that changes nothing, say when to look."""
        due = turn.wants.next_due if turn.wants else None
        if due is None or due > now:
            return None
        if self._shedding is not None and self._shedding.sheds(Work.RANKING):
            besides = due_besides_ranking(turn.account)
            if besides is None or besides > now:
                later = now + timedelta(seconds=limits.RANKING_SHED_S)
                return later if besides is None else min(besides, later)
        event = self._stamp(turn.account, f"due:{turn.account.seq + 1}", Due(), now)
        result = step(turn.account, event)
        if result.account is turn.account:
            return look_again(turn.account, now)
        if turn.decided and _forgets(turn.account, result.account):
            return now  # a group's last change is written before the group is let go
        self._keep(turn, event, result, None)
        return None

    def _row(self, turn: _Turn, row: InboxRow, now: datetime, recalled: Sequence[Group]) -> None:
        missing = tuple(group for group in recalled if group.id not in turn.account.groups)
        event = self._stamp(turn.account, row.entry.key, row.entry.fact, now, missing)
        self._keep(turn, event, step(turn.account, event), row)

    def _keep(self, turn: _Turn, event: Event, result: Step, row: InboxRow | None) -> None:
        after_wants = wants(result.account)
        encoded = encode_event(event)
        chained = seal(turn.digest, encoded, turn.account, result.account, result.commands)
        turn.decided.append(
            Decided(
                seq=result.account.seq,
                event=event,
                row_id=row.id if row else None,
                outcome=result.outcome,
                commands=result.commands,
                notices=result.notices,
                digest=chained,
                correlation_id=row.entry.correlation_id if row else None,
                encoded=encoded,
            )
        )
        turn.account, turn.digest, turn.wants = result.account, chained, after_wants

    def _stamp(
        self,
        account: Account,
        key: str,
        fact: Fact,
        now: datetime,
        recalled: tuple[Group, ...] = (),
    ) -> Event:
        symbols = {*account.symbols(), *(group.symbol for group in recalled)}
        if isinstance(fact, SignalReceived):
            symbols.add(fact.signal.symbol)
        ordered = sorted(symbols)
        board = account.board
        quotes = {name: quote for name in ordered if (quote := self._prices.quote(board, name))}
        rules: dict[str, Instrument] = {}
        for name in ordered:
            rule = self._rules.get(account.venue, name)
            if rule is not None:
                rules[name] = rule
        at = now if account.last_at is None else max(now, account.last_at)
        return Event(key=key, at=at, market=Market(quotes, rules), fact=fact, recalled=recalled)


def _commit(before: Account, turn: _Turn, retry: datetime | None) -> AccountCommit:
    next_due = turn.wants.next_due if turn.wants else None
    return AccountCommit(before, turn.account, tuple(turn.decided), retry or next_due)


def _forgets(before: Account, after: Account) -> bool:
    return any(group_id not in after.groups for group_id in before.groups)


def _later(now: datetime) -> datetime:
    return now + timedelta(seconds=limits.DUE_RETRY_S)
