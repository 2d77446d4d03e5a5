"""What every request must prove before anything is done for it."""

import httpx
import pytest

from .client import API, Json, command, json_headers, problem, see


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", [f"{API}/dial", "/control/ring", "/control/raw"])
def test_post_from_another_site_is_refused(backend: httpx.Client, origin: str, path: str) -> None:
    answer = backend.post(path, json={"phone": "1"}, headers={**json_headers(), "Origin": origin})
    assert answer.status_code == 403
    assert str(backend.base_url).rstrip("/") in problem(answer)
    assert see(backend)["calls"] == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", [f"{API}/events", "/control/state", "/control/events"])
def test_page_of_another_site_reads_nothing(backend: httpx.Client, path: str, site: str) -> None:
    for headers in ({"Sec-Fetch-Site": site}, {"Origin": "https://evil.example"}):
        answer = backend.get(path, headers=headers)
        assert answer.status_code == 403
        assert str(backend.base_url).rstrip("/") in problem(answer)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}])
def test_page_of_the_own_site_and_a_person_read(backend: httpx.Client, headers: Json) -> None:
    assert backend.get("/control/state", headers=headers).status_code == 200


def test_post_from_the_own_site_is_taken(backend: httpx.Client, address: str) -> None:
    assert command(backend, "dial", phone="1", headers={"Origin": address}).status_code == 200


@pytest.mark.parametrize(
    ("missing", "status"),
    [
        ({"X-Requested-With": ""}, 403),
        ({"X-Requested-With": "XMLHttpRequest"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Idempotency-Key": ""}, 400),
        ({"Idempotency-Key": "x" * 256}, 400),
    ],
)
def test_header_that_is_missing_or_wrong_is_named(backend: httpx.Client, missing: Json, status: int) -> None:
    answer = command(backend, "dial", phone="1", headers=missing)
    assert answer.status_code == status
    assert next(iter(missing)) in problem(answer)
    assert see(backend)["calls"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"phone": NaN}', 400),
        (b"\xff", 400),
        (b"[" * 10_000, 400),
        (b" " * 20_000, 413),
    ],
)
def test_body_that_is_no_json_object_is_refused(backend: httpx.Client, body: bytes, status: int) -> None:
    answer = backend.post(f"{API}/dial", content=body, headers=json_headers())
    assert answer.status_code == status
    problem(answer)


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", f"{API}/dial", 405),
    ("POST", f"{API}/events", 405),
    ("POST", f"{API}/fly", 404),
    ("GET", "/nothing", 404),
    ("GET", "/dist/nothing.js", 404),
    ("GET", "/control/nothing", 404),
])  # fmt: skip
def test_what_does_not_exist_is_a_problem_too(backend: httpx.Client, method: str, path: str, status: int) -> None:
    answer = backend.request(method, path)
    assert answer.status_code == status
    problem(answer)
