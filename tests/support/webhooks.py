"""The window of webhooks on a test's database, with the keys' vault."""

from __future__ import annotations

from engine.api.webhooks import Webhooks
from foundation.clock import Clock
from foundation.crypto import Vault
from foundation.db import Database
from tests.support.keys import VAULT_KEY


def make_webhooks(database: Database, clock: Clock) -> Webhooks:
    return Webhooks(database, clock, Vault(VAULT_KEY))
