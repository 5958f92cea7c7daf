"""What is kept as JSON beside the columns: a group's rules and stop, an account's protection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from pydantic import TypeAdapter

from engine.domain.account import Account
from engine.domain.entitlement import Entitlement
from engine.domain.offset import OffsetPlan
from engine.domain.protection import EntryLock, Funds, Guard, Result
from engine.domain.rules import NO_MARKS, NO_RULES, NO_STOP, GroupRules, RiskMarks, Stop
from engine.domain.words import TradingState
from engine.store.codec import decode_sparse, encode_sparse


@dataclass(frozen=True, slots=True)
class Kept:
    """The part of an account that no query asks for; named like the fields of `Account`."""

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


KEPT: Final = tuple(one.name for one in fields(Kept))
_kept = attrgetter(*KEPT)
_ACCOUNT: TypeAdapter[Kept] = TypeAdapter(Kept)
_RULES: TypeAdapter[GroupRules] = TypeAdapter(GroupRules)
_STOP: TypeAdapter[Stop] = TypeAdapter(Stop)
_MARKS: TypeAdapter[RiskMarks] = TypeAdapter(RiskMarks)
_EMPTY: Final = "{}"


def kept(account: Account) -> tuple[object, ...]:
    """The kept objects of an account, in the order of ``KEPT``."""
    values: tuple[object, ...] = _kept(account)
    return values


def kept_changed(before: Account, after: Account) -> bool:
    """Whether any of the kept objects is not the same one any more."""
    return any(a is not b for a, b in zip(kept(before), kept(after), strict=True))


def encode_kept(account: Account) -> str:
    return encode_sparse(_ACCOUNT, Kept(*_kept(account)))


def decode_kept(data: str) -> Mapping[str, Any]:
    """The kept fields by name. Raises ContractBroken when the text is none."""
    read = decode_sparse(_ACCOUNT, data)
    return {name: getattr(read, name) for name in KEPT}


def encode_rules(rules: GroupRules) -> str:
    return _EMPTY if rules is NO_RULES else encode_sparse(_RULES, rules)


def decode_rules(data: str) -> GroupRules:
    return NO_RULES if data == _EMPTY else decode_sparse(_RULES, data)


def encode_stop(stop: Stop) -> str:
    return _EMPTY if stop is NO_STOP else encode_sparse(_STOP, stop)


def decode_stop(data: str) -> Stop:
    return NO_STOP if data == _EMPTY else decode_sparse(_STOP, data)


def encode_marks(marks: RiskMarks) -> str:
    return _EMPTY if marks is NO_MARKS else encode_sparse(_MARKS, marks)


def decode_marks(data: str) -> RiskMarks:
    return NO_MARKS if data == _EMPTY else decode_sparse(_MARKS, data)
