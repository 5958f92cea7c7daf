"""The worker: takes the accounts something waits for, decides them, writes many at once.

It claims accounts, never rows: the commit applies only while the stored seq is the one decided
from. A lost race costs a reload. After any doubt about a commit the cached accounts are dropped.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from engine.decide.recalling import LateMoney, late_money
from engine.domain.account import Account
from engine.domain.group import Group
from engine.domain.watch import Wants
from engine.runtime.deciding import Broken, Decider, Decision
from engine.runtime.gate import Gate
from engine.runtime.ports import Ports, Watchers
from engine.store.port import InboxRow, Loaded
from foundation import limits
from foundation.errors import ContractBroken, Unavailable
from foundation.log import get_logger

_log = get_logger("engine.runtime.worker")


class _Taken(NamedTuple):
    """The accounts of one turn; ``fresh`` were read from the store in this turn."""

    accounts: Mapping[str, Loaded]
    fresh: frozenset[str]


class Worker:
    """Decides accounts. ``turn`` may be called by several engines; the fence keeps them apart."""

    def __init__(
        self,
        ports: Ports,
        decider: Decider,
        watchers: Sequence[Watchers],
        gate: Gate | None = None,
    ) -> None:
        self._ports = ports
        self._gate = gate
        self._decider = decider
        self._watchers = watchers
        self._cache: OrderedDict[str, Loaded] = OrderedDict()
        self._seqs: dict[str, int] = {}
        self._doubtful: dict[str, None] = {}
        self._suspects: dict[str, None] = {}
        self._unreadable: dict[str, datetime] = {}

    def known(self, account_id: str) -> Account | None:
        """The account as it stands after its last commit here, if it is at hand."""
        loaded = self._cache.get(account_id)
        return loaded.account if loaded is not None else None

    async def refresh(self) -> bool:
        """Mark every account that is not as we know it (at start: all) to be loaded anew."""
        for ref in await self._ports.store.accounts():
            if self._seqs.get(ref.id) != ref.seq:
                self._doubt(ref.id)
        return bool(self._doubtful)

    async def turn(self) -> bool:
        """Decide what waits now; True when there was something.

        Raises Unavailable: nothing is certain about this turn, and the cache is dropped.
        """
        store = self._ports.store
        reloaded = await self._reload()
        held = self._gate.held if self._gate is not None else ()
        ready = await store.ready(self._ports.clock.now(), limits.WORKER_ACCOUNTS_MAX, held)
        if not ready:
            return bool(reloaded)
        taken = await self._take(ready, reloaded)
        if not taken.accounts:
            return False
        waits = frozenset(name for name in taken.accounts if not self._passed(name))
        each = limits.WORKER_ROWS_PER_ACCOUNT
        rows = await store.pending(list(taken.accounts), each, sorted(waits))
        rows, recalled = await self._recall(taken, rows)
        return await self._decide(taken, rows, waits, recalled)

    async def _recall(
        self, taken: _Taken, rows: Mapping[str, Sequence[InboxRow]]
    ) -> tuple[Mapping[str, Sequence[InboxRow]], Mapping[int, Sequence[Group]]]:
        """The groups accounts have let go that late money is about, by the row that tells it.

        With them the rows to decide now: so many are recalled a turn, and what an account has
        after the last one waits for the next. One whose groups cannot be read is set aside.
        """
        now, left = self._ports.clock.now(), limits.WORKER_RECALLS_MAX
        decidable: dict[str, Sequence[InboxRow]] = {}
        found: dict[int, Sequence[Group]] = {}
        for account_id, waiting in rows.items():
            account, decides = taken.accounts[account_id].account, list[InboxRow]()
            for row in waiting:
                late = late_money(account, row.entry.fact, now)
                if late is not None:
                    if left == 0:
                        break
                    left -= 1
                    groups = await self._recalled(account_id, row.id, late, now)
                    if groups is None:
                        continue
                    found[row.id] = groups
                decides.append(row)
            decidable[account_id] = decides
        return decidable, found

    async def _recalled(
        self, account_id: str, row_id: int, late: LateMoney, now: datetime
    ) -> Sequence[Group] | None:
        """The groups, or None when they cannot be read: their money is nobody else's either."""
        try:
            return await self._ports.store.recall(account_id, late)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one broken group must not stop the others
            _log.error("a group cannot be recalled", account=account_id, row=row_id, exc_info=error)
            reason = f"The group it is about cannot be read: {type(error).__name__}: {error}"
            await self._ports.store.set_aside(row_id, account_id, reason, now)
            return None

    async def _decide(
        self,
        taken: _Taken,
        rows: Mapping[str, Sequence[InboxRow]],
        waits: frozenset[str],
        recalled: Mapping[int, Sequence[Group]],
    ) -> bool:
        """Decide some accounts after others, each some while the ones before are being written.

        Accounts share nothing, so their commits need not wait for each other. Between two accounts
        the loop goes round: what is written flows, and whoever shares the loop has its turn.
        """
        now, writing = self._ports.clock.now(), []
        names, some = list(taken.accounts), limits.WORKER_ACCOUNTS_A_COMMIT
        async with asyncio.TaskGroup() as group:
            for begin in range(0, len(names), some):
                decisions: dict[str, Decision] = {}
                for name in names[begin : begin + some]:
                    waiting, alone, held = rows.get(name, ()), name in self._suspects, name in waits
                    loaded = taken.accounts[name]
                    decisions[name] = self._decider.decide(
                        loaded, waiting, now, alone=alone, held=held, recalled=recalled
                    )
                    await asyncio.sleep(0)
                writing.append(group.create_task(self._try_to_write(decisions, taken, now)))
        outcomes = [task.result() for task in writing]
        for outcome in outcomes:
            if isinstance(outcome, Unavailable):
                raise outcome
        return all(outcomes)

    async def _try_to_write(
        self, decisions: Mapping[str, Decision], taken: _Taken, now: datetime
    ) -> bool | Unavailable:
        """`_write`, with its error for an answer: commits beside it are heard out first."""
        try:
            return await self._write(decisions, taken, now)
        except Unavailable as error:
            return error

    def _passed(self, account_id: str) -> bool:
        return self._gate is None or self._gate.passed(account_id)

    async def _reload(self) -> list[str]:
        """Load what we are not sure of and tell the watchers how it stands."""
        some = list(self._doubtful)[: limits.WORKER_ACCOUNTS_MAX]
        read = []
        found = await self._load_all(some)
        for account_id in some:
            loaded = found.get(account_id)
            if loaded is None:
                self._doubtful.pop(account_id)
                continue
            self._know(loaded, self._decider.wants(loaded.account))
            read.append(account_id)
        return read

    async def _take(self, ready: Sequence[str], reloaded: Sequence[str]) -> _Taken:
        unknown = [account_id for account_id in ready if account_id not in self._cache]
        read = await self._load_all(unknown)
        known = {name: self._cache.get(name) or read.get(name) for name in ready}
        accounts = {name: loaded for name, loaded in known.items() if loaded is not None}
        return _Taken(accounts, frozenset([*reloaded, *unknown]))

    async def _load_all(self, account_ids: Sequence[str]) -> Mapping[str, Loaded]:
        """The stored accounts by one reading; one by one when it finds rows it cannot read."""
        now = self._ports.clock.now()
        names = [name for name in account_ids if self._unreadable.get(name, now) <= now]
        if len(names) > 1:
            try:
                return await self._ports.store.load_many(names)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - one broken account must not stop the others
                _log.warning("accounts are read one by one", accounts=len(names), exc_info=error)
        one_by_one = [(name, await self._load(name)) for name in names]
        return {name: loaded for name, loaded in one_by_one if loaded is not None}

    async def _load(self, account_id: str) -> Loaded | None:
        """The stored account, or None when its rows cannot be read: the others go on without it.

        One that could not be read is left alone for a while.
        """
        now = self._ports.clock.now()
        if self._unreadable.get(account_id, now) > now:
            return None
        try:
            loaded = await self._ports.store.load(account_id)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one broken account must not stop the others
            _log.error("an account cannot be read", account=account_id, exc_info=error)
            self._unreadable[account_id] = now + timedelta(seconds=limits.UNREADABLE_RETRY_S)
            return None
        self._unreadable.pop(account_id, None)
        return loaded

    async def _write(self, decisions: Mapping[str, Decision], taken: _Taken, now: datetime) -> bool:
        """Commit, and learn what came of it; False when something was refused, to slow down."""
        commits = [d.commit for d in decisions.values() if d.commit is not None]
        try:
            written = await self._ports.store.commit(commits, now) if commits else frozenset()
        except Unavailable:
            for account_id in decisions:
                self._doubt(account_id)
            raise
        except ContractBroken as error:
            await self._refused(decisions, error, now)
            return False
        for account_id, decision in decisions.items():
            if decision.commit is not None and account_id not in written:
                _log.info("another engine decided first", account=account_id)
                self._doubt(account_id)
                continue
            self._know(decision.after, decision.wants)
            self._suspects.pop(account_id, None)
            if decision.broken is not None:
                await self._broke(account_id, decision.broken, account_id in taken.fresh, now)
        self._wake(decisions.values())
        return True

    async def _refused(
        self, decisions: Mapping[str, Decision], error: ContractBroken, now: datetime
    ) -> None:
        """The store will not hold what was decided for some accounts; the others are written.

        A suspect is decided fact by fact; the one that is refused alone is set aside.
        """
        for account_id in decisions:
            self._doubt(account_id)
        for account_id in error.data.get("accounts", decisions):
            commit = decisions[account_id].commit
            decided = commit.decided if commit is not None else ()
            _log.error("a turn was refused", account=account_id, reason=str(error))
            if account_id in self._suspects and len(decided) == 1:
                row_id = decided[0].row_id
                await self._ports.store.set_aside(row_id, account_id, str(error), now)
            self._suspects[account_id] = None

    async def _broke(self, account_id: str, broken: Broken, fresh: bool, now: datetime) -> None:
        """Set the fact aside; one decided from a cached account is tried anew from the store."""
        self._doubt(account_id)
        if fresh:
            await self._ports.store.set_aside(broken.row_id, account_id, broken.reason, now)

    def _know(self, loaded: Loaded, account_wants: Wants | None) -> None:
        account = loaded.account
        self._doubtful.pop(account.id, None)
        self._cache[account.id] = loaded
        self._cache.move_to_end(account.id)
        self._seqs[account.id] = account.seq
        while len(self._cache) > limits.WORKER_CACHE_ACCOUNTS:
            self._cache.popitem(last=False)
        if account_wants is not None:
            for watcher in self._watchers:
                watcher.changed(account, account_wants)

    def _doubt(self, account_id: str) -> None:
        self._cache.pop(account_id, None)
        self._doubtful[account_id] = None

    def _wake(self, decisions: Iterable[Decision]) -> None:
        decided = [one for d in decisions if d.commit for one in d.commit.decided]
        if any(one.commands for one in decided):
            self._ports.bus.wake("outbox")
        if decided:
            self._ports.bus.wake("events")
