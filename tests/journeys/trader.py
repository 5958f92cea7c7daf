"""A person's own API hands: sets the scene that a picture or a check of a screen needs."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any, Self

from tests.support.house import House
from tests.support.until import until

WITHIN_S = 20.0


class Trader:
    """One signed-in person and their paper account."""

    def __init__(self, house: House, telegram_id: int, token: str, account_id: str) -> None:
        self._house = house
        self.telegram_id = telegram_id
        self._token = token
        self._account_id = account_id

    @classmethod
    async def of(cls, house: House, telegram_id: int, first_name: str) -> Self:
        token = await house.sign_in(telegram_id, first_name)
        _, accounts = await house.get("/api/v1/accounts", token)
        return cls(house, telegram_id, token, accounts["items"][0]["id"])

    async def get(self, path: str) -> Any:
        status, body = await self._house.get(f"/api/v1{path}", self._token)
        assert status == 200, body
        return body

    async def choose(self, **settings: Any) -> None:
        """Change some of the account's settings."""
        path = f"/api/v1/accounts/{self._account_id}"
        account = await self.get(f"/accounts/{self._account_id}")
        now = await self.get(f"/accounts/{self._account_id}/settings")
        body = {"version": account["settings_version"], "settings": {**now, **settings}}
        status, answer = await self._send("PUT", f"{path}/settings", body)
        assert status == 200, answer

    async def alert(self, symbol: str, side: str = "long") -> None:
        """Send an alert through the person's own hook."""
        body = {"user": self.telegram_id, "symbol": symbol, "side": side}
        status, answer = await self._house.post(
            f"{self._house.sandbox_url}/sandbox/api/alerts", body
        )
        assert status in (200, 201, 202), answer

    async def opens(self, symbol: str, side: str = "long", fall: str = "1") -> Decimal:
        """Take an alert at once, move its market to `fall` times the price; that price."""
        price = Decimal(await self._house.price(symbol))
        await self.choose(auto_approve="all", undo_seconds=0)
        await self.alert(symbol, side)
        await until(lambda: self.group(symbol), within=WITHIN_S, every=0.1)
        await self.choose(auto_approve="off", undo_seconds=5)
        await self.moves(symbol, price * Decimal(fall))
        return price

    async def moves(self, symbol: str, price: Decimal) -> None:
        places = max(-int(price.adjusted()) + 5, 2)
        await self._house.market(symbol, f"{price:.{places}f}")

    async def block(self, symbol: str) -> None:
        """Have the risk engine leave a position alone."""
        group = await self.group(symbol)
        assert group is not None
        path = f"/api/v1/groups/{group['id']}/risk"
        status, answer = await self._send("POST", path, {"action": "block"})
        assert status == 200, answer

    async def group(self, symbol: str, status: str = "open") -> dict[str, Any] | None:
        """The newest group of a symbol, if there is one in this state."""
        page = await self.get(f"/groups?status={status}")
        return next((one for one in page["items"] if one["symbol"] == symbol), None)

    async def filled(self, symbol: str, legs: int) -> None:
        """Wait until this many legs are filled."""

        async def done() -> bool:
            group = await self.group(symbol)
            return group is not None and group["legs_filled"] >= legs

        await until(done, within=WITHIN_S, every=0.1)

    async def closed(self, symbol: str) -> None:
        await until(lambda: self.group(symbol, "closed"), within=WITHIN_S, every=0.1)

    async def waits(self, path: str, count: int = 1) -> None:
        """Wait until a list has this many items."""

        async def done() -> bool:
            return len((await self.get(path))["items"]) >= count

        await until(done, within=WITHIN_S, every=0.1)

    async def _send(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Idempotency-Key": secrets.token_hex(16),
        }
        url = self._house.url + path
        async with self._house.session.request(method, url, json=body, headers=headers) as answer:
            return answer.status, await answer.json()


async def busy(trader: Trader) -> None:
    """A lively account: one trade closed with profit, two open, one queued, one offer waiting."""
    await trader.choose(max_open_groups=2)
    solana = await trader.opens("SOL/USDT", fall="0.985")
    await trader.filled("SOL/USDT", 3)
    await trader.moves("SOL/USDT", solana * Decimal("1.02"))
    await trader.closed("SOL/USDT")
    await trader.opens("ETH/USDT", fall="0.988")
    await trader.filled("ETH/USDT", 3)
    await trader.opens("BTC/USDT", side="short", fall="1.008")
    await trader.filled("BTC/USDT", 2)
    await trader.choose(auto_approve="all", undo_seconds=0)
    await trader.alert("XRP/USDT")
    await trader.waits("/queue")
    await trader.choose(auto_approve="off", undo_seconds=5)
    await trader.alert("LINK/USDT")
    await trader.waits("/offers?status=pending")
