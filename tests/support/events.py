"""The fourteen names of spec engine §10, "Events for every state change", and who is told in chat.

``message``: a message of its own. ``card``: the position's card shows it. ``offer``: the offer's
card. ``quiet``: on the screens alone, for it is told by another of the fourteen or in a list.
"""

from __future__ import annotations

from typing import Final, Literal

Chat = Literal["message", "card", "offer", "quiet"]

EVENTS: Final[dict[str, Chat]] = {
    "signal_received": "quiet",
    "offer_decided": "offer",
    "queued": "offer",
    "promoted": "message",
    "group_opened": "card",
    "order_submitted": "card",
    "leg_filled": "card",
    "order_failed": "message",
    "tp_hit": "card",
    "group_closed": "card",
    "trade_closed": "quiet",
    "risk_action": "message",
    "guard_triggered": "message",
    "engine_state": "message",
}
