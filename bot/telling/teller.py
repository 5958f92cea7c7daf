"""Reads what happened in the engine and puts cards into the outbox; each thing told once."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial

from sqlalchemy import bindparam, text
from sqlalchemy.types import DateTime

from bot.away import AWAY
from bot.cards.card import card
from bot.cards.position import closed_notice, position_card
from bot.cursors import Cursors
from bot.house import House
from bot.i18n import Texts, texts_for
from bot.outbox.items import Item, Priority, Thing, correct, live, send
from bot.outbox.store import Outbox
from bot.telling.load import Load
from bot.telling.notices import Told, is_urgent, notice
from engine.api.views import EventView, OfferView
from foundation import limits
from foundation.errors import NotFound
from foundation.log import get_logger
from foundation.people import User

_log = get_logger("bot.telling")
_MINUTE_S = 60.0
#: Why an offer was withdrawn, where that is no news to somebody who never saw it.
_OVERTAKEN = frozenset({"replaced", "exited"})
_CHATS_WITH_POSITIONS = text("""
    select distinct chat_id from telegram_messages
    where bot_id = :bot and object_kind = 'group' and chat_id > 0
      and shown_at > :now - make_interval(days => :days)
""").bindparams(bindparam("now", type_=DateTime(timezone=True)))


class Teller:
    """Three endless readers: events, offers, and the slow refresh of open positions."""

    def __init__(self, house: House, outbox: Outbox, cursors: Cursors, bot_id: int) -> None:
        self._house = house
        self._outbox = outbox
        self._cursors = cursors
        self._bot_id = bot_id
        self._told_at: dict[str, deque[float]] = {}
        self._told_percent: dict[str, Decimal] = {}
        self._load = Load(house)
        # whom a page is told to; looked at anew with each page
        self._users: dict[str, User] = {}

    async def run_events(self) -> None:
        """Tell events for ever, from where the last process stopped."""
        cursor = await self._cursors.get("events")
        if cursor is None:
            cursor = await self._house.front.events.end()
            await self._write([], "events", cursor)
        while True:
            mark = self._house.bus.mark("events")
            rows, after = await self._house.front.events.read(cursor, limits.BOT_CONSUMER_BATCH)
            if rows:
                await self._write(await self._tell_events(rows), "events", after)
                cursor = after
                await self._breathe()
            else:
                await self._rest("events", mark)

    async def run_offers(self) -> None:
        """Show every new or changed offer for ever."""
        cursor = await self._cursors.get("offers")
        if cursor is None:
            cursor = await self._house.front.offers.changes_end()
            await self._write([], "offers", cursor)
        while True:
            mark = self._house.bus.mark("offers")
            rows, after = await self._house.front.offers.changes(cursor, limits.BOT_CONSUMER_BATCH)
            if rows:
                await self._write(await self._tell_offers(rows), "offers", after)
                cursor = after
            else:
                await self._rest("offers", mark)

    async def run_refresh(self) -> None:
        """Every minute, show open positions whose result moved noticeably."""
        while True:
            await self._house.clock.sleep(limits.BOT_REFRESH_S)
            if await self._load.heavy():
                continue
            for chat_id in await self._chats_with_positions():
                await self._outbox.put(await self._safely(partial(self._refresh, chat_id)))

    async def _rest(self, topic: str, mark: int) -> None:
        idle, gather = limits.BOT_CONSUMER_IDLE_S, limits.BUS_GATHER_S
        await self._house.bus.wait(topic, idle, since=mark, gather=gather)

    async def _breathe(self) -> None:
        """Under load cards are shown less often: what happens meanwhile becomes one edit."""
        if await self._load.heavy():
            await self._house.clock.sleep(limits.BOT_SHED_PAUSE_S)

    async def _write(self, items: Sequence[Item], name: str, cursor: str) -> None:
        async with self._house.database.begin() as connection:
            await self._outbox.put(items, connection)
            await self._cursors.move(name, cursor, connection)
        if items:
            self._outbox.wake()

    # --- offers -------------------------------------------------------------------------------

    async def _tell_offers(self, rows: Sequence[OfferView]) -> list[Item]:
        self._users.clear()
        latest = {offer.id: offer for offer in rows}
        items: list[Item] = []
        for offer in latest.values():
            items += await self._safely(partial(self._offer, offer))
        return items

    async def _offer(self, offer: OfferView) -> list[Item]:
        user = await self._reachable_owner(offer.account_id)
        if user is None:
            return []
        thing = Thing("offer", offer.id)
        known = await self._outbox.shown(user.telegram_id, thing)
        fresh = offer.status == "pending" or known is None
        shown = await self._house.offer_card(user, offer, fresh=fresh)
        if offer.status == "withdrawn" and offer.outcome_code in _OVERTAKEN:
            return [correct(user.telegram_id, thing, shown)]
        return [live(user.telegram_id, thing, shown, Priority.DECISION)]

    # --- events -------------------------------------------------------------------------------

    async def _tell_events(self, rows: Sequence[EventView]) -> list[Item]:
        self._users.clear()
        items: list[Item] = []
        by_account: dict[str, list[EventView]] = {}
        for row in rows:
            by_account.setdefault(row.account_id, []).append(row)
        for account_id, events in by_account.items():
            items += await self._safely(partial(self._account, account_id, events))
        return items

    async def _account(self, account_id: str, events: Sequence[EventView]) -> list[Item]:
        user = await self._reachable_owner(account_id)
        if user is None:
            return []
        items: list[Item] = []
        for group_id in dict.fromkeys(e.group_id for e in events if e.group_id):
            mine = [e for e in events if e.group_id == group_id]
            items += await self._safely(partial(self._group, user, group_id, mine))
        account = await self._house.front.accounts.get(user.id, account_id)
        texts = texts_for(user.language)
        told = [(e, notice(e, account.label, user.id, texts)) for e in events]
        items += self._notices(user, [(e, t) for e, t in told if t is not None], texts)
        return items

    async def _group(self, user: User, group_id: str, events: Sequence[EventView]) -> list[Item]:
        """All events of one group become one look at its card, and a reply when it closed."""
        detail = await self._house.front.groups.get(user.id, group_id)
        thing = Thing("group", group_id)
        urgent = any(is_urgent(event) for event in events)
        priority = Priority.DECISION if urgent else Priority.LIVE
        shown = await self._house.position_card(user, detail)
        items = [live(user.telegram_id, thing, shown, priority)]
        self._told_percent[group_id] = detail.group.unrealized_pnl_percent or Decimal(0)
        if any(event.kind == "group_closed" for event in events):
            self._told_percent.pop(group_id, None)
            words = closed_notice(detail, texts_for(user.language))
            key = f"closed:{group_id}"
            items.append(send(user.telegram_id, card(words), key, reply_to=thing))
        return items

    def _notices(
        self, user: User, told: Sequence[tuple[EventView, Told]], texts: Texts
    ) -> list[Item]:
        """At most a few notices a minute; the others collapse into one line."""
        items: list[Item] = []
        collapsed = 0
        for event, words in told:
            if not words.critical and not self._room(user.id):
                collapsed += 1
                continue
            reply = Thing("group", event.group_id) if event.group_id else None
            message = card(words.text, silent=words.silent)
            key = f"event:{event.id}"
            items.append(send(user.telegram_id, message, key, reply_to=reply))
        if collapsed:
            message = card(texts("notice-more", count=collapsed), silent=True)
            key = f"more:{told[-1][0].id}"
            items.append(send(user.telegram_id, message, key, Priority.BULK))
        return items

    def _room(self, user_id: str) -> bool:
        now = self._house.clock.monotonic()
        times = self._told_at.setdefault(user_id, deque())
        while times and now - times[0] > _MINUTE_S:
            times.popleft()
        if len(times) >= limits.BOT_NOTICES_PER_MINUTE:
            return False
        times.append(now)
        return True

    # --- refresh ------------------------------------------------------------------------------

    async def _chats_with_positions(self) -> list[int]:
        values = {
            "bot": self._bot_id,
            "now": self._house.clock.now(),
            "days": limits.BOT_REFRESH_DAYS,
        }
        async with self._house.database.connect() as connection:
            return list((await connection.execute(_CHATS_WITH_POSITIONS, values)).scalars())

    async def _refresh(self, chat_id: int) -> list[Item]:
        user = await self._house.people.by_telegram(chat_id)
        if user is None or not user.reachable:
            return []
        look = await self._house.look(user)
        page = await self._house.front.groups.list(user.id, limit=limits.BOT_STOP_GROUPS_MAX)
        items: list[Item] = []
        for group in page.items:
            percent = group.unrealized_pnl_percent
            thing = Thing("group", group.id)
            before = self._told_percent.get(group.id, Decimal(0))
            if percent is None or abs(percent - before) < Decimal(str(limits.BOT_REFRESH_PERCENT)):
                continue
            if await self._outbox.shown(chat_id, thing) is None:
                continue
            self._told_percent[group.id] = percent
            detail = await self._house.front.groups.get(user.id, group.id)
            # the picture stays: only the numbers moved
            items.append(live(chat_id, thing, position_card(detail, look)))
        return items

    # --- shared -------------------------------------------------------------------------------

    async def _reachable_owner(self, account_id: str) -> User | None:
        try:
            user_id = await self._house.front.accounts.owner(account_id)
            user = self._users.get(user_id) or await self._house.people.get(user_id)
        except NotFound:
            return None
        self._users[user_id] = user
        return user if user.reachable else None

    async def _safely(self, make: Callable[[], Awaitable[list[Item]]]) -> list[Item]:
        """One thing that cannot be told must not keep the others from being told."""
        try:
            return await make()
        except AWAY:
            raise
        except NotFound:
            return []
        except Exception as error:  # noqa: BLE001 - logged; the next event shows the card again
            _log.error("something could not be told", exc_info=error)
            return []
