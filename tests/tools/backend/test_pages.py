"""The bundle and the demo page, as a careful host serves them."""

import re
from pathlib import Path

import httpx
import pytest

from web.bundling import settings

from .client import COPIES, RUNTIME, Json, control


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/dist/sip-client.js", "text/javascript"),
        ("/dist/runtime.mjs", "text/javascript"),
        ("/dist/runtime.wasm", "application/wasm"),
        ("/dist/lock.json", "application/json"),
        ("/dist/", "text/html"),
        ("/", "text/html"),
        ("/plain.html", "text/html"),
        ("/panel.js", "text/javascript"),
        ("/demo.css", "text/css"),
    ],
)
def test_files_have_the_types_and_headers_that_browsers_insist_on(
    backend: httpx.Client, path: str, media_type: str
) -> None:
    answer = backend.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ")


def test_policies_are_those_that_the_readme_shows(backend: httpx.Client) -> None:
    sent = [backend.get(path).headers["Content-Security-Policy"] for path in ("/", "/dist/sip-worker.js")]
    readme = (settings.ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall("^Content-Security-Policy: (.+)$", readme, flags=re.MULTILINE) == sent


def test_worker_alone_may_compile_wasm(backend: httpx.Client) -> None:
    policies = {path: backend.get(path).headers["Content-Security-Policy"] for path in ("/dist/sip-worker.js", "/")}
    assert [path for path, policy in policies.items() if "'wasm-unsafe-eval'" in policy] == ["/dist/sip-worker.js"]


def test_policy_of_the_worker_may_be_that_of_a_careless_host(backend: httpx.Client) -> None:
    control(backend, "settings", wasm=False)
    policy = backend.get("/dist/sip-worker.js").headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; script-src 'self'; connect-src 'self'"


def test_file_that_is_known_is_not_sent_again_until_it_changes(backend: httpx.Client, dist: Path) -> None:
    tag = {"If-None-Match": backend.get("/dist/sip-client.js").headers["ETag"]}
    assert backend.get("/dist/sip-client.js", headers=tag).status_code == 304

    (dist / "sip-client.js").write_text("a new build")
    answer = backend.get("/dist/sip-client.js", headers=tag)
    assert (answer.status_code, answer.text) == (200, "a new build")


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br, zstd", "br"),  # what browsers send to a secure address
        ("gzip, deflate", "gzip"),  # and to another one
        ("br", "br"),
        ("BR ; q=0.5 , gzip;q=0.5", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, *", "gzip"),
        ("*", "br"),
        ("*;q=0", None),
        ("identity, br;q=0.5", None),
        ("identity;q=0.5, br", "br"),
        ("deflate, zstd", None),
        ("brand, xgzip", None),
        ("br;q=0, gzip;q=0", None),
        ("", None),
        (";q=,,;", None),
    ],
)
def test_the_copy_that_the_browser_likes_best_is_sent(backend: httpx.Client, accepted: str, sent: str | None) -> None:
    answer = fetch(backend, f"{RUNTIME}/runtime.wasm", accepted)
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, sent)
    assert answer.content == COPIES[sent]
    assert answer.headers["Content-Length"] == str(len(COPIES[sent]))
    assert answer.headers["Content-Type"] == "application/wasm"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_what_has_no_copy_is_sent_as_it_is(backend: httpx.Client) -> None:
    answer = fetch(backend, "/dist/lock.json", "br, gzip")
    assert answer.text == "this is lock.json"
    assert not {"Content-Encoding", "Vary"} & {name.title() for name in answer.headers}


def test_every_coding_has_a_tag_of_its_own_and_is_not_sent_again(backend: httpx.Client) -> None:
    path = f"{RUNTIME}/runtime.wasm"
    tags = {coding: fetch(backend, path, coding).headers["ETag"] for coding in ("br", "gzip", "identity")}
    assert len(set(tags.values())) == 3
    for coding, tag in tags.items():
        known = fetch(backend, path, coding, {"If-None-Match": tag})
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag)
        assert known.headers["Vary"] == "Accept-Encoding"
    assert fetch(backend, path, "br", {"If-None-Match": tags["gzip"]}).status_code == 200


def test_head_tells_what_get_would_send(backend: httpx.Client) -> None:
    got = fetch(backend, f"{RUNTIME}/runtime.wasm", "br")
    head = backend.head(f"{RUNTIME}/runtime.wasm", headers={"Accept-Encoding": "br"})
    assert (head.status_code, head.content) == (200, b"")
    assert without_date(head.headers) == without_date(got.headers)


def test_a_range_is_one_of_the_copy_that_is_sent(backend: httpx.Client) -> None:
    answer = fetch(backend, f"{RUNTIME}/runtime.wasm", "br", {"Range": "bytes=5-6"})
    assert (answer.status_code, answer.content, answer.headers["Content-Encoding"]) == (206, b"br", "br")
    assert answer.headers["Content-Range"] == f"bytes 5-6/{len(COPIES['br'])}"


def test_a_copy_that_is_asked_for_by_its_own_name_is_just_bytes(backend: httpx.Client) -> None:
    answer = fetch(backend, f"{RUNTIME}/runtime.wasm.gz", "gzip")
    assert (answer.content, answer.headers["Content-Type"]) == (COPIES["gzip"], "application/octet-stream")
    assert "Content-Encoding" not in answer.headers


def test_scripts_of_the_bundle_alone_get_the_clock_of_the_tests(backend: httpx.Client) -> None:
    control(backend, "settings", haste=10)
    answers = {path: backend.get(path) for path in ("/dist/sip-worker.js", "/dist/runtime.mjs", "/panel.js")}
    assert [path for path, answer in answers.items() if "hasteClock" in answer.text] == ["/dist/sip-worker.js"]
    script = answers["/dist/sip-worker.js"]
    assert "const FACTOR = 10;" in script.text
    assert script.text.endswith("this is sip-worker.js")
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_script_with_the_clock_is_not_taken_for_the_one_without(backend: httpx.Client) -> None:
    plain = backend.get("/dist/sip-client.js")
    control(backend, "settings", haste=10)
    hasty = backend.get("/dist/sip-client.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert (hasty.status_code, hasty.headers.get("ETag")) == (200, None)


def test_what_is_named_after_its_content_is_kept_for_ever(backend: httpx.Client) -> None:
    for_ever = "public, max-age=31536000, immutable"
    first = fetch(backend, f"{RUNTIME}/runtime.wasm", "br")
    again = fetch(backend, f"{RUNTIME}/runtime.wasm", "br", {"If-None-Match": first.headers["ETag"]})
    assert [first.headers["Cache-Control"], again.headers["Cache-Control"]] == [for_ever] * 2
    missing = fetch(backend, f"{RUNTIME}/nothing.wasm", "br")
    assert missing.status_code == 404
    assert missing.headers.get("Cache-Control") != for_ever


def fetch(backend: httpx.Client, path: str, accepted: str, headers: Json | None = None) -> httpx.Response:
    """Get a file with this Accept-Encoding; its content is what was sent, not decoded."""
    with backend.stream("GET", path, headers={"Accept-Encoding": accepted, **(headers or {})}) as response:
        response._content = b"".join(response.iter_raw())
    return response


def without_date(headers: httpx.Headers) -> Json:
    return {name: value for name, value in headers.items() if name != "date"}


def test_nothing_outside_the_folder_is_served(backend: httpx.Client, dist: Path) -> None:
    (dist.parent / "secret.txt").write_text("secret")
    assert backend.get("/dist/%2e%2e/secret.txt").status_code == 404


def test_demo_page_has_the_phone_and_nothing_inline(backend: httpx.Client) -> None:
    page = backend.get("/").text
    assert "<sip-phone-widget extended-lifetime></sip-phone-widget>" in page
    assert '<script type="module" src="/dist/sip-phone-widget.js"></script>' in page
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script[^>]*>[^<]", page)


def test_plain_page_has_nothing_of_ours(backend: httpx.Client) -> None:
    assert "<script" not in backend.get("/plain.html").text
