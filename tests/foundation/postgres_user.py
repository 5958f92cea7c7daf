"""A process that uses the embedded Postgres; started by the tests, told by its standard input.

Arguments: the home, and optionally the user id to become first. Prints the address, or the
refusal; on a line on standard input it leaves and prints whether that stopped the server.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from foundation.errors import CountersignError
from foundation.postgres import EmbeddedPostgres


def main() -> None:
    home = Path(sys.argv[1])
    if len(sys.argv) > 2:
        user = int(sys.argv[2])
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    server = EmbeddedPostgres(home)
    try:
        print(server.start(), flush=True)
    except CountersignError as refusal:
        print(f"{type(refusal).__name__}: {refusal}", flush=True)
        return
    sys.stdin.readline()
    print(server.stop(), flush=True)


if __name__ == "__main__":
    main()
