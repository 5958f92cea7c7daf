"""The same request twice: idempotency keys act once, entity tags save the second answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from foundation import limits
from miniapp.server.endpoint import REPEATS
from tests.miniapp.kit import Person, Site, problem_of


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


async def make(site: Site, who: Person, name: str, label: str) -> Any:
    body = {"account": who.account, "label": label}
    return await site.post("/api/v1/hooks", body, as_=who, headers=key(name))


async def hooks(site: Site, who: Person) -> Counter[str]:
    return Counter(one["label"] for one in (await site.json("/api/v1/hooks", as_=who))["items"])


async def test_a_repeat_gets_the_first_answer(site: Site, ada: Person) -> None:
    first = await make(site, ada, "k1", "One")
    again = await make(site, ada, "k1", "One")
    assert first.status == again.status == 200
    assert await first.json() == await again.json()
    assert (await hooks(site, ada))["One"] == 1


async def test_twenty_at_once_act_once(site: Site, ada: Person) -> None:
    answers = await asyncio.gather(*(make(site, ada, "k1", "One") for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len({(await answer.json())["id"] for answer in answers}) == 1
    assert (await hooks(site, ada))["One"] == 1


async def test_a_key_is_for_one_request(site: Site, ada: Person, bob: Person) -> None:
    await make(site, ada, "k1", "One")
    await problem_of(await make(site, ada, "k1", "Two"), 409, "key_reused")
    theirs = await make(site, bob, "k1", "Two")
    assert theirs.status == 200  # keys belong to their person


async def test_refusals_are_not_kept(site: Site, ada: Person) -> None:
    await make(site, ada, "k1", "One")
    await problem_of(await make(site, ada, "k2", "One"), 409, "label_taken")
    hook = (await site.json("/api/v1/hooks", as_=ada))["items"][-1]["id"]
    assert (await site.ask("DELETE", f"/api/v1/hooks/{hook}", as_=ada)).status == 204
    assert (await make(site, ada, "k2", "One")).status == 200


async def test_deleting_twice_with_one_key(site: Site, ada: Person) -> None:
    hook = (await (await make(site, ada, "k1", "One")).json())["id"]
    for _ in range(2):
        path = f"/api/v1/hooks/{hook}"
        assert (await site.ask("DELETE", path, as_=ada, headers=key("gone"))).status == 204
    await problem_of(await site.ask("DELETE", f"/api/v1/hooks/{hook}", as_=ada), 404)


async def test_keys_that_are_none(site: Site, ada: Person) -> None:
    for bad in ("", "x" * 65, "é", "a\tb"):
        await problem_of(await make(site, ada, bad, "One"), 422)


async def test_kept_answers_are_sealed(site: Site, ada: Person) -> None:
    made = await (await make(site, ada, "k1", "One")).json()
    for row in await site.database.pool.fetch("select * from idempotency"):
        assert made["secret"].encode() not in row["body"]
        assert made["id"].encode() not in row["body"]


async def test_kept_answers_are_forgotten_after_a_day(site: Site, ada: Person) -> None:
    await make(site, ada, "k1", "One")
    site.clock.advance(limits.IDEMPOTENCY_KEPT_S + 1)
    await site.server.app[REPEATS].sweep()
    assert await site.database.pool.fetchval("select count(*) from idempotency") == 0


async def test_a_command_without_an_engine_is_accepted_and_can_be_asked_again(
    site: Site, ada: Person
) -> None:
    path, body = f"/api/v1/accounts/{ada.account}/state", {"state": "paused"}
    waiting = await site.post(path, body, as_=ada, headers=key("k1"))
    assert waiting.status == 202
    assert set(await waiting.json()) == {"receipt", "status"}
    site.run_worker()
    decided = await site.post(path, body, as_=ada, headers=key("k1"))
    assert decided.status == 200
    assert (await decided.json())["state"] == "paused"
    assert await site.database.pool.fetchval("select count(*) from inbox") == 1


async def test_polled_lists_answer_304(site: Site, ada: Person) -> None:
    await site.taken(await site.town.offer())
    lists = ("offers", "groups", "trades", "queue", "receipts")
    for path in (*lists, f"performance?account={ada.account}"):
        url = f"/api/v1/{path}"
        first = await site.get(url, as_=ada)
        tag = first.headers["ETag"]
        assert first.headers["Cache-Control"] == "private, no-cache"
        for given in (tag, f'"x", {tag}', "*", tag.removeprefix("W/")):
            again = await site.get(url, as_=ada, headers={"If-None-Match": given})
            assert again.status == 304, given
            assert await again.text() == ""
            assert again.headers["ETag"] == tag
        other = await site.get(url, as_=ada, headers={"If-None-Match": '"x"'})
        assert other.status == 200


async def test_a_change_changes_the_tag(site: Site, ada: Person) -> None:
    await site.town.offer()
    tag = (await site.get("/api/v1/offers", as_=ada)).headers["ETag"]
    await site.town.offer(symbol="ETHUSDT", entry_price="3000")
    again = await site.get("/api/v1/offers", as_=ada, headers={"If-None-Match": tag})
    assert again.status == 200
    assert len((await again.json())["items"]) == 2


async def test_a_silent_feed_is_never_answered_as_unchanged(site: Site, ada: Person) -> None:
    url = f"/api/v1/performance?account={ada.account}"
    await site.town.prices({})
    tag = (await site.get(url, as_=ada)).headers["ETag"]
    site.clock.advance(1)
    same = await site.get(url, as_=ada, headers={"If-None-Match": tag})
    assert same.status == 304
    site.clock.advance(limits.HEARTBEAT_STEP_S)
    older = await site.get(url, as_=ada, headers={"If-None-Match": tag})
    assert older.status == 200
    assert (await older.json())["feed"]["heartbeat_age"] > limits.HEARTBEAT_STEP_S


async def test_pages_without_holes_or_doubles(site: Site, ada: Person) -> None:
    made = [await make(site, ada, f"k{n}", f"Hook {n}") for n in range(3)]
    assert len(made) == 3
    ids = []
    for n in range(5):
        site.clock.advance(1)
        offer = await site.town.offer(timeframe=str(15 + n))
        ids.append(offer.id)
    seen, cursor = [], ""
    while True:
        page = await site.json(f"/api/v1/offers?limit=2{cursor}", as_=ada)
        assert len(page["items"]) <= 2
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == ids[::-1]
    only = await site.json("/api/v1/offers?status=approved", as_=ada)
    assert only == {"items": [], "next_cursor": None}


async def test_amounts_are_plain_text(site: Site, ada: Person) -> None:
    home = await site.json(f"/api/v1/performance?account={ada.account}", as_=ada)
    assert home["equity_usd"] == "10000"
    assert home["pnl_total_usd"] == "0"
    offer = await site.town.offer()
    [shown] = (await site.json("/api/v1/offers", as_=ada))["items"]
    assert shown["id"] == offer.id
    for leg in shown["legs"]:
        assert all("E" not in value for value in leg.values() if isinstance(value, str))
