"""Who asks: the visitor's network address behind the proxies we trust.

Each proxy writes the address of whoever asked it at the right end of X-Forwarded-For; all that
stands further left may be made up. So the visitor is the rightmost hop that is not one of ours.
"""

import ipaddress
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# An address of the block set aside for documentation: nobody's.
UNKNOWN = "192.0.2.0"
IPV6_SUBSCRIBER_BITS = 64


def client_address(request: HttpRequest) -> str:
    """The visitor's address; UNKNOWN where the server says nothing that can be read.

    A server that listens on a socket file gives no address of its peer: that peer is our own
    proxy when TRUSTED_PROXIES names any.
    """
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    peer = request.META.get("REMOTE_ADDR", "")
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    known = UNKNOWN
    for hop in [peer, *reversed(hops)]:
        if not hop and hop is peer and trusted:
            continue
        address = _read(hop)
        if address is None:
            break
        known = str(address)
        if not any(address in network for network in trusted):
            break
    return known


def client_network(request: HttpRequest) -> str:
    """What limits are counted by: the address, or the /64 that an IPv6 subscriber has to himself."""
    address = ipaddress.ip_address(client_address(request))
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_SUBSCRIBER_BITS), strict=False))


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text.strip(), strict=False) for text in texts if text.strip())


def _read(hop: str) -> Address | None:
    text = hop.strip()
    if text.startswith("["):  # [2001:db8::1]:443
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.7:443
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
