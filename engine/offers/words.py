"""The closed vocabularies of offers: statuses, channels, decisions, and kinds of change."""

from __future__ import annotations

from typing import Final, Literal

Status = Literal["pending", "approved", "rejected", "expired", "withdrawn"]
Channel = Literal["chat", "app", "policy"]
Decision = Literal["approve", "reject"]
Kind = Literal[
    "offered",
    "requoted",
    "approved",
    "rejected",
    "expired",
    "withdrawn",
    "undone",
    "refused",
    "taken",
    "outcome",
]
Place = Literal["slot", "pyramid", "queue", "refused"]

STATUSES: Final = ("pending", "approved", "rejected", "expired", "withdrawn")
CHANNELS: Final = ("chat", "app", "policy")
DECISIONS: Final = ("approve", "reject", "undo")
POLICY: Final = "policy"
"""Who decides when the account's policy does."""
