"""The sender: claims commands and sends each once, exits first, many at a time.

A claim is one statement, so no two senders have the same row. A venue's limits are asked before
it: what they forbid is not claimed, for it could not leave in time. What is not sent within the
fence is never sent; what is sent without a clear answer is left to the resolver. Every venue has
its own lanes and tokens; some of both are for exits and cancels alone, which nothing holds back.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.runtime import answers
from engine.runtime.asking import ask
from engine.runtime.brakes import Brakes, make_brakes
from engine.runtime.cancelling import cancel
from engine.runtime.ports import Ports
from engine.runtime.shedding import Work
from engine.runtime.tokens import Tokens
from engine.runtime.watched import allowances_of
from engine.store.port import InboxEntry, Lanes, OutboxRow, Room
from engine.venues.port import Accepted, OutcomeUnknown, Refused
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.runtime.sender")
_FENCE = timedelta(seconds=limits.ORDER_FENCE_S)


class Sender:
    """``turn`` claims and starts; the requests run in the nursery and wake the next turn.

    With ``entries_held`` no more entries leave: the engine stops.
    """

    def __init__(self, ports: Ports, nursery: Nursery, brakes: Brakes | None = None) -> None:
        self._ports = ports
        self._nursery = nursery
        self._brakes = brakes or make_brakes(ports)
        self._tokens = {
            name: Tokens(ports.clock, limits.ORDER_RATE_PER_S, limits.ORDER_BURST)
            for name in ports.venues
        }
        self.entries_held = False
        self._busy: Counter[str] = Counter()
        self._busy_venues: Counter[str] = Counter()

    @property
    def under_way(self) -> int:
        """Requests sent and not answered yet."""
        return self._busy.total()

    async def turn(self) -> bool:
        """Claim as many commands as may leave now. Raises Unavailable."""
        rooms = {name: self._room(name) for name in self._ports.venues}
        limit = sum(room.commands for room in rooms.values())
        if limit <= 0:
            return False
        most = limits.SENDERS_PER_ACCOUNT
        exits_only = [name for name, n in self._busy.items() if n >= most]
        full = most + limits.SENDERS_PER_ACCOUNT_EXITS_MORE
        skip = [name for name in exits_only if self._busy[name] >= full]
        skip += self._brakes.credentials.blocked
        lanes = Lanes(rooms, exits_only, self._by_account())
        rows = await self._ports.store.claim(self._ports.clock.now(), limit, most, skip, lanes)
        for row in rows:
            self._begin(row)
        return bool(rows)

    def _room(self, venue: str) -> Room:
        """What may leave for a venue now; the last lanes and tokens are for exits alone."""
        tokens, busy = self._tokens[venue].available(), self._busy_venues[venue]
        commands = min(limits.SENDERS + limits.SENDERS_EXITS_MORE - busy, tokens)
        entries = min(limits.SENDERS - busy, tokens - limits.ORDER_BURST_RESERVED)
        if self.entries_held or self._brakes.shedding.sheds(Work.ENTRIES):
            entries = 0
        entries = self._brakes.breakers.of(venue).entries(max(entries, 0))
        return Room(max(commands, 0), entries)

    def _by_account(self) -> dict[str, Room]:
        """What the venues' own limits leave for each account, less what is under way already."""
        found = {}
        for venue in self._ports.venues.values():
            for name, allowed in allowances_of(venue).items():
                busy = self._busy.get(name, 0)
                commands, entries = allowed.commands - busy, allowed.entries - busy
                found[name] = Room(max(commands, 0), max(entries, 0))
        return found

    def _begin(self, row: OutboxRow) -> None:
        if row.venue in self._tokens:
            self._tokens[row.venue].take(1)
        self._busy[row.account_id] += 1
        self._busy_venues[row.venue] += 1
        if isinstance(row.command, PlaceOrder) and row.command.priority > 0:
            self._brakes.breakers.of(row.venue).probing()
        self._nursery.once(f"send {row.command.id}", self._run(row))

    async def _run(self, row: OutboxRow) -> None:
        try:
            await self.send(row)
        except Unavailable as error:
            # Claimed and perhaps sent, and we could not write it down: the resolver will ask.
            _log.warning("answer not written", command=row.command.id, reason=str(error))
        finally:
            self._busy[row.account_id] -= 1
            if not self._busy[row.account_id]:
                del self._busy[row.account_id]
            self._busy_venues[row.venue] -= 1
            self._ports.bus.wake("outbox")

    async def send(self, row: OutboxRow) -> None:
        """Send one claimed command, once. Raises Unavailable when the answer was not written."""
        claimed_at = row.claimed_at
        if claimed_at is None or self._ports.clock.now() - claimed_at > _FENCE:
            _log.warning("claim too old, not sent", command=row.command.id)
            return
        if isinstance(row.command, CancelOrder):
            await cancel(self._ports, row, row.command)
            return
        await self._place(row, row.command)

    async def _place(self, row: OutboxRow, order: PlaceOrder) -> None:
        ports = self._ports
        venue = ports.venue(row.venue)
        if row.claimed_at is None:
            return
        answer = await ask(venue.place(row.account_id, order, row.claimed_at), f"place {order.id}")
        now = ports.clock.now()
        if isinstance(answer, OutcomeUnknown):
            _log.warning("outcome unknown", order=order.id, reason=answer.reason)
            await ports.store.unknown(row, now)
            return
        fact = _fact(row, answer)
        await ports.store.answered(row, fact, now)
        ports.bus.wake("inbox")


def _fact(row: OutboxRow, answer: Accepted | Refused) -> InboxEntry:
    if isinstance(answer, Accepted):
        return answers.accepted(row, answer)
    return answers.refused(row, answer)
