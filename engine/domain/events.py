"""Events: what happened, stamped by the worker with the time and the market it is judged by."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from engine.domain.entitlement import PlanLimits
from engine.domain.group import Group
from engine.domain.instrument import Market
from engine.domain.protection import Funds
from engine.domain.record import record
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import TakeProfitExecution, TakeProfitMode, TradingState


@record(frozen=True, slots=True)
class SignalReceived:
    """A signal that may act: approved, or one that needs no approval.

    ``approved_by`` is ``person``, ``policy`` or ``none`` (exits run without asking).
    """

    signal: Signal
    approved_by: Literal["person", "policy", "none"] = "none"
    offer_id: str | None = None
    size_factor: Decimal = Decimal(1)
    kind: Literal["signal_received"] = "signal_received"


@record(frozen=True, slots=True)
class PriceCrossed:
    """The market passed a watch that ``wants`` had armed at ``armed_seq``."""

    watch_id: str
    armed_seq: int
    price: Decimal
    price_at: datetime
    kind: Literal["price_crossed"] = "price_crossed"


@record(frozen=True, slots=True)
class Due:
    """Time passed ``next_due``, or something the account waits for may be there now."""

    kind: Literal["due"] = "due"


@record(frozen=True, slots=True)
class OrderAccepted:
    """``margin_kept`` says why its margin mode is not the wanted one; "" when it is."""

    order_id: str
    venue_order_id: str
    margin_kept: str = ""
    kind: Literal["order_accepted"] = "order_accepted"


@record(frozen=True, slots=True)
class OrderRefused:
    """The venue (or our gate before it) said no for certain.

    ``final`` refusals are not tried again; otherwise the core decides again after
    ``retry_after`` seconds.
    """

    order_id: str
    code: str
    text: str
    final: bool = True
    retry_after: int = 0
    kind: Literal["order_refused"] = "order_refused"


@record(frozen=True, slots=True)
class OrderLost:
    """The order surely never reached the venue (or was never sent)."""

    order_id: str
    kind: Literal["order_lost"] = "order_lost"


@record(frozen=True, slots=True)
class OrderUnclear:
    """The venue has been asked again and again and does not say whether it has the order."""

    order_id: str
    tries: int
    kind: Literal["order_unclear"] = "order_unclear"


@record(frozen=True, slots=True)
class Fee:
    """What a venue took for an execution: ``amount`` of ``asset``; less than zero is a rebate.

    ``rate`` is what one unit was worth in USD when it was converted; None: nobody knew yet.
    """

    amount: Decimal
    asset: str
    rate: Decimal | None


@record(frozen=True, slots=True)
class OrderFilled:
    """One execution. Fee converted once by the adapter; ``fee_in_base`` reduces what we got.

    ``fee`` is what was converted; None in journals of earlier days.
    """

    order_id: str
    trade_id: str
    quantity: Decimal
    price: Decimal
    fee_usd: Decimal
    fee_in_base: Decimal
    venue_time: datetime
    fee_converted: bool = True
    fee: Fee | None = None
    kind: Literal["order_filled"] = "order_filled"


@record(frozen=True, slots=True)
class FeeConverted:
    """The worth of a fee for which there was no rate when the fill came, and the rate now."""

    order_id: str
    trade_id: str
    fee_usd: Decimal
    rate: Decimal | None = None
    kind: Literal["fee_converted"] = "fee_converted"


@record(frozen=True, slots=True)
class FundingPaid:
    """Funding of a perpetual: negative when we paid. In USD, for the whole symbol.

    ``paid_at`` is the venue's time; None in journals of earlier days: as it was told.
    """

    symbol: str
    amount_usd: Decimal
    paid_at: datetime | None = None
    kind: Literal["funding_paid"] = "funding_paid"


@record(frozen=True, slots=True)
class OrderCancelled:
    """The order works no more; ``filled_quantity`` is the venue's final count, if it gave one."""

    order_id: str
    filled_quantity: Decimal | None = None
    kind: Literal["order_cancelled"] = "order_cancelled"


@record(frozen=True, slots=True)
class SettingsChanged:
    version: int
    settings: AccountSettings
    kind: Literal["settings_changed"] = "settings_changed"


@record(frozen=True, slots=True)
class StateCommanded:
    """A person pauses, resumes or halts the account."""

    state: TradingState
    by: str
    kind: Literal["state_commanded"] = "state_commanded"


@record(frozen=True, slots=True)
class InstallationCommanded:
    """An admin pauses, resumes or halts all accounts; each one hears it as its own fact."""

    state: TradingState
    by: str
    kind: Literal["installation_commanded"] = "installation_commanded"


@record(frozen=True, slots=True)
class LimitsChanged:
    """What the owner's plan allows from now on; None is no limit at all.

    After ``valid_until`` entries go on for ``grace_hours``; None: it does not end.
    """

    limits: PlanLimits | None
    valid_until: datetime | None = None
    grace_hours: int = 0
    kind: Literal["limits_changed"] = "limits_changed"


@record(frozen=True, slots=True)
class CloseCommanded:
    """A person closes a group, or ``fraction`` of it (0 < fraction <= 1)."""

    group_id: str
    fraction: Decimal
    by: str
    kind: Literal["close_commanded"] = "close_commanded"


@record(frozen=True, slots=True)
class RetryCommanded:
    """A person has a position that failed tried again."""

    group_id: str
    by: str
    kind: Literal["retry_commanded"] = "retry_commanded"


@record(frozen=True, slots=True)
class CloseAllCommanded:
    """A person closes everything; the account stays paused."""

    by: str
    kind: Literal["close_all_commanded"] = "close_all_commanded"


@record(frozen=True, slots=True)
class QueueCommanded:
    """A person promotes or removes a waiting signal, or forces it in over the pool limit."""

    signal_id: str
    action: Literal["promote", "remove", "force_add"]
    by: str
    kind: Literal["queue_commanded"] = "queue_commanded"


@record(frozen=True, slots=True)
class RiskCommanded:
    """A person runs the risk engine now, has it skip a group once, or blocks a group for it."""

    action: Literal["run_now", "skip_once", "block", "unblock"]
    group_id: str | None
    by: str
    kind: Literal["risk_commanded"] = "risk_commanded"


@record(frozen=True, slots=True)
class TargetsCommanded:
    """A person switches how an open group takes its profit; None keeps what is."""

    group_id: str
    by: str
    tp_mode: TakeProfitMode | None = None
    tp_execution: TakeProfitExecution | None = None
    tp_aggregate_percent: Decimal | None = None
    kind: Literal["targets_commanded"] = "targets_commanded"


@record(frozen=True, slots=True)
class SettingsApplied:
    """A person has the current settings hold for these open groups too."""

    group_ids: tuple[str, ...]
    by: str
    kind: Literal["settings_applied"] = "settings_applied"


@record(frozen=True, slots=True)
class CredentialsChanged:
    """The venue refuses the keys (``failed`` says why), or there are new ones (None)."""

    failed: str | None
    kind: Literal["credentials_changed"] = "credentials_changed"


@record(frozen=True, slots=True)
class HeldPosition:
    """What the venue says is held of a symbol; negative for a short. Base units."""

    symbol: str
    quantity: Decimal


@record(frozen=True, slots=True)
class Difference:
    """One thing in which the venue and we disagreed, and what was done about it."""

    what: Literal["fill", "order_gone", "foreign_order", "position", "balance"]
    symbol: str
    text: str
    order_id: str | None = None


@record(frozen=True, slots=True)
class Reconciled:
    """The venue was compared with us. Facts it brought to light came before this one.

    ``positions`` names every symbol we trade there; ``moved_usd`` is what was deposited (or,
    negative, withdrawn) since the last time; ``gone`` is what of ``Account.external`` is not there
    any more.
    """

    positions: tuple[HeldPosition, ...] = ()
    funds: Funds | None = None
    differences: tuple[Difference, ...] = ()
    moved_usd: Decimal = Decimal(0)
    at_start: bool = False
    gone: tuple[str, ...] = ()
    kind: Literal["reconciled"] = "reconciled"


@record(frozen=True, slots=True)
class EngineStopping:
    """The engine is being stopped in good order, at the latest at ``until``.

    ``last``: time is up, and what still works stays at the venue.
    """

    until: datetime
    last: bool = False
    kind: Literal["engine_stopping"] = "engine_stopping"


@record(frozen=True, slots=True)
class Halted:
    """Written by the shell after a broken assertion: nothing is decided until it is lifted."""

    reason: str
    kind: Literal["halted"] = "halted"


VenueFact = (
    OrderAccepted
    | OrderRefused
    | OrderLost
    | OrderUnclear
    | OrderFilled
    | OrderCancelled
    | FeeConverted
    | FundingPaid
    | CredentialsChanged
    | Reconciled
)
"""What a venue says: of orders, money, keys and what it holds."""

PersonFact = (
    SettingsChanged
    | StateCommanded
    | InstallationCommanded
    | LimitsChanged
    | CloseCommanded
    | RetryCommanded
    | CloseAllCommanded
    | QueueCommanded
    | RiskCommanded
    | TargetsCommanded
    | SettingsApplied
)
"""What a person orders, or decides in advance."""

Fact = SignalReceived | PriceCrossed | Due | EngineStopping | Halted | VenueFact | PersonFact


@record(frozen=True, slots=True)
class Event:
    """A stamped fact: the only thing a step ever sees.

    ``key`` names the inbox row it came from (``due:<seq>`` for time itself); ``at`` never runs
    backwards within an account; ``market`` is the only way to a price or a rule. ``recalled``
    are closed groups the account has let go and the fact is about, in the order they were opened.
    """

    key: str
    at: datetime
    market: Market
    fact: Fact
    recalled: tuple[Group, ...] = ()
