"""Locks on files that the system drops by itself when their holder dies, on any platform."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes], wait: bool) -> bool:
        while True:
            try:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:
                # LK_LOCK itself waits ten seconds and then gives up
                if not wait:
                    return False
            else:
                return True

else:
    import fcntl

    def _lock(file: IO[bytes], wait: bool) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def take(path: Path, *, wait: bool) -> IO[bytes] | None:
    """Lock the file, made if absent; None when somebody else holds it and `wait` is false.

    The lock lasts until the returned file is closed or this process ends, however it ends.
    """
    file = path.open("ab")
    if _lock(file, wait):
        return file
    file.close()
    return None


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock for the block, waiting for it as long as it takes."""
    file = take(path, wait=True)
    if file is None:  # cannot be: we waited
        raise BlockingIOError(str(path))
    with file:
        yield
