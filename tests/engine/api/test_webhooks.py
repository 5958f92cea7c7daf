"""Webhooks: registered by their owner, secrets shown once, addresses checked."""

from __future__ import annotations

import pytest

from engine.api.webhooks import Webhooks
from engine.store import webhooks as store
from foundation import limits
from foundation.errors import Conflict, InvalidInput, NotFound
from tests.engine.api.conftest import House
from tests.support.webhooks import make_webhooks

URL = "https://example.com/hook?token=abc"


@pytest.fixture
def hooks(house: House) -> Webhooks:
    return make_webhooks(house.database, house.clock, house.bus)


async def test_the_secret_is_shown_once_and_masked_after(house: House, hooks: Webhooks) -> None:
    made = await hooks.create(house.me, house.account.id, URL, "Ledger")
    assert len(made.secret) > 30
    [listed] = await hooks.list(house.me, house.account.id)
    assert listed.secret == "…" + made.secret[-4:]
    assert (listed.url, listed.label, listed.failures) == (URL, "Ledger", 0)
    sealed = await house.database.pool.fetchval("select secret from webhooks")
    assert made.secret.encode() not in sealed
    again = await hooks.rotate(house.me, made.id)
    assert again.secret != made.secret


async def test_somebody_elses_is_not_found(house: House, hooks: Webhooks) -> None:
    made = await hooks.create(house.me, house.account.id, URL, "Mine")
    acts = (hooks.rotate, hooks.enable, hooks.disable, hooks.test, hooks.deliveries, hooks.remove)
    for act in acts:
        with pytest.raises(NotFound):
            await act("nobody", made.id)
    assert await hooks.list("nobody") == ()
    await hooks.remove(house.me, made.id)
    assert await hooks.list(house.me) == ()


@pytest.mark.parametrize(
    ("url", "label", "field"),
    [
        ("https://10.0.0.1/", "x", "url"),
        ("https://example.com/\n", "x", "url"),
        ("https://example.com/" + "a" * limits.WEBHOOK_URL_MAX, "x", "url"),
        (URL, " ", "label"),
        (URL, "a\x00b", "label"),
    ],
)
async def test_what_cannot_be_registered(
    house: House, hooks: Webhooks, url: str, label: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await hooks.create(house.me, house.account.id, url, label)
    assert refused.value.field == field


async def test_an_account_has_so_many_and_no_more(house: House, hooks: Webhooks) -> None:
    for n in range(limits.WEBHOOKS_PER_ACCOUNT_MAX):
        await hooks.create(house.me, house.account.id, URL, f"Number {n}")
    with pytest.raises(Conflict, match="at most"):
        await hooks.create(house.me, house.account.id, URL, "One more")


async def test_it_is_switched_off_by_hand_and_on_again(house: House, hooks: Webhooks) -> None:
    made = await hooks.create(house.me, house.account.id, URL, "Ledger")
    off = await hooks.disable(house.me, made.id)
    assert off.disabled_at == house.clock.now()
    house.clock.advance(5)
    assert (await hooks.disable(house.me, made.id)).disabled_at == off.disabled_at
    with pytest.raises(Conflict) as caught:
        await hooks.test(house.me, made.id)
    assert caught.value.code == "webhook_off"
    assert (await hooks.enable(house.me, made.id)).disabled_at is None


async def test_a_test_is_an_event_among_the_others(house: House, hooks: Webhooks) -> None:
    await house.signal("before")
    house.clock.advance(5)
    made = await hooks.create(house.me, house.account.id, URL, "Ledger")
    await hooks.test(house.me, made.id)
    await house.signal("after", symbol="ETH/USDT")
    told = await hooks.deliveries(house.me, made.id)
    first, rest = told[-1], told[:-1]
    assert (first.kind, first.reason) == ("webhook_test", "A test of the webhook Ledger.")
    assert {one.status for one in told} == {"waiting"}
    [webhook] = await store.of_user(house.database, house.me, None)
    await store.failed(house.database, made.id, house.clock.now(), house.clock.now(), "500")
    statuses = [one.status for one in await hooks.deliveries(house.me, made.id)]
    assert statuses == ["waiting"] * len(rest) + ["failing"]
    [event, *_] = await store.waiting(house.database, webhook, 50)
    await store.delivered(house.database, made.id, event, house.clock.now(), "200 OK")
    statuses = [one.status for one in await hooks.deliveries(house.me, made.id)]
    assert statuses == ["waiting"] * len(rest) + ["delivered"]
