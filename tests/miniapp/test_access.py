"""Who may touch what: every operation of the document, tried with another person's objects.

A new operation without a rule here fails the first test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from miniapp.server.app import all_routes
from miniapp.server.openapi.layer import Operation
from tests.miniapp.kit import ADA, Person, Site, problem_of

PUBLIC, MINE, BY_ID, BY_QUERY, BY_BODY, SHARED, ADMINS = range(7)


@dataclass(frozen=True)
class Rule:
    """How an operation is guarded, by which kind of object, and what else it needs."""

    how: int
    kind: str = ""
    body: Any = None
    params: dict[str, str] = field(default_factory=dict)


RULES = {
    "open_session": Rule(PUBLIC),
    "close_session": Rule(MINE),
    "me": Rule(MINE),
    "list_accounts": Rule(MINE),
    "get_account": Rule(BY_ID, "account"),
    "get_settings": Rule(BY_ID, "account"),
    "put_settings": Rule(BY_ID, "account", {"version": 2, "settings": {"max_open_groups": 1}}),
    "settings_versions": Rule(BY_ID, "account"),
    "settings_version": Rule(BY_ID, "account"),
    "restore_settings": Rule(BY_ID, "account", {"restore": 1, "version": 2}),
    "validate_settings": Rule(BY_ID, "account", {"settings": {}}),
    "export_settings": Rule(BY_ID, "account"),
    "import_settings": Rule(
        BY_ID, "account", {"document": {"risk_engine": {}}, "version": 1, "save": False}
    ),
    "settings_templates": Rule(BY_ID, "account"),
    "preview_settings": Rule(BY_ID, "account"),
    "apply_settings": Rule(BY_ID, "account", {"groups": ["nosuchgroup"]}),
    "set_state": Rule(BY_ID, "account", {"state": "paused"}),
    "close_all": Rule(BY_ID, "account"),
    "send_test_alert": Rule(BY_ID, "account"),
    "list_offers": Rule(BY_QUERY, "account"),
    "get_offer": Rule(BY_ID, "offer"),
    "decide_offer": Rule(BY_ID, "offer", {"decision": "reject", "version": 1}),
    "undo_offer": Rule(BY_ID, "offer"),
    "list_groups": Rule(BY_QUERY, "account"),
    "get_group": Rule(BY_ID, "group"),
    "group_events": Rule(BY_ID, "group"),
    "close_group": Rule(BY_ID, "group", {"fraction": "1"}),
    "retry_group": Rule(BY_ID, "group"),
    "preview_targets": Rule(BY_ID, "group", {"tp_mode": "aggregate"}),
    "switch_targets": Rule(BY_ID, "group", {"tp_mode": "aggregate"}),
    "list_queue": Rule(BY_QUERY, "account"),
    "promote_queued": Rule(BY_ID, "queued"),
    "force_queued": Rule(BY_ID, "queued"),
    "remove_queued": Rule(BY_ID, "queued"),
    "get_risk": Rule(BY_QUERY, "account"),
    "list_risk_actions": Rule(BY_QUERY, "account"),
    "run_risk": Rule(BY_BODY, "account", {}),
    "mark_risk": Rule(BY_ID, "group", {"action": "block"}),
    "list_receipts": Rule(BY_QUERY, "account"),
    "get_receipt": Rule(BY_ID, "receipt"),
    "list_events": Rule(BY_QUERY, "account"),
    "recent_events": Rule(BY_QUERY, "account", params={"kinds": "queued"}),
    "list_hooks": Rule(BY_QUERY, "account"),
    "create_hook": Rule(BY_BODY, "account", {"label": "Mine"}),
    "rotate_hook": Rule(BY_ID, "hook"),
    "revoke_hook": Rule(BY_ID, "hook"),
    "home": Rule(BY_QUERY, "account"),
    "profit": Rule(BY_QUERY, "account"),
    "list_trades": Rule(BY_QUERY, "account"),
    "get_trade": Rule(BY_ID, "trade"),
    "list_periods": Rule(BY_QUERY, "account"),
    "list_equity": Rule(BY_QUERY, "account"),
    "open_account": Rule(MINE, body={"venue": "binance", "label": "Spot"}),
    "list_keys": Rule(MINE),
    "get_keys": Rule(BY_ID, "account"),
    "save_keys": Rule(BY_ID, "account", {"key": "k" * 16, "secret": "s" * 16}),
    "revoke_keys": Rule(BY_ID, "account"),
    "revoke_all_keys": Rule(MINE),
    "list_webhooks": Rule(BY_QUERY, "account"),
    "create_webhook": Rule(BY_BODY, "account", {"url": "https://example.com/hook"}),
    "rotate_webhook": Rule(BY_ID, "webhook"),
    "enable_webhook": Rule(BY_ID, "webhook"),
    "test_webhook": Rule(BY_ID, "webhook"),
    "list_deliveries": Rule(BY_ID, "webhook"),
    "disable_webhook": Rule(BY_ID, "webhook"),
    "remove_webhook": Rule(BY_ID, "webhook"),
    "settings_form": Rule(SHARED),
    "make_ladder": Rule(
        SHARED, body={"step_percent": "1", "base_usd": "80", "safety_usd": "30", "orders": 2}
    ),
    "get_installation": Rule(ADMINS),
    "set_installation_state": Rule(ADMINS, body={"state": "running"}),
    "my_limits": Rule(MINE),
    "get_limits": Rule(ADMINS),
    "put_limits": Rule(ADMINS, body={"max_open_groups": 3}),
    "remove_limits": Rule(ADMINS),
    "list_candles": Rule(SHARED),
    "feed_health": Rule(SHARED),
    "list_venues": Rule(SHARED),
    "list_feeds": Rule(SHARED),
}
OPERATIONS = {operation.id: operation for operation in all_routes().operations}


def test_every_operation_has_a_rule() -> None:
    assert set(RULES) == set(OPERATIONS)
    public = {name for name, operation in OPERATIONS.items() if operation.public}
    assert public == {name for name, rule in RULES.items() if rule.how == PUBLIC}


@pytest.fixture
async def things(site: Site, ada: Person) -> dict[str, str]:
    """One object of each kind, all of them Ada's."""
    town = site.town
    await town.settings(max_open_groups=1)
    first = await site.taken(await town.offer())
    assert first.group_id is not None
    second = await site.taken(await town.offer(symbol="ETHUSDT", entry_price="3000"))
    [queued] = await site.front.queue.list(ada.id)
    assert queued.signal_id == second.signal_id
    waiting = await town.offer(symbol="ETHUSDT", entry_price="3000", timeframe="60")
    webhook = await site.front.webhooks.create(
        ada.id, ada.account, "https://example.com/hook", "Mine"
    )
    return {
        "account": ada.account,
        "offer": waiting.id,
        "group": first.group_id,
        "trade": first.group_id,
        "queued": queued.signal_id,
        "receipt": str(waiting.receipt_id),
        "hook": town.hook.id,
        "webhook": webhook.id,
    }


async def request(site: Site, who: Person, name: str, things: dict[str, str]) -> Any:
    operation, rule = OPERATIONS[name], RULES[name]
    path = operation.path.replace("{symbol}", "BTC-USDT")
    path = path.replace("{version}", "1")
    path = path.replace("{id}", str(ADA) if rule.how == ADMINS else things.get(rule.kind, ""))
    params = {"account": things["account"], **rule.params} if rule.how == BY_QUERY else {}
    body = rule.body
    if rule.how == BY_BODY:
        body = {**rule.body, "account": things["account"]}
    how: dict[str, Any] = {} if body is None else {"json": body}
    return await site.ask(operation.method, path, as_=who, params=params, **how)


def guarded() -> list[Operation]:
    return [operation for operation in OPERATIONS.values() if not operation.public]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x.y.z"}, {"Cookie": "token=1"}])
async def test_without_a_session_nothing_opens(site: Site, headers: dict[str, str]) -> None:
    for operation in guarded():
        path = operation.path.replace("{id}", "x").replace("{symbol}", "BTC-USDT")
        path = path.replace("{version}", "1")
        answer = await site.ask(operation.method, path, headers=headers)
        await problem_of(answer, 401)


async def test_another_persons_objects_are_not_found(
    site: Site, bob: Person, things: dict[str, str]
) -> None:
    for name, rule in RULES.items():
        if rule.how not in (BY_ID, BY_QUERY, BY_BODY):
            continue
        theirs = await problem_of(await request(site, bob, name, things), 404)
        unknown = dict.fromkeys(things, "nosuchthing")
        nobodys = await problem_of(await request(site, bob, name, unknown), 404)
        assert theirs["code"] == nobodys["code"], name
        assert theirs["detail"].replace(things[rule.kind], "") == nobodys["detail"].replace(
            "nosuchthing", ""
        ), name


async def test_without_the_role_nobody_runs_the_installation(
    site: Site, bob: Person, things: dict[str, str]
) -> None:
    for name, rule in RULES.items():
        if rule.how == ADMINS:
            told = await problem_of(await request(site, bob, name, things), 403)
            assert told["code"] == "role_needed", name


async def test_lists_show_nothing_of_others(
    site: Site, bob: Person, things: dict[str, str]
) -> None:
    for path in ("accounts", "offers", "groups", "trades", "queue", "receipts", "hooks"):
        answer = await site.get(f"/api/v1/{path}", as_=bob)
        assert answer.status == 200
        text = await answer.text()
        assert not [kind for kind, one in things.items() if one in text], path


async def test_the_owner_gets_in_everywhere(
    site: Site, ada: Person, things: dict[str, str]
) -> None:
    site.run_worker()
    await site.town.prices({})
    await site.database.pool.execute("update users set role = 'owner' where id = $1", ada.id)
    last = ("remove_queued", "revoke_hook", "close_group", "close_all", "close_session")
    for name in [name for name in RULES if name not in last] + list(last):
        if RULES[name].how == PUBLIC:
            continue
        answer = await request(site, ada, name, things)
        allowed = {200, 202, 204, 409, 410}
        if name == "get_trade":
            allowed = {404}  # it is still open
        assert answer.status in allowed, (name, await answer.text())


async def test_what_others_try_changes_nothing(
    site: Site, ada: Person, bob: Person, things: dict[str, str]
) -> None:
    async def picture() -> list[Any]:
        tables = ("accounts", "position_groups", "queued_signals", "offers", "hooks", "inbox",
                  "installation", "plan_limits")  # fmt: skip
        return [
            sorted(str(tuple(row)) for row in await site.database.pool.fetch(f"select * from {t}"))
            for t in tables
        ]

    before = await picture()
    for name, rule in RULES.items():
        if rule.how in (BY_ID, BY_QUERY, BY_BODY, ADMINS):
            await request(site, bob, name, things)
    assert await picture() == before
    assert ada.id != bob.id
