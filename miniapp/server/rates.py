"""Rate limits by token bucket, in memory: per session, and per address for the unknown."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from foundation import limits
from foundation.clock import Clock
from foundation.errors import RateLimited


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute on average, ``burst`` of them at once."""

    name: str
    per_minute: int
    burst: int


READS = Rate("reads", limits.READS_PER_MINUTE, limits.READS_BURST)
ACTS = Rate("acts", limits.ACTS_PER_MINUTE, limits.ACTS_PER_MINUTE)
SIGN_INS = Rate("sign_ins", limits.SIGN_INS_PER_MINUTE, limits.SIGN_INS_PER_MINUTE)
REFUSALS = Rate("refusals", limits.REFUSALS_PER_MINUTE, limits.REFUSALS_PER_MINUTE)


class Buckets:
    """Token buckets by (rate, who); the least recently used are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, rate: Rate, who: str) -> None:
        """Use one token. Raises RateLimited with the seconds until the next."""
        now, key = self._clock.monotonic(), (rate.name, who)
        tokens, at = self._buckets.pop(key, (float(rate.burst), now))
        tokens = min(rate.burst, tokens + (now - at) * rate.per_minute / 60)
        if tokens < 1:
            self._buckets[key] = (tokens, now)
            wait = (1 - tokens) * 60 / rate.per_minute
            text = f"Too many requests; try again in {wait:.0f} s."
            raise RateLimited(text, retry_after=wait)
        self._buckets[key] = (tokens - 1, now)
        if len(self._buckets) > limits.RATE_KEYS_MAX:
            self._buckets.popitem(last=False)


def client_address(request: web.Request, trusted: Sequence[str]) -> str:
    """The address of the client: the peer's, or what a trusted proxy says it was.

    The chain in X-Forwarded-For is read from the right, for only what our own proxies appended
    can be believed.
    """
    address = request.remote or "unknown"
    networks = [ipaddress.ip_network(network) for network in trusted]
    chain = ",".join(request.headers.getall("X-Forwarded-For", ()))
    for hop in reversed([hop.strip() for hop in chain.split(",") if hop.strip()]):
        if not _inside(address, networks):
            break
        address = hop
    return address[: limits.ORIGIN_TEXT_MAX]


def one_client(address: str) -> str:
    """What tells clients apart: IPv6 customers hold whole networks, so one counts as one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    network = ipaddress.ip_network((parsed, limits.IPV6_CLIENT_BITS), strict=False)
    return str(network.network_address)


def _inside(
    address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
