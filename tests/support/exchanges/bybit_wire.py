"""How the fake Bybit spells its rows: the fields of the v5 answers that clients read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.support.exchanges.bybit_book import Book, Execution, Order


def text(value: Decimal | None) -> str:
    """A plain decimal, without an exponent and without trailing zeros."""
    if value is None:
        return ""
    return format(value.normalize() + 0, "f")


def order_row(order: Order) -> dict[str, Any]:
    left = order.left if order.open else Decimal(0)
    row: dict[str, Any] = {
        "orderId": order.order_id,
        "orderLinkId": order.link_id,
        "blockTradeId": "",
        "symbol": order.symbol,
        "price": text(order.price) or "0",
        "qty": text(order.qty),
        "side": order.side,
        "isLeverage": "0" if order.category == "spot" else "",
        "positionIdx": order.position_idx,
        "orderStatus": order.status,
        "cancelType": order.cancel_type,
        "rejectReason": order.reject_reason,
        "avgPrice": text(order.value / order.filled) if order.filled else "",
        "leavesQty": text(left),
        "leavesValue": text(left * (order.price or 0)),
        "cumExecQty": text(order.filled),
        "cumExecValue": text(order.value),
        "cumExecFee": text(order.fee),
        "timeInForce": order.tif,
        "orderType": order.kind,
        "stopOrderType": "Stop" if order.trigger is not None else "",
        "orderIv": "",
        "triggerPrice": text(order.trigger) or "0",
        "takeProfit": "",
        "stopLoss": "",
        "tpTriggerBy": "",
        "slTriggerBy": "",
        "triggerDirection": 0 if order.trigger is None else (1 if order.rising else 2),
        "triggerBy": "LastPrice" if order.trigger is not None else "",
        "lastPriceOnCreated": "",
        "reduceOnly": order.reduce_only,
        "closeOnTrigger": False,
        "smpType": "None",
        "smpGroup": 0,
        "smpOrderId": "",
        "tpslMode": "",
        "tpLimitPrice": "",
        "slLimitPrice": "",
        "placeType": "",
        "createdTime": str(order.created),
        "updatedTime": str(order.updated),
    }
    if order.category == "spot":
        row["marketUnit"] = order.unit
    return row


def execution_row(done: Execution) -> dict[str, Any]:
    order = done.order
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderLinkId": order.link_id,
        "side": order.side,
        "orderPrice": text(order.price) or "0",
        "orderQty": text(order.qty),
        "leavesQty": text(order.left),
        "createType": "CreateByUser",
        "orderType": order.kind,
        "stopOrderType": "UNKNOWN",
        "execFee": text(done.fee),
        "execId": done.exec_id,
        "execPrice": text(done.price),
        "execQty": text(done.qty),
        "execType": done.kind,
        "execValue": text(done.qty * done.price),
        "execTime": str(done.at),
        # contracts leave the currency empty: it is the one they settle in
        "feeCurrency": ""
        if order.category == "linear" and done.fee_coin in {"USDT", "USDC"}
        else done.fee_coin,
        "isMaker": done.maker,
        "feeRate": "",
        "tradeIv": "",
        "markIv": "",
        "markPrice": "",
        "indexPrice": "",
        "underlyingPrice": "",
        "blockTradeId": "",
        "closedSize": "",
        "seq": done.at,
    }


def position_rows(book: Book, symbol: str | None) -> list[dict[str, Any]]:
    """Real positions, and the empty slots of a symbol that was asked after."""
    keys = [key for key, (size, _) in book.positions.items() if size]
    slots = (1, 2) if book.hedged else (0,)
    if symbol is not None:
        keys = [(symbol, slot) for slot in slots]
    return [_position_row(book, *key) for key in keys]


def _position_row(book: Book, symbol: str, idx: int) -> dict[str, Any]:
    size, average = book.positions.get((symbol, idx), (Decimal(0), Decimal(0)))
    return {
        "positionIdx": idx,
        "riskId": 1,
        "riskLimitValue": "150",
        "symbol": symbol,
        "side": "" if not size else ("Buy" if size > 0 else "Sell"),
        "size": text(abs(size)),
        "avgPrice": text(average),
        "positionValue": text(abs(size) * average),
        "tradeMode": 0,
        "positionStatus": "Normal",
        "leverage": text(book.leverage[symbol]),
        "markPrice": text(book.world.prices.get(("linear", symbol), average)),
        "liqPrice": "",
        "takeProfit": "0",
        "stopLoss": "0",
        "unrealisedPnl": "0",
        "createdTime": "1676538056258",
        "updatedTime": "1697673600012",
    }


def wallet_row(book: Book) -> dict[str, Any]:
    """The unified account: USD totals over all coins, and the coins."""
    coins = [_coin_row(book, coin) for coin, held in book.coins.items() if held]
    total = sum((Decimal(row["usdValue"]) for row in coins), Decimal(0))
    margin = book.margin("USDT") + book.margin("USDC")
    locked = sum(
        (book.locked(row["coin"]) * price_of(book, row["coin"]) for row in coins), Decimal(0)
    )
    if book.margin_mode == "ISOLATED_MARGIN":
        # the venue tells no totals then
        return {"accountType": "UNIFIED", "totalAvailableBalance": "", "coin": coins}
    return {
        "accountType": "UNIFIED",
        "accountLTV": "0",
        "accountIMRate": "0",
        "accountMMRate": "0",
        "totalEquity": text(total),
        "totalWalletBalance": text(total),
        "totalMarginBalance": text(total),
        "totalAvailableBalance": text(total - margin - locked),
        "totalPerpUPL": "0",
        "totalInitialMargin": text(margin),
        "totalMaintenanceMargin": "0",
        "coin": coins,
    }


def price_of(book: Book, coin: str) -> Decimal:
    if coin in {"USDT", "USDC"}:
        return Decimal(1)
    return book.world.prices.get(("spot", f"{coin}USDT"), Decimal(0))


def _coin_row(book: Book, coin: str) -> dict[str, Any]:
    held = book.coins[coin]
    return {
        "coin": coin,
        "equity": text(held),
        "usdValue": text(held * price_of(book, coin)),
        "walletBalance": text(held),
        "locked": text(book.locked(coin)),
        # deprecated by the venue: always empty for unified accounts
        "availableToWithdraw": "",
        "availableToBorrow": "",
        "borrowAmount": "0",
        "accruedInterest": "0",
        "totalOrderIM": "0",
        "totalPositionIM": text(book.margin(coin)),
        "totalPositionMM": "0",
        "unrealisedPnl": "0",
        "cumRealisedPnl": "0",
        "bonus": "0",
        "collateralSwitch": True,
        "marginCollateral": True,
        "spotBorrow": "0",
    }
