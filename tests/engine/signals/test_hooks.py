"""Hooks: whose they are, what they show, and what a rotated or revoked one answers."""

from __future__ import annotations

import json

import pytest

from engine.signals.nested.template import PLACEHOLDERS
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.limits import HOOK_CACHE_S
from tests.engine.offers.kit import Town
from tests.engine.signals.kit import nested, raw


async def test_a_new_hook_shows_url_and_body(town: Town) -> None:
    hook = town.hook
    assert hook.url == f"https://cs.example{hook.path}"
    assert hook.path.startswith("/hooks/tradingview/")
    assert len(town.token) == 43
    body = json.loads(hook.body_to_paste)
    assert body["secret"] == hook.secret
    assert body["tv"]["symbol"] == "{{ticker}}"
    assert body["execution_intent"]["side"] == "{{strategy.order.action}}"
    assert set(PLACEHOLDERS.values()) <= set(_texts(body))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


async def test_the_body_as_pasted_is_refused_and_as_filled_accepted(town: Town) -> None:
    pasted = await town.post(town.hook.body_to_paste.encode())
    assert (pasted.body["code"], pasted.body["field"]) == ("placeholder", "timestamp")
    filled = town.hook.body_to_paste
    for placeholder, value in {
        "{{timenow}}": town.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "{{exchange}}": "BINANCE",
        "{{ticker}}": "BTCUSDT",
        "{{interval}}": "15",
        "{{strategy.order.action}}": "sell",
        "{{strategy.market_position}}": "flat",
        "{{strategy.market_position_size}}": "0",
        "{{strategy.prev_market_position}}": "long",
        "{{strategy.prev_market_position_size}}": "0.5",
        "{{strategy.order.price}}": "60100.5",
        "{{close}}": "60100.5",
        "{{strategy.order.contracts}}": "0.5",
        "{{strategy.order.id}}": "Close entry(s) order Long",
        "{{strategy.order.alert_message}}": "",
    }.items():
        filled = filled.replace(placeholder, value)
    answer = await town.post(filled.encode())
    assert answer.body["status"] == "accepted", answer.body
    assert answer.receipt is not None
    assert answer.receipt.intent == "exit"


async def test_secrets_are_sealed_and_not_in_logs(town: Town) -> None:
    [(row,)] = await town.rows("select hooks::text from hooks")
    assert town.token not in row
    assert town.hook.secret not in row
    [(audit,)] = await town.rows(
        "select string_agg(audit_log::text, ' ') from audit_log where object_type = 'hook'"
    )
    assert "hook.created" in audit
    assert town.token not in audit


async def test_rotating_closes_the_old_address(town: Town) -> None:
    old = town.token
    assert (await town.post(nested(town.clock.now()))).http_status == 202
    town.hook = await town.hooks.rotate(town.user_id, town.hook.id)
    assert town.token != old
    assert (await town.post(nested(town.clock.now()), token=old)).http_status == 404
    assert (await town.post(nested(town.clock.now()))).body["status"] == "duplicate"


async def test_revoking(town: Town) -> None:
    await town.hooks.revoke(town.user_id, town.hook.id)
    assert (await town.post(nested(town.clock.now()))).http_status == 404
    assert await town.hooks.list(town.user_id) == ()
    with pytest.raises(NotFound):
        await town.hooks.rotate(town.user_id, town.hook.id)
    # the name is free again
    assert (await town.hooks.create(town.user_id, town.account_id, "Chart")).label == "Chart"


async def test_another_process_hears_of_it_within_seconds(town: Town) -> None:
    other = town.new_hooks()
    await other.start()
    body = raw({"secret": town.hook.secret} | nested(town.clock.now()))
    assert (await other.accept(town.token, body)).http_status == 202
    await town.hooks.revoke(town.user_id, town.hook.id)
    town.clock.advance(HOOK_CACHE_S)
    assert (await other.accept(town.token, body)).http_status == 404
    await other.stop()


async def test_names(town: Town) -> None:
    with pytest.raises(Conflict) as taken:
        await town.hooks.create(town.user_id, town.account_id, "Chart")
    assert taken.value.code == "label_taken"
    for label in ("", "  ", "\x00", "x" * 41):
        with pytest.raises(InvalidInput):
            await town.hooks.create(town.user_id, town.account_id, label)


async def test_a_hook_without_a_secret(town: Town) -> None:
    town.hook = await town.hooks.create(town.user_id, town.account_id, "Open", with_secret=False)
    assert town.hook.secret == ""
    assert "secret" not in json.loads(town.hook.body_to_paste)
    assert (await town.post(raw(nested(town.clock.now())))).body["status"] == "accepted"
    town.hook = await town.hooks.rotate(town.user_id, town.hook.id)
    assert town.hook.secret == ""


async def test_somebody_elses_hook_is_not_found(town: Town) -> None:
    other = await town.people.ensure(2002, "Bob", None, None)
    with pytest.raises(NotFound):
        await town.hooks.create(other.id, town.account_id, "Mine")
    for call in (town.hooks.get, town.hooks.rotate, town.hooks.revoke):
        with pytest.raises(NotFound):
            await call(other.id, town.hook.id)
    assert await town.hooks.list(other.id) == ()


async def test_traffic_is_shown(town: Town) -> None:
    assert (await town.hooks.get(town.user_id, town.hook.id)).last_alert_at is None
    await town.post(nested(town.clock.now()))
    town.clock.advance(10)
    await town.post(nested(town.clock.now(), entry_price="0"))
    [shown] = await town.hooks.list(town.user_id, town.account_id)
    assert (shown.alerts_total, shown.last_alert_at) == (2, town.clock.now())


async def test_receipts_page_by_page(town: Town) -> None:
    for n in range(5):
        await town.post(nested(town.clock.now(), market_position_size=str(n + 1)))
        town.clock.advance(1)
    seen: list[str] = []
    cursor = None
    while True:
        page = await town.receipts.list(town.user_id, town.account_id, 2, cursor)
        seen += [receipt.id for receipt in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)
    last = await town.receipts.last(town.user_id, town.account_id)
    assert last is not None
    assert last.id == seen[0]
    other = await town.people.ensure(2002, "Bob", None, None)
    assert (await town.receipts.list(other.id)).items == ()
    with pytest.raises(NotFound):
        await town.receipts.get(other.id, seen[0])
