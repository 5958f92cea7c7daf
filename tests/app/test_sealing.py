"""Changing the encryption key: two are valid meanwhile, and nothing stays under the old one."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from app.ground import Ground
from app.sealing import renew_secrets
from engine.api.keys import NewSeat
from engine.api.webhooks import Webhooks
from engine.domain.words import MarketKind
from engine.signals.hooks import Goal, HookStore
from engine.venues.keys import KeyCheck, Keyring, NewKeys
from foundation.bus import Bus
from foundation.crypto import Vault, load_or_create_keys
from foundation.db import Database
from foundation.errors import ContractBroken
from foundation.people.people import People
from foundation.settings import load_settings
from tests.support.clock import FakeClock
from tests.support.keys import make_keys

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
PEM = (
    ed25519.Ed25519PrivateKey.generate()
    .private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    .decode()
)


def a_ground(database: Database, clock: FakeClock, **env: str) -> Ground:
    settings = load_settings({"DATA_DIR": "unused", "JWT_PRIVATE_KEY": PEM, **env})
    keys = load_or_create_keys(settings)
    return Ground(settings, keys, clock, database, Bus(database), People(database, clock))


async def test_two_keys_are_valid_while_every_secret_is_sealed_anew(
    database: Database, clock: FakeClock
) -> None:
    user = (await People(database, clock).ensure(1, "Ada", "ada", "en")).id
    seat = NewSeat("binance", "spot", False, "Spot")
    account = (await make_keys(database, clock, Bus(database)).open_account(user, seat)).id
    old = Vault(OLD)
    given = NewKeys(KeyCheck(True, False), clock.now(), key="a" * 16, secret="b" * 16)
    await Keyring(database, old).save(account, given)
    goal = Goal(account, "binance", MarketKind.SPOT)
    await HookStore(database, clock, old).create(user, goal, "mine", with_secret=True)
    await Webhooks(database, clock, Bus(database), old).create(
        user, account, "https://example.com/h", "out"
    )

    both = {"ENCRYPTION_KEY": NEW.hex(), "ENCRYPTION_KEY_PREVIOUS": OLD.hex()}
    base = a_ground(database, clock, **both)
    meanwhile = await Keyring(database, base.keys.vault()).credentials(account)
    assert meanwhile is not None
    assert meanwhile.secret == "b" * 16
    assert await renew_secrets(base) == 3
    assert await renew_secrets(base) == 0

    alone = a_ground(database, clock, ENCRYPTION_KEY=NEW.hex())
    assert await renew_secrets(alone) == 0
    opened = await Keyring(database, alone.keys.vault()).credentials(account)
    assert opened is not None
    assert (opened.key, opened.secret, opened.revision) == (given.key, given.secret, 1)
    [hook] = await HookStore(database, clock, alone.keys.vault()).of_user(user)
    assert hook.secret
    with pytest.raises(ContractBroken):
        await Keyring(database, old).credentials(account)
    sealed = await database.pool.fetchval("select secret from webhooks")
    assert alone.keys.vault().is_current(sealed)
