"""Decisions over HTTP: the first one wins, whoever is late is told by whom and when."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from engine.api.views import OfferView
from tests.miniapp.kit import Person, Site, problem_of


async def decide(site: Site, who: Person, offer: OfferView, decision: str, **more: Any) -> Any:
    body = {"decision": decision, "version": offer.version} | more
    path = f"/api/v1/offers/{offer.id}/decision"
    return await site.post(path, body, as_=who, headers={"User-Agent": "test browser"})


async def test_approve_then_undo(site: Site, ada: Person) -> None:
    offer = await site.town.offer()
    answer = await decide(site, ada, offer, "approve")
    assert answer.status == 200
    shown = await answer.json()
    assert (shown["status"], shown["decided_channel"]) == ("approved", "app")
    assert shown["decided_by"] == ada.id
    assert shown["undo_seconds_left"] == 5
    undone = await site.post(f"/api/v1/offers/{offer.id}/undo", as_=ada)
    assert (await undone.json())["status"] == "withdrawn"
    await problem_of(await site.post(f"/api/v1/offers/{offer.id}/undo", as_=ada), 409)


async def test_a_hundred_taps_are_one_decision(site: Site, ada: Person) -> None:
    offer = await site.town.offer()
    site.clock.advance(60)
    await site.town.prices({})
    taps = [decide(site, ada, offer, "approve" if n % 2 else "reject") for n in range(50)]
    answers = await asyncio.gather(*taps)
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {200: 1, 409: 49}
    winner = next([await one.json() for one in answers if one.status == 200].__iter__())
    for answer in answers:
        if answer.status == 409:
            body = await problem_of(answer, 409)
            assert body["data"]["decided_by"] == ada.id
            assert body["data"]["decided_channel"] == "app"
            assert body["data"]["decided_at"] is not None
            assert body["data"]["decided_at"][:19] == winner["decided_at"][:19]


async def test_chat_and_app_race_and_one_wins(site: Site, ada: Person) -> None:
    offer = await site.town.offer()
    in_chat = site.town.approve(offer)
    results = await asyncio.gather(
        in_chat, decide(site, ada, offer, "reject"), return_exceptions=True
    )
    chat, app = results
    now = await site.town.again(offer)
    if isinstance(chat, BaseException):
        assert (now.status, now.decided_channel) == ("rejected", "app")
        assert app.status == 200  # type: ignore[union-attr]  # the answer of the app
    else:
        assert (now.status, now.decided_channel) == ("approved", "chat")
        body = await problem_of(app, 409)
        assert body["data"]["decided_channel"] == "chat"


async def test_an_expired_offer_is_gone(site: Site, ada: Person) -> None:
    offer = await site.town.offer()
    site.clock.advance((offer.expires_at - site.clock.now()).total_seconds() - 100)
    again = await site.sign_in()
    site.clock.advance(101)
    await problem_of(await decide(site, again, offer, "approve"), 410)
    assert (await site.town.again(offer)).status in ("pending", "expired")


async def test_other_numbers_than_those_shown(site: Site, ada: Person) -> None:
    offer = await site.town.offer()
    half = await decide(site, ada, offer, "approve", size_factor="0.5")
    shown = await half.json()
    assert (half.status, shown["status"], shown["version"]) == (200, "pending", 2)
    assert shown["size_factor"] == "0.5"
    await problem_of(await decide(site, ada, offer, "approve"), 409, "version_changed")


async def test_where_a_decision_came_from_is_kept_apart(site: Site, ada: Person) -> None:
    await decide(site, ada, await site.town.offer(), "reject")
    [row] = await site.database.pool.fetch("select address, user_agent from audit_origins")
    assert tuple(row) == ("127.0.0.1", "test browser")


async def test_closing_a_position(site: Site, ada: Person) -> None:
    taken = await site.taken(await site.town.offer())
    listed = await site.json(f"/api/v1/groups?account={ada.account}", as_=ada)
    assert [one["id"] for one in listed["items"]] == [taken.group_id]
    detail = await site.json(f"/api/v1/groups/{taken.group_id}", as_=ada)
    assert len(detail["pyramids"][0]["legs"]) == 5
    story = await site.json(f"/api/v1/groups/{taken.group_id}/events", as_=ada)
    assert story["items"]
    assert all(one["reason"] for one in story["items"])
    site.run_worker()
    answer = await site.post(f"/api/v1/groups/{taken.group_id}/close", {"fraction": "1"}, as_=ada)
    assert answer.status == 200, await answer.text()
    assert (await answer.json())["group"]["status"] in ("closing", "closed")


async def test_settings_are_saved_by_version(site: Site, ada: Person) -> None:
    path = f"/api/v1/accounts/{ada.account}/settings"
    site.run_worker()
    known = await site.json(path, as_=ada)
    body = {"version": 1, "settings": known | {"total_capital_usd": "1E+4", "max_open_groups": 3}}
    saved = await site.ask("PUT", path, as_=ada, json=body)
    assert (saved.status, (await saved.json())["settings_version"]) == (200, 2)
    now = await site.json(path, as_=ada)
    assert (now["max_open_groups"], now["total_capital_usd"]) == (3, "10000")
    await problem_of(await site.ask("PUT", path, as_=ada, json=body), 409)
    broken = body | {"settings": known | {"ladder": []}}
    await problem_of(await site.ask("PUT", path, as_=ada, json=broken), 422, "invalid_request")
