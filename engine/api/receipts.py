"""Window of receipts: what became of every alert."""

from __future__ import annotations

from engine.api.paging import decode_cursor, encode_cursor, page_size
from engine.api.views import Page, ReceiptView
from engine.signals.receipt import Receipt
from engine.signals.receipt_log import ReceiptLog
from foundation.db import Database
from foundation.errors import NotFound


class Receipts:
    """Receipts of people's alerts, newest first; somebody else's are not found."""

    def __init__(self, database: Database) -> None:
        self._log = ReceiptLog(database)

    async def list(
        self,
        user_id: str,
        account_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[ReceiptView]:
        """One page. Raises InvalidInput for a cursor that is not ours."""
        after = decode_cursor(cursor)
        size = page_size(limit)
        found = await self._log.page(user_id, account_id, size + 1, after and after[1])
        shown = found[:size]
        last = shown[-1] if len(found) > size else None
        return Page(
            tuple(receipt_view(one) for one in shown),
            encode_cursor(last.received_at, last.id) if last else None,
        )

    async def get(self, user_id: str, receipt_id: str) -> ReceiptView:
        """Raises NotFound."""
        found = await self._log.get(user_id, receipt_id)
        if found is None:
            raise NotFound("there is no such receipt", code="receipt_not_found")
        return receipt_view(found)

    async def last(self, user_id: str, account_id: str) -> ReceiptView | None:
        """The latest alert of an account."""
        found = await self._log.page(user_id, account_id, 1, None)
        return receipt_view(found[0]) if found else None


def receipt_view(receipt: Receipt, *, repeat: bool = False) -> ReceiptView:
    """The receipt as shown; as ``duplicate`` to whoever sent its alert again."""
    signal = receipt.signal
    return ReceiptView(
        id=receipt.id,
        hook_id=receipt.hook_id,
        account_id=receipt.account_id,
        status="duplicate" if repeat else receipt.status,
        code=receipt.code,
        message=receipt.message,
        field=receipt.field,
        symbol=signal.symbol if signal else None,
        timeframe=signal.timeframe if signal else None,
        side=signal.side.value if signal else None,
        intent=signal.intent.value if signal else None,
        received_at=receipt.received_at,
        signal_id=signal.id if signal else None,
        exit_code=receipt.exit_code,
    )
