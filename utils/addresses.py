"""Addresses of servers: what of them is recorded, shown, and reached without a proxy."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

import httpx2

API_ROOT = re.compile(
    r"""^(?:
        (?:/[^/]+){0,3}?               # where a gateway has put the API
        (?:/v\d+(?:[a-z]+\d*)?)+       # /v1, /v1beta
        (?:/openai)?
      | /openai(?:/deployments/[^/]+)? # Azure without a version
    )(?=/)""",
    re.VERBOSE,
)
"""What stands before the API's own paths in the base URLs that are in use: /v1, /api/v1 (OpenRouter
and others), /v1beta/openai (Gemini), /openai/v1 and /openai/deployments/NAME (Azure)."""

PART_OF_THE_ADDRESS = frozenset({"api-version"})
"""Parameters of a query that belong to a server and not to a request; Azure wants this one."""

KEY_LIKE = re.compile(r"(?i)^(?:.*[-_.])?(?:api[-_]?key|key|sig|signature|token|password|secret)$")
"""Names of parameters whose values are secrets."""


@lru_cache(maxsize=256)
def relative_path(path: str, base: str = "") -> str:
    """The path of a request as the API's reference names it, such as "/chat/completions".

    Args:
        path: of the whole address.
        base: the path of the client's base URL, if that is known.
    """
    base = base.rstrip("/")
    rest = path[len(base) :] if base and path.startswith(base + "/") else path
    root = API_ROOT.match(rest)
    return rest[root.end() :] if root else rest


def relative_query(url: httpx2.URL) -> list[list[str]]:
    """The parameters of a request, sorted, without the server's own and without secrets."""
    if not url.query:
        return []
    return sorted(
        [name, "..." if KEY_LIKE.match(name) else value]
        for name, value in url.params.multi_items()
        if name not in PART_OF_THE_ADDRESS
    )


def without_secrets(address: str) -> str:
    """An address that can be shown and stored: no user, no password, no query, no fragment."""
    url = httpx2.URL(address)
    return str(url.copy_with(username="", password="", query=None, fragment=None))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or number."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_openai(host: str) -> bool:
    """Whether a host is OpenAI's own."""
    return host == "api.openai.com" or host.endswith(".api.openai.com")
