"""Listening sockets, bound before anything heavy is loaded."""

from __future__ import annotations

import socket
import sys

from foundation.errors import SettingsError


def bind(host: str, port: int, name: str) -> socket.socket:
    """A bound socket; connections wait in its backlog until somebody serves it.

    Raises SettingsError naming the setting when the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(1024)
    except OSError as error:
        sock.close()
        text = (
            f"{name}={port}: {host} port {port} cannot be listened on ({error.strerror}). "
            f"Stop what uses it, or set {name} to another port."
        )
        raise SettingsError(text, field=name) from None
    sock.setblocking(False)
    return sock
