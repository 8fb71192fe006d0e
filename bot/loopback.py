"""Whether an address means this machine: http, the demo, the sandbox and /metrics are for it alone."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether a host name or address (no port; brackets allowed) means this machine."""
    bare = host.strip("[]").lower()
    if bare == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def is_own_network(host: str) -> bool:
    """Whether a host name or address can only be found within one's own network: private, or a name without a dot."""
    bare = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(bare).is_private
    except ValueError:
        return "." not in bare or bare.endswith((".local", ".internal"))


def is_loopback_authority(authority: str) -> bool:
    """Whether a Host header (name and perhaps port) means this machine."""
    try:
        return is_loopback(urlsplit(f"//{authority}").hostname or "")
    except ValueError:
        return False
