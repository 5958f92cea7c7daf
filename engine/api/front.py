"""The front door whole: every window and mailbox of the engine, bundled for the surfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.accounts import Accounts
from engine.api.events import Events
from engine.api.groups import Groups
from engine.api.performance import Performance
from engine.api.queue import Queue
from engine.api.risk import Risk

if TYPE_CHECKING:
    from engine.api.entitlements import Entitlements
    from engine.api.hooks import Hooks
    from engine.api.installation import Installation
    from engine.api.keys import Keys
    from engine.api.markets import Markets
    from engine.api.offers import Offers
    from engine.api.receipts import Receipts
    from engine.api.settings_window import SettingsWindow
    from engine.api.signals import Signals
    from engine.api.targets import Targets
    from engine.api.trades import Trades
    from engine.api.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Front:
    """What bot and server know of the engine; nothing else of it is theirs to call."""

    accounts: Accounts
    groups: Groups
    queue: Queue
    risk: Risk
    events: Events
    performance: Performance
    markets: Markets
    hooks: Hooks
    receipts: Receipts
    offers: Offers
    signals: Signals
    keys: Keys
    targets: Targets
    trades: Trades
    settings: SettingsWindow
    webhooks: Webhooks
    installation: Installation
    entitlements: Entitlements
