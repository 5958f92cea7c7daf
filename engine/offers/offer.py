"""An offer as it is stored: a signal put to one user, with the numbers it was quoted at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from engine.domain.signal import Signal
from engine.domain.words import OrderType, Side
from engine.offers.words import Channel, Place, Status

OFFER_KEY: Final = "offer:"
"""What the inbox keys of approvals start with."""


@dataclass(frozen=True, slots=True)
class QuotedLeg:
    """One leg of the ladder as it would be ordered."""

    index: int
    order_type: OrderType
    price: Decimal
    quantity: Decimal
    capital_usd: Decimal
    gap_percent: Decimal
    tp_percent: Decimal
    tp_price: Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """What approving would do, as of one moment. Money in USD.

    ``code`` is the core's word for it (``opened``, ``queued``, ``pyramid_limit`` …).
    """

    place: Place
    code: str
    place_text: str
    legs: tuple[QuotedLeg, ...]
    market_price: Decimal | None
    capital_usd: Decimal
    capital_percent: Decimal
    exposure_before_usd: Decimal
    exposure_after_usd: Decimal
    average_if_filled: Decimal | None
    target_price: Decimal | None
    pyramid_step: int
    max_pyramids: int
    slots_taken: int
    slots_total: int
    note: str = ""


class Which(NamedTuple):
    """What names an offer to others; in the order its columns are given back in."""

    id: str
    receipt_id: str
    account_id: str
    symbol: str
    timeframe: int
    side: str


@dataclass(frozen=True, slots=True)
class Offer:
    id: str
    signal_id: str
    receipt_id: str
    account_id: str
    user_id: str
    version: int
    status: Status
    symbol: str
    timeframe: int
    side: Side
    entry_price: Decimal | None
    size_factor: Decimal
    quote: Quote
    max_drift_percent: Decimal
    undo_seconds: int
    source: str
    strategy: str
    reason: str
    created_at: datetime
    quoted_at: datetime
    expires_at: datetime
    decided_by: str | None = None
    decided_channel: Channel | None = None
    decided_at: datetime | None = None
    consent_version: str | None = None
    effective_at: datetime | None = None
    taken_at: datetime | None = None
    group_id: str | None = None
    outcome_code: str | None = None
    outcome_text: str | None = None

    @property
    def which(self) -> Which:
        return Which(
            self.id, self.receipt_id, self.account_id, self.symbol, self.timeframe, self.side.value
        )

    @property
    def inbox_key(self) -> str:
        """The key of the fact an approval becomes."""
        return f"{OFFER_KEY}{self.id}"


class Withdrawal(NamedTuple):
    """Offers of this identity that have not taken effect go; ``why`` is a code and a sentence."""

    account_id: str
    signal: Signal
    why: tuple[str, str]
    approved_too: bool


class Withdrawn(NamedTuple):
    """An offer that was withdrawn, and why."""

    which: Which
    why: tuple[str, str]


class OfferOutcome(NamedTuple):
    """What an account made of the fact with this key."""

    key: str
    code: str
    text: str
    group_id: str | None


_QUOTE: Final[TypeAdapter[Quote]] = TypeAdapter(Quote)


def encode_quote(quote: Quote) -> str:
    return _QUOTE.dump_json(quote).decode()


def read(row: Mapping[str, Any]) -> Offer:
    """An offer from its row, with ``quote`` as JSON text or as what it means."""
    facts = dict(row)
    quote = facts["quote"]
    facts["quote"] = (
        _QUOTE.validate_json(quote) if isinstance(quote, str) else _QUOTE.validate_python(quote)
    )
    facts["side"] = Side(facts["side"])
    return Offer(**facts)
