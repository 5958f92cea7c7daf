"""Listening sockets, bound before anything heavy is loaded."""

from __future__ import annotations

import errno
import socket
import sys

from foundation.errors import SettingsError

#: What is wrong with a port; anything else is wrong with the address.
_PORT_TROUBLE = frozenset({errno.EADDRINUSE, errno.EACCES})
_PORT_MAX = 65_535


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
        if error.errno not in _PORT_TROUBLE:
            raise _no_such_address(host, error) from None
        text = (
            f"{name}={port}: {host} port {port} cannot be listened on ({error.strerror}). "
            f"Stop what uses it, or set {name} to another port."
        )
        raise SettingsError(text, field=name) from None
    sock.setblocking(False)
    return sock


def check_next(host: str, port: int, name: str) -> None:
    """See that the port after `port` is free too; what needs it binds it later.

    Raises SettingsError naming the setting that chose `port`.
    """
    after = port + 1
    if after > _PORT_MAX:
        text = f"{name}={port}: the sandbox needs the port after it, and there is none."
        raise SettingsError(f"{text} Set {name} to a lower port.", field=name)
    try:
        bind(host, after, name).close()
    except SettingsError as error:
        if error.field != name:
            raise
        text = (
            f"{name}={port}: the sandbox needs the port after it, and {host} port {after} cannot "
            f"be listened on. Stop what uses it, or set {name} to another port."
        )
        raise SettingsError(text, field=name) from None


def _no_such_address(host: str, error: OSError) -> SettingsError:
    return SettingsError(
        f"HTTP_HOST={host}: this machine cannot listen on that address ({error.strerror}). "
        "Set HTTP_HOST to one of its own, such as 127.0.0.1.",
        field="HTTP_HOST",
    )
