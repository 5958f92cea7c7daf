"""Settings over the wire: trials, versions, files, read-only, templates, open positions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.api.settings import form
from foundation import limits
from tests.miniapp.kit import Person, Site, problem_of

ROOT = Path(__file__).resolve().parents[2]


def url(who: Person, rest: str = "") -> str:
    return f"/api/v1/accounts/{who.account}/settings{rest}"


async def document(site: Site, who: Person) -> dict[str, Any]:
    answer = await site.ask("GET", url(who), as_=who)
    found: dict[str, Any] = await answer.json()
    return found


async def save(site: Site, who: Person, version: int, **changes: Any) -> Any:
    body = {"version": version, "settings": (await document(site, who)) | changes}
    return await site.ask("PUT", url(who), as_=who, json=body)


async def test_a_document_of_version_1_can_be_saved(site: Site, ada: Person) -> None:
    site.run_worker()
    body = {"version": 1, "settings": {"schema_version": 1, "max_open_groups": 3}}
    answer = await site.ask("PUT", url(ada), as_=ada, json=body)
    assert answer.status == 200, await answer.text()
    found = await document(site, ada)
    assert (found["schema_version"], found["max_open_groups"]) == (2, 3)


async def test_versions_tell_field_before_after_and_unit_and_can_be_restored(
    site: Site, ada: Person
) -> None:
    site.run_worker()
    assert (await save(site, ada, 1, stops={"stop_loss_percent": "5"})).status == 200
    answer = await site.ask("GET", url(ada, "/versions"), as_=ada)
    page = await answer.json()
    assert page["items"][0]["changes"] == [
        {"path": "stops.stop_loss_percent", "before": "off", "after": "5", "unit": "%"}
    ]
    body = {"restore": 1, "version": 2}
    answer = await site.ask("POST", url(ada, "/restore"), as_=ada, json=body)
    assert (await answer.json())["settings_version"] == 3
    assert (await document(site, ada))["stops"]["stop_loss_percent"] is None


async def test_validate_answers_with_the_wrong_fields_and_saves_nothing(
    site: Site, ada: Person
) -> None:
    body = {"settings": {"max_open_groups": 0, "ladder": []}}
    answer = await site.ask("POST", url(ada, "/validate"), as_=ada, json=body)
    assert answer.status == 200
    check = await answer.json()
    assert not check["valid"]
    assert {one["field"] for one in check["problems"]} == {"max_open_groups", "ladder"}
    assert (await document(site, ada))["max_open_groups"] == 10


@pytest.mark.parametrize(
    ("document", "field", "says"),
    [
        ({"stops": {"stop_loss_percent": "0"}}, "stops.stop_loss_percent", "must be above 0 %"),
        ({"max_open_groups": "many"}, "max_open_groups", "must be a number"),
        ({"tp_mode": "never"}, "tp_mode", "must be one of 'per_leg', 'aggregate'"),
        (
            {"protection": {"locks": [{"kind": "cooldown", "stop_minutes": 0}]}},
            "protection.locks[0].stop_minutes",
            "must be 1 min or more",
        ),
        (
            {"ladder": [{"gap_percent": "1", "weight_percent": "100", "tp_percent": "1"}]},
            "ladder[0].gap_percent",
            "must be 0 % or less",
        ),
        (
            {"ladder": [{"gap_percent": "0", "weight_percent": "90", "tp_percent": "1"}]},
            "ladder",
            "weights sum to 90 %, they must sum to 100 %",
        ),
        (
            {
                "pyramid_levels": {
                    "2": [{"gap_percent": "0", "weight_percent": "9", "tp_percent": "1"}]
                }
            },
            "pyramid_levels[2]",
            "weights sum to 9 %",
        ),
        (
            {"stops": {"trailing_stop_percent": "1", "trailing_step_percent": "2"}},
            "stops.trailing_step_percent",
            "must be under trailing_stop_percent 1",
        ),
        ({"nonsense": 1}, "nonsense", "is no setting"),
    ],
)
async def test_a_wrong_field_is_named_by_its_path_with_a_sentence(
    site: Site, ada: Person, document: dict[str, Any], field: str, says: str
) -> None:
    answer = await site.ask("POST", url(ada, "/validate"), as_=ada, json={"settings": document})
    problem = (await answer.json())["problems"][0]
    assert problem["field"] == field
    assert says in problem["message"]


async def test_validate_says_what_raises_risk_and_what_an_entry_spends(
    site: Site, ada: Person
) -> None:
    changed = {"max_open_groups": 20, "queue_limit": 1}
    answer = await site.ask("POST", url(ada, "/validate"), as_=ada, json={"settings": changed})
    check = await answer.json()
    assert check["riskier"] == ["max_open_groups"]
    assert (check["entry_usd"], check["worst_usd"]) == ("500", "50000")


async def test_a_trial_does_not_use_up_what_a_person_may_do(site: Site, ada: Person) -> None:
    for _ in range(limits.ACTS_PER_MINUTE + 1):
        answer = await site.ask("POST", url(ada, "/validate"), as_=ada, json={"settings": {}})
        assert answer.status == 200


async def test_a_version_is_shown_as_a_whole(site: Site, ada: Person) -> None:
    site.run_worker()
    assert (await save(site, ada, 1, max_open_groups=4)).status == 200
    answer = await site.ask("GET", url(ada, "/versions/1"), as_=ada)
    found = await answer.json()
    assert (found["version"], found["by_you"]) == (1, True)
    assert found["settings"]["max_open_groups"] == 10
    gone = await site.ask("GET", url(ada, "/versions/9"), as_=ada)
    await problem_of(gone, 404, "version_not_found")


async def test_the_form_has_every_setting_and_all_defaults(site: Site, ada: Person) -> None:
    form = await site.json("/api/v1/settings/form", as_=ada)
    assert [section["name"] for section in form["sections"]][:2] == ["capital", "ladders"]
    assert form["defaults"] == await document(site, ada)


async def test_an_export_can_be_imported(site: Site, ada: Person) -> None:
    site.run_worker()
    file = await (await site.ask("GET", url(ada, "/export"), as_=ada)).json()
    assert file["format"] == "countersign/settings"
    file["settings"]["max_open_groups"] = 4
    body = {"document": file, "version": 1, "save": True}
    answer = await site.ask("POST", url(ada, "/import"), as_=ada, json=body)
    assert answer.status == 200, await answer.text()
    imported = await answer.json()
    assert (imported["source"], imported["saved"], imported["receipt"]) == ("own", True, None)
    assert (await document(site, ada))["max_open_groups"] == 4


async def test_keys_in_a_foreign_file_are_named_and_never_shown(site: Site, ada: Person) -> None:
    foreign = {
        "max_open_groups": 2,
        "exchange_api": {"api_key": "AKEY-NEVER-SHOWN", "api_secret": "SECRET-NEVER-SHOWN"},
    }
    body = {"document": foreign, "version": 1}
    answer = await site.ask("POST", url(ada, "/import"), as_=ada, json=body)
    text = await answer.text()
    assert (await answer.json())["keys_found"] == [
        "exchange_api.api_key",
        "exchange_api.api_secret",
    ]
    assert "NEVER-SHOWN" not in text


async def test_keys_of_a_file_go_to_the_key_store_or_nowhere(site: Site, ada: Person) -> None:
    foreign = {"exchange_api": {"api_key": "AKEY12345", "api_secret": "SECRET12345"}}
    body = {"document": foreign, "version": 1, "save": True, "keep_keys": True}
    answer = await site.ask("POST", url(ada, "/import"), as_=ada, json=body)
    await problem_of(answer, 409, "no_keys_here")


async def test_a_file_that_is_only_tried_or_is_wrong_leaves_no_keys_behind(
    site: Site, ada: Person
) -> None:
    keys = {"exchange_api": {"api_key": "AKEY12345", "api_secret": "SECRET12345"}}
    body = {"document": keys, "version": 1, "keep_keys": True}
    tried = await site.ask("POST", url(ada, "/import"), as_=ada, json=body)
    assert tried.status == 200, await tried.text()  # and 409 as soon as a key is looked at
    wrong = {"document": {**keys, "max_open_groups": 0}, "version": 1, "keep_keys": True}
    answer = await site.ask("POST", url(ada, "/import"), as_=ada, json={**wrong, "save": True})
    await problem_of(answer, 422, "invalid_input")


async def test_read_only_settings_are_403_until_unlocked(site: Site, ada: Person) -> None:
    site.run_worker()
    assert (await save(site, ada, 1, read_only=True)).status == 200
    await problem_of(await save(site, ada, 2, queue_limit=1), 403, "settings_read_only")
    assert (await save(site, ada, 2, read_only=False)).status == 200


async def test_templates_and_what_would_be_applied_are_shown(site: Site, ada: Person) -> None:
    answer = await site.ask("GET", url(ada, "/templates"), as_=ada)
    names = [one["name"] for one in (await answer.json())["items"]]
    assert names == ["cautious", "balanced", "aggressive", "scalper"]
    answer = await site.ask("GET", url(ada, "/apply"), as_=ada)
    assert await answer.json() == {"settings_version": 1, "groups": []}


async def test_the_generator_form_gives_the_golden_ladder(site: Site, ada: Person) -> None:
    form = {
        "step_percent": "1",
        "step_scale": "4",
        "volume_scale": "1.7",
        "base_usd": "80",
        "safety_usd": "30",
        "orders": 3,
    }
    answer = await site.post("/api/v1/settings/ladder", form, as_=ada)
    assert answer.status == 200, await answer.text()
    made = await answer.json()
    assert [leg["gap_percent"] for leg in made["ladder"]] == ["0", "-1", "-5", "-21"]
    assert made["sizes_usd"] == ["30", "51", "86.7"]
    assert made["total_usd"] == "247.7"
    too_far = await site.post("/api/v1/settings/ladder", {**form, "step_scale": "10"}, as_=ada)
    assert too_far.status == 422
    assert (await too_far.json())["errors"][0]["field"] == "step_scale"


def test_every_setting_has_its_name_in_russian() -> None:
    file = "miniapp/web/src/features/settings/names.ru.ts"
    words = (ROOT / file).read_text(encoding="utf-8")
    paths = {
        control.path
        for one in form().sections
        for group in one.groups
        for control in group.controls
    }
    unnamed = [path for path in paths if f'"{path}": ' not in words and f"  {path}: " not in words]
    assert not unnamed, f"name them in {file}; until then Russians read them in English"
