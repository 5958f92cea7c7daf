"""Importing what takes seconds beside a running loop; a stop does not wait for it."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
import threading
from types import ModuleType


class Import:
    """One module, imported by a thread of its own that the end of the process cuts short."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[ModuleType | None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, name=f"import {name}", daemon=True)

    async def module(self) -> ModuleType | None:
        """The module, or None once nobody wants it any more. Raises what importing raised."""
        self._thread.start()
        return await self._done

    def give_up(self) -> None:
        """Do not wait any longer."""
        self._settle(None, None)

    @property
    def under_way(self) -> bool:
        """Whether the thread still works, wanted or not."""
        return self._thread.is_alive()

    def _work(self) -> None:
        found: ModuleType | None = None
        failed: Exception | None = None
        try:
            found = importlib.import_module(self._name)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            failed = error
        try:
            self._loop.call_soon_threadsafe(self._settle, found, failed)
        except RuntimeError:
            return  # the loop is closed: nobody waits

    def _settle(self, found: ModuleType | None, failed: Exception | None) -> None:
        if self._done.done():
            return
        if failed is not None:
            self._done.set_exception(failed)
        else:
            self._done.set_result(found)


def end_process() -> None:
    """Leave at once, in good order, without what a normal exit does: it would break off a thread
    in the middle of native code, which aborts the process.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
