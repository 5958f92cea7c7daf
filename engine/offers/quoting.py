"""Quoting an entry: the account as it stands, the market as it is, and whether it moved away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.domain.account import Account
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.offers.market import MarketView
from engine.offers.offer import Quote
from engine.offers.pricing import Wish, drift_percent, price
from engine.store.port import Store
from foundation.clock import Clock
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.money import plain

_log = get_logger("engine.offers.quoting")

Known = Callable[[str], Account | None]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote with the entry price it holds for; ``drifted`` when the market gave that price."""

    quote: Quote
    entry_price: Decimal | None
    drifted: bool
    settings: AccountSettings


class Quoter:
    """Prices entries for accounts; reads only.

    ``known`` gives accounts as the engine in this process last decided them; those it does not
    know are read from the store.
    """

    def __init__(
        self, store: Store, market: MarketView, clock: Clock, known: Known | None = None
    ) -> None:
        self._store = store
        self._market = market
        self._clock = clock
        self._known = known or _nobody

    async def accounts(self, account_ids: Sequence[str]) -> Mapping[str, Account]:
        """The accounts as they stand; one that cannot be read is left out. Raises Unavailable."""
        found = {name: account for name in account_ids if (account := self._known(name))}
        unknown = [name for name in dict.fromkeys(account_ids) if name not in found]
        return found | await self._read(unknown) if unknown else found

    async def _read(self, account_ids: Sequence[str]) -> dict[str, Account]:
        """By one reading; one by one when it finds rows it cannot read."""
        try:
            read = await self._store.load_many(account_ids)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one broken account must not stop the others
            if len(account_ids) > 1:
                alone = [await self._read([name]) for name in account_ids]
                return {name: account for some in alone for name, account in some.items()}
            _log.error("an account cannot be read", account=account_ids[0], exc_info=error)
            return {}
        return {name: loaded.account for name, loaded in read.items()}

    async def quote(self, account_id: str, signal: Signal, size_factor: Decimal) -> Quoted:
        """The entry for an account as it stands. Raises Unavailable, NotFound."""
        account = (await self._store.load(account_id)).account
        return await self.quote_on(account, signal, size_factor)

    async def quote_on(self, account: Account, signal: Signal, size_factor: Decimal) -> Quoted:
        """The entry at the signal's price, or at the market's when that has moved away from it.

        Raises Unavailable, NotFound (the venue).
        """
        symbols = sorted({*account.symbols(), signal.symbol})
        market = await self._market.market(account, symbols)
        asked, now = signal.entry_price, market.price(signal.symbol)
        limit = account.settings.max_drift_percent
        drifted = bool(asked and now and drift_percent(asked, now) > limit)
        entry = now if drifted or asked is None else asked
        wish = Wish(replace(signal, entry_price=entry), size_factor, market, self._clock.now())
        quote = price(account, wish)
        if drifted and asked and now:
            quote = replace(quote, note=_note(asked, now))
        return Quoted(quote, entry, drifted, account.settings)


def _nobody(_account_id: str) -> Account | None:
    return None


def _note(asked: Decimal, now: Decimal) -> str:
    moved = drift_percent(asked, now).quantize(Decimal("0.1"))
    way = "above" if now > asked else "below"
    return (
        f"The price was {plain(asked)}; the market is {moved} % {way} it, so this offer is quoted "
        f"at {plain(now)}."
    )
