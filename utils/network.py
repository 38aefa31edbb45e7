"""HTTP clients that reach a server as the SDK's own client does, and this machine directly.

The proxies, certificates and limits of the environment count as they do for `openai.OpenAI()`,
whose `DefaultHttpxClient` is used for that (openai 3.52, `openai/_base_client.py`): a thousand
connections, redirects followed, HTTP_PROXY and its like, SSL_CERT_FILE. Only for a server on this
machine, no proxy is ever used: it could not reach it.
"""

from __future__ import annotations

from typing import Any

import httpx2

from .addresses import is_loopback
from .settings import SettingsError

DIRECT = ("all://localhost", "all://*.localhost", "all://127.0.0.1", "all://[::1]")
"""This machine, as httpx2 writes patterns of addresses."""

CERTIFICATES = (
    "If a company's proxy or firewall opens encrypted connections, its certificate authority has "
    "to be known here: install it in the system, or set SSL_CERT_FILE to a file with the "
    "certificates to trust, which then replace all others."
)


def client(address: str = "", **options: Any) -> httpx2.Client:
    """A client for a server.

    Args:
        address: where the server is, if that is known already.
        options: as for `openai.DefaultHttpxClient`.

    Raises:
        SettingsError: if a proxy in the environment cannot be used.
    """
    from openai import DefaultHttpxClient  # importing it takes long, and not every mode needs it

    return _made(DefaultHttpxClient, address, options)


def async_client(address: str = "", **options: Any) -> httpx2.AsyncClient:
    """As `client`, with `openai.DefaultAsyncHttpxClient`."""
    from openai import DefaultAsyncHttpxClient

    return _made(DefaultAsyncHttpxClient, address, options)


def _made(kind: Any, address: str, options: dict[str, Any]) -> Any:
    direct: dict[str, None] = dict.fromkeys(DIRECT)
    host = httpx2.URL(address).host if address else ""
    if is_loopback(host):
        direct[f"all://[{host}]" if ":" in host else f"all://{host}"] = None
    try:
        return kind(mounts=direct, **options)
    except (ValueError, ImportError) as error:
        raise SettingsError(
            f"a proxy of the environment cannot be used: {error}. Look at HTTP_PROXY, HTTPS_PROXY "
            "and ALL_PROXY."
        ) from None


class NetworkTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Sends requests over the network, each through the proxy that is meant for it, if any.

    Args:
        address: the server that most of them go to.
    """

    def __init__(self, address: str = "") -> None:
        self.address = address
        self._client: httpx2.Client | None = None
        self._async_client: httpx2.AsyncClient | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._client = self._client or client(self.address)
        choose = getattr(self._client, "_transport_for_url", None)  # not public: it may go
        if choose is not None:
            return choose(request.url).handle_request(request)
        return self._client.send(request, stream=True, follow_redirects=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._async_client = self._async_client or async_client(self.address)
        choose = getattr(self._async_client, "_transport_for_url", None)
        if choose is not None:
            return await choose(request.url).handle_async_request(request)
        return await self._async_client.send(request, stream=True, follow_redirects=False)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        if self._async_client is not None:
            await self._async_client.aclose()


def told(error: httpx2.RequestError) -> str:
    """Why a server could not be reached: what failed, and the system's reason if there is one."""
    reasons = [str(error)]
    cause: BaseException | None = error
    while cause is not None:
        reasons.append(str(cause))
        cause = cause.__cause__ or cause.__context__
    longest = next((r for r in reasons if "CERTIFICATE" in r or "SSL" in r), reasons[0])
    return f"{type(error).__name__}: {longest}" if longest else type(error).__name__


def is_certificate_error(error: httpx2.RequestError) -> bool:
    """Whether the encrypted connection failed, and not the way to the server."""
    return "SSL" in told(error) or "CERTIFICATE" in told(error)
