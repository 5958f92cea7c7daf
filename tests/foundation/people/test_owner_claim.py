"""The claim link: for one person, once, and only while nobody owns the installation."""

from __future__ import annotations

import asyncio

import pytest

from foundation import limits
from foundation.db import Database
from foundation.errors import Conflict, CountersignError, Gone, NotFound
from foundation.people import OwnerClaim, People, Role
from tests.support.clock import FakeClock


@pytest.fixture
def people(database: Database, clock: FakeClock) -> People:
    return People(database, clock)


@pytest.fixture
def claim(database: Database, clock: FakeClock) -> OwnerClaim:
    return OwnerClaim(database, clock)


async def _token(claim: OwnerClaim) -> str:
    token = await claim.create()
    assert token is not None
    return token


async def test_the_link_makes_an_owner_once(people: People, claim: OwnerClaim) -> None:
    ada, bob = await people.ensure(1, "A", None, None), await people.ensure(2, "B", None, None)
    token = await _token(claim)
    await claim.redeem(ada.id, token)
    assert (await people.get(ada.id)).role is Role.OWNER
    with pytest.raises(Gone):
        await claim.redeem(bob.id, token)
    assert await claim.create() is None


async def test_a_newer_link_replaces_the_older(people: People, claim: OwnerClaim) -> None:
    ada = await people.ensure(1, "A", None, None)
    old, new = await _token(claim), await _token(claim)
    with pytest.raises(NotFound):
        await claim.redeem(ada.id, old)
    await claim.redeem(ada.id, new)


async def test_a_link_expires(people: People, claim: OwnerClaim, clock: FakeClock) -> None:
    ada = await people.ensure(1, "A", None, None)
    token = await _token(claim)
    clock.advance(limits.OWNER_CLAIM_LIFETIME_S)
    with pytest.raises(Gone):
        await claim.redeem(ada.id, token)


async def test_no_claim_against_an_owner(
    database: Database, people: People, claim: OwnerClaim
) -> None:
    ada = await people.ensure(1, "A", None, None)
    token = await _token(claim)
    async with database.pool.acquire() as connection:
        await connection.execute(
            "insert into users (id, telegram_id, first_name, role, created_at)"
            " values ('o', 9, 'O', 'owner', now())"
        )
    with pytest.raises(Conflict):
        await claim.redeem(ada.id, token)


async def test_many_at_once_make_one_owner(people: People, claim: OwnerClaim) -> None:
    crowd = [await people.ensure(n, "x", None, None) for n in range(1, 6)]
    token = await _token(claim)
    outcomes = await asyncio.gather(
        *(claim.redeem(user.id, token) for user in crowd), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert all(isinstance(one, CountersignError) for one in outcomes if one is not None)
    assert len(await people.owners()) == 1
