"""Switching targets over HTTP: a preview that changes nothing, then the switch, and its errors."""

from __future__ import annotations

from tests.miniapp.kit import Person, Site


async def test_the_mode_of_an_open_group_is_switched_after_a_preview(
    site: Site, ada: Person
) -> None:
    offer = await site.taken(await site.town.offer())
    path = f"/api/v1/groups/{offer.group_id}"
    wish = {"tp_mode": "aggregate", "tp_aggregate_percent": "2.5"}
    seen = await site.post(f"{path}/targets/preview", wish, as_=ada)
    assert seen.status == 200, await seen.text()
    preview = await seen.json()
    assert preview["execution"] == "monitor"
    assert preview["cancels"] == 0
    before = await site.json(path, as_=ada)
    assert before["group"]["tp_mode"] == "per_leg"
    site.run_worker()
    switched = await site.post(f"{path}/targets", wish, as_=ada)
    assert switched.status == 200, await switched.text()
    assert await switched.json() == {
        "tp_mode": "aggregate",
        "tp_execution": "monitor",
        "tp_aggregate_percent": "2.5",
    }
    after = await site.json(path, as_=ada)
    assert after["group"]["tp_mode"] == "aggregate"


async def test_a_percent_that_is_none_is_refused_with_its_field(site: Site, ada: Person) -> None:
    offer = await site.taken(await site.town.offer())
    path = f"/api/v1/groups/{offer.group_id}/targets"
    answer = await site.post(path, {"tp_aggregate_percent": "0"}, as_=ada)
    assert answer.status == 422
    problem = await answer.json()
    assert problem["errors"][0]["field"] == "tp_aggregate_percent"
