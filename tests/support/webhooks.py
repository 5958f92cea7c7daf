"""The window of webhooks on a test's database, with the keys' vault."""

from __future__ import annotations

from engine.api.webhooks import Webhooks
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.crypto import Vault
from foundation.db import Database
from tests.support.keys import VAULT_KEY


def make_webhooks(database: Database, clock: Clock, bus: Bus) -> Webhooks:
    return Webhooks(database, clock, bus, Vault(VAULT_KEY))
