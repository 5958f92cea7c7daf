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


def make_keyring(database: Database) -> Keyring:
    return Keyring(database, Vault(VAULT_KEY))


def make_keys(database: Database, clock: Clock, bus: Bus, **env: str) -> Keys:
    """With settings from ``env``, e.g. the addresses of stand-ins for the exchanges."""
    settings = load_settings({"DATA_DIR": "unused", **env})
    return Keys(KeyDeps(database, clock, bus, make_keyring(database), settings))
