"""``countersign trading`` and ``countersign user limits``: what an admin sets from the console."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.ground import Ground, ground
from app.trading import make_front
from engine.api.entitlements import NewLimits
from foundation.errors import InvalidInput, NotFound
from foundation.settings import Settings

_NAMES: Final = tuple(field.name for field in fields(NewLimits))


async def trading(settings: Settings, state: str | None) -> dict[str, Any]:
    """The trading state of all accounts, after setting it if one is given. Raises InvalidInput."""
    async with ground(settings) as base:
        window = make_front(base).installation
        return asdict(await (window.get() if state is None else window.set_state(None, state)))


async def user_limits(
    settings: Settings, telegram_id: int, given: Iterable[str] | None, *, none: bool
) -> dict[str, Any]:
    """A person's limits, after setting (``given``) or lifting them (``none``), if asked to.

    Raises InvalidInput, NotFound.
    """
    new = NewLimits(**_read(given)) if given else None
    async with ground(settings) as base:
        user_id, window = await _person(base, telegram_id), make_front(base).entitlements
        if new is None and not none:
            return asdict(await window.get(user_id))
        return asdict(await window.save(user_id, new, None))


async def _person(base: Ground, telegram_id: int) -> str:
    user = await base.people.by_telegram(telegram_id)
    if user is None:
        text = f"Nobody with Telegram id {telegram_id} has been here."
        raise NotFound(text, code="user_not_found")
    return user.id


def _read(given: Iterable[str]) -> Mapping[str, Any]:
    """``name=value`` as fields of NewLimits. Raises InvalidInput."""
    read: dict[str, Any] = {}
    for one in given:
        name, sign, value = (part.strip() for part in one.partition("="))
        if not sign or name not in _NAMES:
            text = f"{one!r}: write name=value with one of {', '.join(_NAMES)}."
            raise InvalidInput(text, field="set")
        try:
            read[name] = _value(name, value)
        except (ValueError, InvalidOperation):
            raise InvalidInput(f"{name}: {value!r} is not understood.", field=name) from None
    return read


def _value(name: str, value: str) -> Any:
    match name:
        case "venues":
            return tuple(venue.strip() for venue in value.split(",") if venue.strip())
        case "max_exposure_usd":
            return Decimal(value)
        case "valid_until":
            until = datetime.fromisoformat(value)
            return until if until.tzinfo else until.replace(tzinfo=UTC)
        case _:
            return int(value)
