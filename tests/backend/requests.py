"""What a request must prove before anything is done for it. All of it raises `Refused`."""

import json
from typing import Any, NoReturn

from starlette.requests import Request

from .telephony import Json, Refused

BODY_LIMIT = 16 * 1024  # bytes; a command needs hardly a hundred


def check_origin(request: Request) -> None:
    """Refuse what a page of another site asks for; `Host` must be known to be ours already.

    Browsers put `Origin` on every POST, and `Sec-Fetch-Site` on whatever goes to a secure address. Who sends neither is
    no browser, or reads a page of ours.
    """
    own = f"{request.url.scheme}://{request.url.netloc}"
    site = request.headers.get("Sec-Fetch-Site", "none")  # which a browser says of an address that a person typed
    if request.headers.get("Origin", own) != own or site not in ("same-origin", "none"):
        raise Refused(403, "Not from here", f"This server answers pages of {own} only.")


def check_json(request: Request) -> None:
    """Refuse what a plain HTML form could send: it can have no other type than its own three."""
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(415, "Not JSON", "Send the body as Content-Type: application/json.")


async def read_body(request: Request, limit: int = BODY_LIMIT) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refused(413, "Too much", f"A body may have {limit} bytes at most.")
    return bytes(body)


def parse_object(body: bytes) -> Json:
    try:
        value = parse_json(body)
    except ValueError:
        raise Refused(400, "Not JSON", "The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Refused(400, "Not an object", "The body must be one JSON object.")
    return value


def parse_json(body: bytes) -> Any:
    """Return the value. Raises ValueError; also for NaN and Infinity, and for brackets without end."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
