"""Accounts at exchanges and their keys: tried before they are kept, sealed, masked, revocable."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from engine.api.keys import GivenKeys, Keys, NewSeat
from engine.domain.events import CredentialsChanged
from engine.store.codec import decode_fact
from foundation import log
from foundation.bus import Bus
from foundation.crypto import Vault
from foundation.db import Database
from foundation.errors import Conflict, ContractBroken, InvalidInput, NotFound, Unavailable
from foundation.people.people import People
from tests.support.clock import FakeClock
from tests.support.exchanges.binance import FakeBinance
from tests.support.keys import make_keyring, make_keys

KEY, SECRET = "kEy0123456789abcd", "sEcRet-of-ada-9876"
SPOT = NewSeat("binance", "spot", False, "Spot")


class Desk:
    """One person, one stand-in, the window of keys between them."""

    def __init__(self, database: Database, clock: FakeClock, fake: FakeBinance) -> None:
        self.database, self.clock, self.fake = database, clock, fake
        fake.clock = lambda: clock.now().timestamp()
        self.user = fake.user(KEY, SECRET)
        self.keys = self.window()
        self.me = self.other = ""

    def window(self, **env: str) -> Keys:
        here = {"BINANCE_API_URL": self.fake.url, "BINANCE_FUTURES_API_URL": self.fake.url}
        return make_keys(self.database, self.clock, Bus(self.database), **{**here, **env})

    async def open(self) -> Desk:
        people = People(self.database, self.clock)
        self.me = (await people.ensure(1, "Ada", "ada", "en")).id
        self.other = (await people.ensure(2, "Bob", None, None)).id
        return self

    async def account(self, seat: NewSeat = SPOT) -> str:
        return (await self.keys.open_account(self.me, seat)).id

    async def save(self, account: str, key: str = KEY, secret: str = SECRET) -> Any:
        return await self.keys.save(self.me, account, GivenKeys(key, secret))

    async def told(self, account: str) -> list[CredentialsChanged]:
        rows = await self.database.pool.fetch(
            "select fact from inbox where account_id = $1 order by id", account
        )
        facts = [decode_fact(row["fact"]) for row in rows]
        return [fact for fact in facts if isinstance(fact, CredentialsChanged)]


@pytest.fixture
async def desk(database: Database, clock: FakeClock) -> AsyncIterator[Desk]:
    async with FakeBinance() as fake:
        yield await Desk(database, clock, fake).open()


async def test_an_account_at_an_exchange_is_opened_once_and_has_no_keys_yet(desk: Desk) -> None:
    account = await desk.account()
    assert await desk.account() == account
    [view] = await desk.keys.list(desk.me)
    assert (view.account_id, view.venue, view.market) == (account, "binance", "spot")
    assert (view.key, view.test_net, view.permissions) == (None, False, ())
    with pytest.raises(Conflict) as caught:
        await desk.account(NewSeat("binance", "linear", False, "Spot"))
    assert caught.value.code == "label_taken"
    with pytest.raises(InvalidInput):
        await desk.account(NewSeat("kraken", "spot", False, "Kraken"))


async def test_good_keys_are_kept_masked_and_trading_may_go_on(desk: Desk) -> None:
    account = await desk.account()
    view = await desk.save(account, f" {KEY}\n", SECRET)
    assert view.key == "…abcd"
    assert view.position_mode == "one_way"
    assert "enableSpotAndMarginTrading" in view.permissions
    assert view.checked_at == desk.clock.now()
    assert await desk.told(account) == [CredentialsChanged(None)]
    opened = await make_keyring(desk.database).credentials(account)
    assert opened is not None
    assert (opened.key, opened.secret) == (KEY, SECRET)


async def test_the_position_mode_of_futures_is_read_and_stored(desk: Desk) -> None:
    desk.user.linear.hedge = True
    account = await desk.account(NewSeat("binance", "linear", False, "Futures"))
    assert (await desk.save(account)).position_mode == "hedge"


async def test_a_key_that_may_withdraw_is_refused_with_a_sentence(desk: Desk) -> None:
    account = await desk.account()
    desk.user.may_withdraw = True
    with pytest.raises(InvalidInput) as caught:
        await desk.save(account)
    assert caught.value.code == "key_may_withdraw"
    assert "Switch withdrawals off" in caught.value.text
    assert (await desk.keys.get(desk.me, account)).key is None
    assert await desk.told(account) == []


async def test_a_wrong_key_or_secret_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    account = await desk.account()
    for key, secret in (("no-such-key-here", SECRET), (KEY, "wrong-secret-here")):
        with pytest.raises(InvalidInput) as caught:
            await desk.save(account, key, secret)
        assert caught.value.code == "authentication_failed"
    for key in ("short", "with a blank in it", "ключ-ключ-ключ"):
        with pytest.raises(InvalidInput):
            await desk.save(account, key)
    assert (await desk.keys.get(desk.me, account)).key is None


async def test_without_an_answer_of_the_exchange_nothing_is_kept(desk: Desk) -> None:
    account = await desk.account()
    keys = desk.window(BINANCE_API_URL="http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        await keys.save(desk.me, account, GivenKeys(KEY, SECRET))
    assert (await desk.keys.get(desk.me, account)).key is None


async def test_one_key_serves_one_account_of_a_market_alone(desk: Desk) -> None:
    first = await desk.account()
    second = await desk.account(NewSeat("binance", "spot", False, "Second"))
    await desk.save(first)
    with pytest.raises(Conflict) as caught:
        await desk.save(second)
    assert caught.value.code == "key_in_use"
    await desk.keys.revoke(desk.me, first)
    assert (await desk.save(second)).key == "…abcd"


async def test_revoking_destroys_the_keys_and_pauses_the_account(desk: Desk) -> None:
    account = await desk.account()
    await desk.save(account)
    desk.clock.advance(1)
    view = await desk.keys.revoke(desk.me, account)
    assert (view.key, view.permissions, view.revoked_at) == (None, (), desk.clock.now())
    assert await make_keyring(desk.database).credentials(account) is None
    assert [one.failed for one in await desk.told(account)] == [None, "The keys were revoked."]


async def test_revoke_all_takes_every_key_of_the_user_and_no_one_elses(desk: Desk) -> None:
    spot = await desk.account()
    futures = await desk.account(NewSeat("binance", "linear", False, "Futures"))
    await desk.save(spot)
    await desk.save(futures)
    theirs = await desk.keys.open_account(desk.other, SPOT)
    desk.fake.user("b" * 16, "c" * 16)
    await desk.keys.save(desk.other, theirs.id, GivenKeys("b" * 16, "c" * 16))
    assert [view.key for view in await desk.keys.revoke_all(desk.me)] == [None, None]
    assert [view.key for view in await desk.keys.list(desk.other)] == ["…bbbb"]


async def test_another_persons_account_is_not_found(desk: Desk) -> None:
    account = await desk.account()
    for attempt in (
        desk.keys.get(desk.other, account),
        desk.keys.save(desk.other, account, GivenKeys(KEY, SECRET)),
        desk.keys.revoke(desk.other, account),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_sealed_key_opens_with_the_right_key_and_for_its_account_alone(desk: Desk) -> None:
    account = await desk.account()
    await desk.save(account)
    row = await desk.database.pool.fetchrow("select sealed from venue_keys")
    with pytest.raises(ContractBroken):
        Vault(bytes(32)).open(row["sealed"], f"venue key {account}".encode())
    with pytest.raises(ContractBroken):
        Vault(bytes(range(32))).open(row["sealed"], b"venue key of another")


async def test_secrets_are_in_no_table_log_address_or_repr(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    log.setup("debug", "json")
    account = await desk.account()
    view = await desk.save(account)
    desk.user.may_withdraw = True
    with pytest.raises(InvalidInput):
        await desk.save(account)
    with pytest.raises(InvalidInput) as caught:
        await desk.save(account, KEY, "wrong-secret-here")
    logging.getLogger("asyncio").debug("the end")
    tables = [
        row["table_name"]
        for row in await desk.database.pool.fetch(
            "select table_name from information_schema.tables where table_schema = 'public'"
        )
    ]
    dump = ""
    for table in tables:
        for row in await desk.database.pool.fetch(f'select t.*::text from "{table}" t'):
            dump += str(row)
    opened = await make_keyring(desk.database).credentials(account)
    shown = repr((opened, view, GivenKeys(KEY, SECRET), caught.value, caught.value.data))
    captured = capsys.readouterr()
    for place in (dump, captured.out + captured.err, shown, json.dumps(desk.fake.urls)):
        assert SECRET not in place
        assert KEY not in place
    assert desk.fake.urls


async def test_keys_their_word_to_the_account_and_the_audit_row_are_written_together(
    desk: Desk,
) -> None:
    account = await desk.account()
    await desk.database.pool.execute(
        "alter table audit_log add constraint full_up check (false) not valid"
    )
    with pytest.raises(ContractBroken):
        await desk.save(account)
    assert (await desk.keys.get(desk.me, account)).key is None
    assert await desk.told(account) == []
