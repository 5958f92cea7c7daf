"""What handlers and consumers share: the engine's front door, people, and the look of a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text

from bot.cards.card import Card
from bot.cards.look import Look, Theme
from bot.cards.offer import offer_card
from bot.cards.position import position_card
from bot.cards.position_chart import chart, chart_timeframe
from bot.i18n import texts_for
from bot.risk import RISK_DOCUMENT, RISK_VERSION
from engine.api.front import Front
from engine.api.views import AccountView, CandleView, GroupDetail, OfferView
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput
from foundation.limits import BOT_CHART_CANDLES
from foundation.people import OwnerClaim, People, User

_THEME = text("select chart_theme from telegram_chats where user_id = :user")
_SET_THEME = text("""
    insert into telegram_chats (user_id, chart_theme) values (:user, :theme)
    on conflict (user_id) do update set chart_theme = excluded.chart_theme
""").bindparams(bindparam("theme"))


@dataclass(frozen=True, slots=True)
class House:
    """Handed to every handler; nothing in it sends messages."""

    front: Front
    people: People
    claim: OwnerClaim
    database: Database
    clock: Clock
    bus: Bus
    app_url: str | None

    async def look(self, user: User) -> Look:
        """How cards look for this person."""
        async with self.database.connect() as connection:
            theme: Theme | None = await connection.scalar(_THEME, {"user": user.id})
        return Look(texts_for(user.language), theme or "dark", self.app_url)

    async def set_theme(self, user: User, theme: str) -> None:
        """Remember the chart colours the person chose. Raises InvalidInput."""
        if theme not in ("dark", "light"):
            raise InvalidInput("a chart theme is dark or light", field="theme")
        async with self.database.begin() as connection:
            await connection.execute(_SET_THEME, {"user": user.id, "theme": theme})

    async def account(self, user: User) -> AccountView:
        """The account commands act on: the person's first one, on paper when there is none."""
        accounts = await self.front.accounts.list(user.id)
        return accounts[0] if accounts else await self.front.accounts.ensure_paper(user.id)

    async def needs_consent(self, user: User) -> bool:
        """Whether the risk notice in force was not accepted yet."""
        return await self.people.consent(user.id, RISK_DOCUMENT) != RISK_VERSION

    async def accept_risk(self, user: User) -> None:
        """The person accepted the risk notice that is shown to them."""
        await self.people.record_consent(user.id, RISK_DOCUMENT, RISK_VERSION, "chat")

    async def offer_card(self, user: User, offer: OfferView, *, fresh: bool) -> Card:
        """The card of an offer; a ``fresh`` one comes with a chart, else the picture stays."""
        look = await self.look(user)
        candles = None
        if fresh and offer.legs:
            account = await self.front.accounts.get(user.id, offer.account_id)
            candles = await self._candles(offer.symbol, offer.timeframe, account.board)
        asks = offer.status == "pending" and await self.needs_consent(user)
        return offer_card(offer, look, candles, needs_consent=asks)

    async def position_card(self, user: User, detail: GroupDetail) -> Card:
        """The live card of a group with its chart."""
        look = await self.look(user)
        group = detail.group
        until = group.closed_at or self.clock.now()
        frame = chart_timeframe(group, int((until - group.created_at).total_seconds()))
        candles = await self._candles(group.symbol, frame, group.board)
        made = position_card(detail, look)
        photo = chart(detail, look, candles)
        return Card(made.text, made.entities, made.markup, photo, made.silent)

    async def _candles(self, symbol: str, minutes: int, board: str) -> Sequence[CandleView]:
        """The board's last bars; none when the market keeps no bars of this length."""
        try:
            return await self.front.markets.candles(symbol, minutes, BOT_CHART_CANDLES, board)
        except InvalidInput:
            return ()
