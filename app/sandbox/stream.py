"""What happens in the chats, told live to every open browser tab."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from foundation import limits


@dataclass(frozen=True, slots=True)
class PageEvent:
    """`kind` is the event's name in the browser; `data` its JSON."""

    kind: str
    data: dict[str, Any]


RELOAD: Final = PageEvent("reload", {})
"""The tab fell behind and must load everything anew."""
END: Final = PageEvent("end", {})


class PageStream:
    """Fan-out to tabs; nothing is kept, a tab that reconnects loads its state first."""

    def __init__(self) -> None:
        self._tabs: set[asyncio.Queue[PageEvent]] = set()
        self._closed = False

    def tell(self, kind: str, **data: Any) -> None:
        """Tell every tab; a tab too far behind is told to reload instead."""
        for tab in self._tabs:
            if tab.qsize() < limits.SANDBOX_STREAM_BACKLOG:
                tab.put_nowait(PageEvent(kind, data))
                continue
            while not tab.empty():
                tab.get_nowait()
            tab.put_nowait(RELOAD)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[PageEvent]]:
        """A queue of what happens from now on, for one tab; END comes when we stop."""
        tab: asyncio.Queue[PageEvent] = asyncio.Queue()
        self._tabs.add(tab)
        if self._closed:
            tab.put_nowait(END)
        try:
            yield tab
        finally:
            self._tabs.discard(tab)

    def close(self) -> None:
        """End every tab's stream."""
        self._closed = True
        for tab in self._tabs:
            tab.put_nowait(END)
