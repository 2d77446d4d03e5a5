"""Refusals as the wire tells them: RFC 9457 problem bodies with a title and a sentence for a person."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from .telephony import Refused

CLIENT_IS_GONE = 499  # as nginx logs it; such a response reaches nobody


def problem(status: int, title: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    body = {"status": status, "title": title, "detail": detail}
    return JSONResponse(body, status, headers, "application/problem+json")


def of_refused(refused: Refused) -> Response:
    return problem(refused.status, refused.title, refused.detail)


async def on_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return of_refused(error)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Say what the framework itself refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)
    detail = f"{request.method} {request.url.path} is not possible here."
    return problem(error.status_code, HTTPStatus(error.status_code).phrase, detail, error.headers)


async def on_crash(_: Request, __: Exception) -> Response:
    return problem(500, "Our mistake", "Something went wrong here that should not have. The log says more.")


async def on_client_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=CLIENT_IS_GONE)


HANDLERS = {
    Refused: on_refused,
    HTTPException: on_http_error,
    ClientDisconnect: on_client_gone,
    Exception: on_crash,
}
