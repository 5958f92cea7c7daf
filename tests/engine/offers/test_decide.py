"""Decisions: the first one wins everywhere, and what the others are told."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from engine.api.views import OfferView
from engine.domain.account import Account
from engine.domain.settings import AccountSettings
from engine.store.registry import NewAccount, open_account
from foundation.errors import Conflict, CountersignError, Gone, InvalidInput, NotFound
from foundation.people import Origin
from tests.engine.offers.kit import RISK, Town

D = Decimal


async def test_approving_starts_the_undo_window(town: Town) -> None:
    offer = await town.offer()
    done = await town.approve(offer)
    assert (done.status, done.undo_seconds_left, done.taken) == ("approved", 5, False)
    assert (done.decided_by, done.decided_channel) == (town.user_id, "chat")
    assert done.decided_at == town.clock.now()
    assert (await town.receipt(offer.receipt_id)).code == "approved"
    assert not await town.actors.effect.turn()
    assert await town.inbox() == []
    town.clock.advance(5)
    assert await town.actors.effect.turn()
    [(key, fact)] = await town.inbox()
    assert key == f"offer:{offer.id}"
    assert (fact.approved_by, fact.offer_id, fact.size_factor) == ("person", offer.id, 1)
    assert fact.signal.entry_price == offer.entry_price
    taken = await town.again(offer)
    assert (taken.taken, taken.undo_seconds_left) == (True, 0)
    # nothing is left to do, however often it is looked at
    assert not await town.actors.effect.turn()
    await town.work()
    await town.actors.outcomes.turn()
    opened = await town.again(offer)
    assert (opened.outcome_code, opened.group_id is not None) == ("opened", True)
    assert (await town.receipt(offer.receipt_id)).code == "opened"


async def test_a_hundred_taps_by_chat_and_app_are_one_decision(town: Town) -> None:
    offer = await town.offer()

    async def tap(n: int) -> OfferView | CountersignError:
        channel = "chat" if n % 2 else "app"
        decision = "reject" if n % 10 == 7 else "approve"
        try:
            return await town.offers.decide(
                town.user_id, offer.id, decision, offer.version, channel
            )
        except CountersignError as error:
            return error

    answers = await asyncio.gather(*(tap(n) for n in range(100)))
    won = [answer for answer in answers if isinstance(answer, OfferView)]
    lost = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(won), len(lost)) == (1, 99)
    for error in lost:
        assert error.code == "already_decided"
        assert error.data["decided_by"] == town.user_id
        assert error.data["decided_channel"] == won[0].decided_channel
        assert error.data["decided_at"]
    assert await town.rows("select count(*) from offer_decisions") == [(1,)]
    town.clock.advance(10)
    await asyncio.gather(*(town.actors.effect.turn() for _ in range(5)))
    assert len(await town.inbox()) == (1 if won[0].status == "approved" else 0)


async def test_rejecting(town: Town) -> None:
    offer = await town.offer()
    done = await town.offers.decide(town.user_id, offer.id, "reject", 1, "app")
    assert (done.status, done.decided_channel, done.effective_at) == ("rejected", "app", None)
    assert (await town.receipt(offer.receipt_id)).code == "rejected"
    with pytest.raises(Conflict, match="rejected before"):
        await town.approve(offer)
    town.clock.advance(60)
    assert not await town.actors.effect.turn()


async def test_undo_within_the_window(town: Town) -> None:
    offer = await town.approve(await town.offer())
    town.clock.advance(4.9)
    done = await town.offers.undo(town.user_id, offer.id, "chat")
    assert (done.status, done.outcome_code) == ("withdrawn", "undone")
    town.clock.advance(10)
    assert not await town.actors.effect.turn()
    assert await town.inbox() == []
    with pytest.raises(Conflict) as again:
        await town.offers.undo(town.user_id, offer.id, "chat")
    assert again.value.code == "already_undone"
    decided = await town.rows("select decision from offer_decisions order by id")
    assert decided == [("approve",), ("undo",)]


async def test_undo_after_the_window(town: Town) -> None:
    offer = await town.approve(await town.offer())
    town.clock.advance(5)
    with pytest.raises(Gone) as late:
        await town.offers.undo(town.user_id, offer.id, "chat")
    assert late.value.code == "undo_over"
    await town.actors.effect.turn()
    with pytest.raises(Gone):
        await town.offers.undo(town.user_id, offer.id, "chat")
    assert len(await town.inbox()) == 1


async def test_there_is_nothing_to_undo(town: Town) -> None:
    offer = await town.offer()
    with pytest.raises(Conflict) as early:
        await town.offers.undo(town.user_id, offer.id, "chat")
    assert early.value.code == "nothing_to_undo"


async def test_expired_is_gone_even_before_anybody_looked(town: Town) -> None:
    offer = await town.offer()
    town.clock.advance(15 * 60)
    with pytest.raises(Gone):
        await town.approve(offer)
    assert await town.actors.expiry.turn()
    done = await town.again(offer)
    assert (done.status, done.outcome_code) == ("expired", "expired")
    with pytest.raises(Gone):
        await town.offers.decide(town.user_id, offer.id, "reject", 1, "chat")
    assert (await town.receipt(offer.receipt_id)).code == "expired"


async def test_half_the_size_is_quoted_anew_and_approves_nothing(town: Town) -> None:
    offer = await town.offer()
    half = await town.offers.decide(
        town.user_id, offer.id, "approve", 1, "chat", size_factor=D("0.5")
    )
    assert (half.status, half.version, half.size_factor) == ("pending", 2, D("0.5"))
    assert half.capital_usd < offer.capital_usd * D("0.51")
    with pytest.raises(Conflict) as old:
        await town.approve(offer)
    assert (old.value.code, old.value.data["version"]) == ("version_changed", 2)
    # the size that is shown may be named in the approval
    done = await town.offers.decide(
        town.user_id, offer.id, "approve", 2, "chat", size_factor=D("0.5")
    )
    assert done.status == "approved"
    town.clock.advance(5)
    await town.actors.effect.turn()
    [(_, fact)] = await town.inbox()
    assert fact.size_factor == D("0.5")
    await town.work()
    loaded = await town.store.load(town.account_id)
    [group] = loaded.account.groups.values()
    quoted = [(leg.price, leg.quantity) for leg in half.legs]
    assert [(leg.price, leg.quantity) for _, leg in group.legs] == quoted


async def test_a_size_too_small_leaves_the_offer_as_it_was(town: Town) -> None:
    offer = await town.offer()
    with pytest.raises(Conflict) as small:
        await town.offers.resize(town.user_id, offer.id, 1, D("0.01"))
    assert small.value.code == "under_min_notional"
    for factor in (D(0), D(-1), D("1.1")):
        with pytest.raises(InvalidInput):
            await town.offers.resize(town.user_id, offer.id, 1, factor)
    assert await town.again(offer) == offer


async def test_an_approval_of_a_price_the_market_has_left_is_asked_again(town: Town) -> None:
    offer = await town.offer()
    await town.prices({"BTC/USDT": "60601"})
    with pytest.raises(Conflict) as moved:
        await town.approve(offer)
    assert (moved.value.code, moved.value.data["version"]) == ("requoted", 2)
    asked = await town.again(offer)
    assert (asked.status, asked.version, asked.entry_price) == ("pending", 2, D(60601))
    assert (await town.approve(asked)).status == "approved"


async def test_a_drift_at_the_limit_is_none(town: Town) -> None:
    offer = await town.offer()
    await town.prices({"BTC/USDT": "60600"})
    assert (await town.approve(offer)).status == "approved"


async def test_somebody_elses_offer_is_not_found(town: Town) -> None:
    offer = await town.offer()
    other = await town.people.ensure(2002, "Bob", None, None)
    with pytest.raises(NotFound):
        await town.offers.get(other.id, offer.id)
    with pytest.raises(NotFound):
        await town.offers.decide(other.id, offer.id, "approve", 1, "chat")
    with pytest.raises(NotFound):
        await town.offers.resize(other.id, offer.id, 1, D("0.5"))
    with pytest.raises(NotFound):
        await town.offers.undo(other.id, offer.id, "chat")
    with pytest.raises(NotFound):
        await town.offers.get(town.user_id, "nothing")
    assert (await town.offers.list(other.id)).items == ()
    assert await town.again(offer) == offer


async def test_the_first_approval_records_the_notice_and_every_one_is_audited(town: Town) -> None:
    assert await town.people.consent(town.user_id, "risk") is None
    offer = await town.offer()
    origin = Origin("203.0.113.7", "Telegram")
    await town.offers.decide(town.user_id, offer.id, "approve", 1, "app", origin=origin)
    assert await town.people.consent(town.user_id, "risk") == RISK
    [row] = await town.rows("select decision, channel, consent_version, at from offer_decisions")
    assert row == ("approve", "app", RISK, town.clock.now())
    [(actor, address)] = await town.rows(
        "select actor_id, address from audit_log join audit_origins on audit_id = id "
        "where action = 'offer.approve' and object_id = $1",
        offer.id,
    )
    assert (actor, address) == (town.user_id, "203.0.113.7")


async def test_lists(town: Town) -> None:
    offers = []
    for minutes in ("5", "15", "30"):
        offers.append(await town.offer(timeframe=minutes))
        town.clock.advance(1)
    await town.offers.decide(town.user_id, offers[0].id, "reject", 1, "app")
    pending = await town.offers.list(town.user_id)
    assert [offer.id for offer in pending.items] == [offers[2].id, offers[1].id]
    first = await town.offers.list(town.user_id, None, 2)
    rest = await town.offers.list(town.user_id, None, 2, first.next_cursor)
    assert [offer.id for offer in (*first.items, *rest.items)] == [
        offer.id for offer in reversed(offers)
    ]
    assert rest.next_cursor is None
    assert await town.offers.waiting(town.user_id, town.account_id) == 2
    with pytest.raises(InvalidInput):
        await town.offers.list(town.user_id, "open")


async def test_a_list_of_one_account(town: Town) -> None:
    offer = await town.offer()
    second = Account("second", "paper", AccountSettings())
    new = NewAccount(second, town.user_id, "Second", town.clock.now())
    await open_account(town.database, new)
    of_first = await town.offers.list(town.user_id, account_id=town.account_id)
    assert [one.id for one in of_first.items] == [offer.id]
    assert (await town.offers.list(town.user_id, account_id="second")).items == ()
    other = await town.people.ensure(2002, "Bob", None, None)
    with pytest.raises(NotFound):
        await town.offers.list(other.id, account_id=town.account_id)


Told = tuple[str, str, str | None, str]


async def told(town: Town) -> list[Told]:
    """What the account's events say of decided offers: status, by whom, where, and the receipt."""
    rows = await town.rows(
        "select data->>'status', data->>'by', data->>'channel', correlation_id, data->>'offer_id' "
        "from events where kind = 'offer_decided' order by id"
    )
    assert all(row[4] for row in rows)
    return [row[:4] for row in rows]


async def test_offer_decided_is_told_with_by_whom_and_where(town: Town) -> None:
    approved = await town.approve(await town.offer())
    await town.offers.undo(town.user_id, approved.id, "chat")
    rejected = await town.offer(symbol="ETHUSDT", entry_price="3000", close_price="3000")
    await town.offers.decide(town.user_id, rejected.id, "reject", rejected.version, "app")
    assert await told(town) == [
        ("approved", town.user_id, "chat", approved.receipt_id),
        ("withdrawn", town.user_id, "chat", approved.receipt_id),
        ("rejected", town.user_id, "app", rejected.receipt_id),
    ]


async def test_offer_decided_tells_what_nobody_decided_and_what_was_overtaken(town: Town) -> None:
    overtaken = await town.offer()
    town.clock.advance(1)
    late = await town.offer(entry_price="60001")
    town.clock.advance(86_400)
    await town.actors.expiry.turn()
    assert await told(town) == [
        ("withdrawn", "engine", None, overtaken.receipt_id),
        ("expired", "engine", None, late.receipt_id),
    ]


async def test_offer_decided_tells_an_approval_that_ran_out(town: Town) -> None:
    offer = await town.approve(await town.offer())
    town.clock.advance(86_400)
    await town.actors.effect.turn()
    assert [(one[0], one[1]) for one in await told(town)] == [
        ("approved", town.user_id),
        ("expired", "engine"),
    ]
    assert (await town.again(offer)).status == "expired"


async def test_offer_decided_tells_what_the_policy_approved(town: Town) -> None:
    await town.settings(auto_approve="all")
    receipt = await town.alert()
    await town.actors.fan_out.turn()
    await town.work()
    assert await told(town) == [("approved", "policy", "policy", receipt.id)]


async def test_an_offer_is_decided_and_told_together_or_not_at_all(town: Town) -> None:
    offer = await town.offer()
    async with town.failing("events"):
        with pytest.raises(CountersignError):
            await town.approve(offer)
    assert (await town.again(offer)).status == "pending"
    assert await told(town) == []
