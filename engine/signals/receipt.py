"""A receipt: what became of one alert, as it is stored and as it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from engine.domain.signal import Signal
from engine.signals import codec

Status = Literal["accepted", "stale", "refused"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One alert's receipt. ``signal`` is None when the alert could not be read.

    Of a reverse ``code`` is what became of its entry and ``exit_code`` of leaving the other side;
    ``message`` tells both, and it is ``refused`` only when neither of them acts.
    """

    id: str
    hook_id: str
    user_id: str
    account_id: str
    status: Status
    code: str
    message: str
    field: str | None
    received_at: datetime
    signal: Signal | None
    exit_code: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A receipt about to be stored, with what tells a repeat from a new alert."""

    receipt: Receipt
    dedupe_key: str
    content: str
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The receipt that stands in the database: ours, or with ``repeat`` an earlier one."""

    receipt: Receipt
    content: str
    repeat: bool


def read(row: Mapping[str, Any]) -> Receipt:
    """A receipt from its row, with ``signal`` as JSON text."""
    signal, left = row["signal"], row["exit_message"]
    return Receipt(
        id=row["id"],
        hook_id=row["hook_id"],
        user_id=row["user_id"],
        account_id=row["account_id"],
        status="accepted" if row["exit_acts"] else row["status"],
        code=row["code"],
        message=row["message"] if left is None else f"{left} Entry: {row['message']}",
        field=row["field"],
        received_at=row["received_at"],
        signal=None if signal is None else codec.decode(signal),
        exit_code=row["exit_code"],
    )
