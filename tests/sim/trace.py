"""What happened in a world, as lines for people: every decision, every order, every violation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.domain.commands import PlaceOrder
from foundation.money import plain

if TYPE_CHECKING:
    from tests.sim.world import World


def lines(world: World) -> Iterator[str]:
    """The whole story of a world that was run."""
    for account in world.accounts:
        yield f"== {account.id}: {account.settings.max_open_groups} slots, {account.settings}"
        for one in world.store.journal[account.id]:
            second = (one.event.at - world.start).total_seconds()
            yield f"{second:9.3f} {one.seq:4} {one.event.key}  {one.event.fact}"
            yield f"{'':15}-> {one.outcome.code}: {one.outcome.text}"
            for command in one.commands:
                yield f"{'':15}=> {_command(command)}"
        for row in world.store.outbox(account.id):
            yield f"outbox {row.status:9} {_command(row.command)} claimed {row.claimed_at}"
    for placed in world.exchange.orders:
        yield f"exchange {placed.venue_id} {placed.account_id} {placed.status} {placed.order}"
    for violation in world.check.violations:
        yield f"VIOLATION {violation}"


def _command(command: object) -> str:
    if not isinstance(command, PlaceOrder):
        return str(command)
    price = plain(command.price) if command.price is not None else "market"
    what = f"{command.side} {plain(command.quantity)} {command.symbol} at {price}"
    return f"place {command.id} for {command.group_id}: {what}"
