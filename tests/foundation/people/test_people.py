"""Users: admitted once, owners by rule, consents by version."""

from __future__ import annotations

import asyncio

import pytest

from foundation.db import Database
from foundation.errors import Forbidden, NotFound
from foundation.people import Admission, People, Role
from foundation.settings import load_settings
from tests.support.clock import FakeClock


@pytest.fixture
def people(database: Database, clock: FakeClock) -> People:
    return People(database, clock)


async def test_a_person_is_made_once(people: People, clock: FakeClock) -> None:
    made = await people.ensure(7, "Ada", "ada", "en")
    clock.advance(60)
    again = await people.ensure(7, "Ada", "ada", "ru")
    assert again == made
    assert made.role is Role.USER
    assert made.language == "en"
    assert made.reachable
    assert await people.get(made.id) == made
    assert await people.by_telegram(7) == made
    assert await people.by_telegram(8) is None


async def test_many_at_once_are_still_one(people: People) -> None:
    made = await asyncio.gather(*(people.ensure(7, "Ada", None, None) for _ in range(20)))
    assert len({user.id for user in made}) == 1


async def test_name_follows_telegram_language_is_the_users(people: People) -> None:
    made = await people.ensure(7, "Ada", "ada", "en")
    await people.set_language(made.id, "ru")
    renamed = await people.ensure(7, "Ada L.", None, "de")
    assert (renamed.first_name, renamed.username, renamed.language) == ("Ada L.", None, "ru")


@pytest.mark.parametrize("name", ["\x00bad\ud800", "x" * 5000, "", "<b>'; drop table users;--"])
async def test_hostile_names_are_stored_as_text(people: People, name: str) -> None:
    made = await people.ensure(7, name, name, None)
    assert made.first_name == name.replace("\x00", "").replace("\ud800", "")[:128]


async def test_reachability_is_remembered(people: People) -> None:
    made = await people.ensure(7, "Ada", None, None)
    assert not (await people.set_reachable(made.id, False)).reachable
    assert not (await people.get(made.id)).reachable


async def test_unknown_ids_are_not_found(people: People) -> None:
    with pytest.raises(NotFound):
        await people.get("nobody")
    with pytest.raises(NotFound):
        await people.set_language("nobody", "en")


async def test_the_sandboxs_first_user_owns_it(database: Database, clock: FakeClock) -> None:
    sandbox = People(database, clock, Admission.of(load_settings({})))
    made = await asyncio.gather(*(sandbox.ensure(n, "x", None, None) for n in range(1, 9)))
    assert [user.role for user in made].count(Role.OWNER) == 1
    assert len(await sandbox.owners()) == 1


async def test_with_a_real_bot_nobody_owns_it_by_coming_first(
    database: Database, clock: FakeClock
) -> None:
    settings = load_settings({"BOT_TOKEN": "1:abc"})
    real = People(database, clock, Admission.of(settings))
    assert (await real.ensure(1, "x", None, None)).role is Role.USER


async def test_listed_ids_own_it_also_when_they_were_here_before(
    database: Database, clock: FakeClock
) -> None:
    before = await People(database, clock).ensure(5, "x", None, None)
    settings = load_settings({"OWNER_TELEGRAM_IDS": "5, 6"})
    people = People(database, clock, Admission.of(settings))
    assert (await people.ensure(1, "first", None, None)).role is Role.USER
    assert (await people.ensure(6, "y", None, None)).role is Role.OWNER
    promoted = await people.ensure(5, "x", None, None)
    assert (promoted.id, promoted.role) == (before.id, Role.OWNER)


async def test_closed_registration_keeps_strangers_out_and_friends_in(
    database: Database, clock: FakeClock
) -> None:
    await People(database, clock).ensure(1, "known", None, None)
    settings = load_settings({"REGISTRATION": "closed", "OWNER_TELEGRAM_IDS": "2"})
    closed = People(database, clock, Admission.of(settings))
    assert (await closed.ensure(1, "known", None, None)).role is Role.USER
    assert (await closed.ensure(2, "owner", None, None)).role is Role.OWNER
    with pytest.raises(Forbidden) as refusal:
        await closed.ensure(3, "stranger", None, None)
    assert refusal.value.code == "registration_closed"
    assert await closed.by_telegram(3) is None


async def test_consent_is_the_version_agreed_to_last(people: People, clock: FakeClock) -> None:
    user = await people.ensure(7, "Ada", None, None)
    assert await people.consent(user.id, "risk") is None
    await people.record_consent(user.id, "risk", "1", "chat")
    clock.advance(1)
    await people.record_consent(user.id, "risk", "2", "app")
    clock.advance(1)
    await people.record_consent(user.id, "risk", "1", "chat")  # a late repeat
    assert await people.consent(user.id, "risk") == "2"
    assert await people.consent(user.id, "terms") is None
