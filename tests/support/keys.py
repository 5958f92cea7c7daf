"""The window of exchange keys on a test's database."""

from __future__ import annotations

from engine.api.keys import KeyDeps, Keys
from engine.venues.keys import Keyring
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.crypto import Vault
from foundation.db import Database
from foundation.settings import load_settings

VAULT_KEY = bytes(range(32))
NOBODY = "http://127.0.0.1:9"
"""An address where nobody answers: no test ever asks a real exchange."""
_EXCHANGES = ("BINANCE_API_URL", "BINANCE_FUTURES_API_URL", "BYBIT_API_URL")


def make_keyring(database: Database) -> Keyring:
    return Keyring(database, Vault(VAULT_KEY))


def make_keys(database: Database, clock: Clock, bus: Bus, **env: str) -> Keys:
    """With settings from ``env``, e.g. the addresses of stand-ins for the exchanges."""
    settings = load_settings({"DATA_DIR": "unused", **dict.fromkeys(_EXCHANGES, NOBODY), **env})
    return Keys(KeyDeps(database, clock, bus, make_keyring(database), settings))
