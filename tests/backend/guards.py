"""What stands before the whole backend: the names it answers to, the pages that may ask, and headers of every answer.

A site can let its own name lead to this address (DNS rebinding). For the browser its page is then of the same origin as
this server, and `Origin` agrees with `Host`: only the name in `Host`, which nobody gave to this server, tells.
"""

import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .commands import shown
from .problems import of_refused
from .requests import check_origin
from .telephony import Refused

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]*)?", re.IGNORECASE)

# No browser guesses a type, no other site embeds it, no cache keeps it. What an answer says itself holds.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def guarded(app: ASGIApp, names: Iterable[str]) -> ASGIApp:
    """Return an application with all that stands before every part of it."""
    return SafeHeaders(NamedHosts(app, names))


class NamedHosts:
    """Answers requests for hosts of these names, on any port, and refuses all others with 421."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("Host", "")
        app = self._app if host_name(host) in self._names else of_refused(unknown_host(host))
        await app(scope, receive, send)


def host_name(host: str) -> str | None:
    """Return the name or the address in a `Host`, in small letters, without brackets and port; None if it has none."""
    found = HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else None


def unknown_host(host: str) -> Refused:
    advice = "Ask for localhost, or start it with --allow-host NAME if that name is its own."
    return Refused(421, "Not this server", f"This server does not answer to {shown(host)}. {advice}")


class OwnPages:
    """Refuses what pages of other sites ask for, reading and writing alike."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check_origin(Request(scope))
        except Refused as refused:
            await of_refused(refused)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class SafeHeaders:
    """Gives every answer `HEADERS`, as far as it does not say anything else itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
