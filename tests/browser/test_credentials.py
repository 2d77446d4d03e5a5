"""Sites that want a header with every command, such as a CSRF token or a bearer token."""

import pytest

from .backend import BackendProcess
from .desk import Desk
from .tabs import WidgetTab

TOKEN, NEXT = "t0ken-one", "t0ken-two"  # of nobody
REFUSED = "CSRF check failed: Send the token of the site in the header X-CSRFToken (403)"
SET_COOKIE = "(token) => { document.cookie = `csrftoken=${token}`; }"
DIAL = "(phone, number) => phone.dial(number).then(() => 'done', ({ code }) => code)"


@pytest.fixture
def guarded(desk: Desk, backend: BackendProcess) -> WidgetTab:
    """A phone of a site with CSRF protection, which knows no token yet."""
    backend.control("settings", csrf=TOKEN)
    [tab] = desk.widgets(1)
    tab.page.evaluate(SET_COOKIE, TOKEN)
    return tab


def numbers(backend: BackendProcess) -> list[str]:
    return [body["phone"] for body in backend.posts("dial")]


def test_without_its_token_the_site_refuses_in_its_own_words(guarded: WidgetTab, backend: BackendProcess) -> None:
    guarded.dial("100")
    guarded.error.has_text(REFUSED)
    assert numbers(backend) == []


@pytest.mark.every_engine
def test_csrf_cookie_goes_with_commands_of_all_tabs(desk: Desk, guarded: WidgetTab, backend: BackendProcess) -> None:
    guarded.phone.evaluate("(phone) => phone.setAttribute('csrf-cookie', 'csrftoken')")
    guarded.dial("100")
    guarded.cards.has_count(1)
    other = desk.widget().is_connected()
    assert other.phone.evaluate(DIAL, "101") == "done"
    assert numbers(backend) == ["100", "101"]


def test_csrf_header_has_the_name_that_the_page_gives(guarded: WidgetTab, backend: BackendProcess) -> None:
    guarded.phone.evaluate("(phone) => { phone.csrfCookie = 'csrftoken'; phone.csrfHeader = 'X-Other'; }")
    assert guarded.phone.evaluate(DIAL, "100") == "api_403"
    guarded.phone.evaluate("(phone) => { phone.csrfHeader = 'X-CSRFToken'; }")
    assert guarded.phone.evaluate(DIAL, "101") == "done"
    assert numbers(backend) == ["101"]


def test_changed_cookie_is_read_again_and_the_command_carried_out_once(
    guarded: WidgetTab, backend: BackendProcess
) -> None:
    guarded.phone.evaluate("(phone) => { phone.csrfCookie = 'csrftoken'; }")
    assert guarded.phone.evaluate(DIAL, "100") == "done"
    backend.control("settings", csrf=NEXT)
    guarded.page.evaluate(SET_COOKIE, NEXT)
    assert guarded.phone.evaluate(DIAL, "101") == "done"
    assert numbers(backend) == ["100", "101"]


def test_function_is_asked_once_more_and_not_for_ever(guarded: WidgetTab, backend: BackendProcess) -> None:
    guarded.phone.evaluate("""(phone) => {
      window.asked = 0;
      phone.headers = async () => { asked += 1; return { "X-CSRFToken": "wrong" }; };
    }""")
    assert guarded.phone.evaluate(DIAL, "100") == "api_403"
    assert (guarded.page.evaluate("asked"), numbers(backend)) == (2, [])


def test_command_waits_for_headers_that_are_promised(guarded: WidgetTab, backend: BackendProcess) -> None:
    result = guarded.phone.evaluate(
        """(phone, token) => {
      phone.headers = () => new Promise((resolve) => { setTimeout(resolve, 200, { "X-CSRFToken": token }); });
      return phone.dial("100").then(() => "done", ({ code }) => code);
    }""",
        TOKEN,
    )
    assert (result, numbers(backend)) == ("done", ["100"])


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (
            '{ Cookie: "a=b" }',
            "The name of one of the headers is none, or one that browsers or the phone set themselves.",
        ),
        (
            '{ "X-A": "1\\r\\nX-B: 2" }',
            "The value of one of the headers is no text of 1 to 4096 printable ASCII characters.",
        ),
        ("() => { throw new Error('no token'); }", "The page has no headers for the phone: no token"),
        ("() => Promise.reject(new Error('no token'))", "The page has no headers for the phone: no token"),
    ],
)
def test_headers_that_cannot_be_sent_are_refused_in_words(guarded: WidgetTab, headers: str, words: str) -> None:
    guarded.phone.evaluate(f"(phone) => {{ phone.headers = {headers}; }}")
    guarded.error.contains_text(words)
    assert guarded.phone.evaluate(DIAL, "100") == "api_403"


def test_journal_and_storage_hold_no_token(guarded: WidgetTab) -> None:
    guarded.phone.evaluate("(phone, token) => { phone.headers = { 'X-CSRFToken': token }; }", TOKEN)
    assert guarded.phone.evaluate(DIAL, "100") == "done"
    journal = guarded.phone.evaluate("(phone) => phone.client.journal()")
    assert "headers" in journal
    assert TOKEN not in journal
    assert TOKEN not in guarded.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_next_session_does_not_send_the_token_of_the_one_before(
    desk: Desk, guarded: WidgetTab, backend: BackendProcess
) -> None:
    guarded.phone.evaluate("(phone, token) => { phone.headers = { 'X-CSRFToken': token }; }", TOKEN)
    guarded.phone.evaluate("(phone) => { phone.session = 'one'; }")
    guarded.is_connected()
    assert guarded.phone.evaluate(DIAL, "100") == "done"
    other = desk.widget()
    other.phone.evaluate("(phone) => { phone.session = 'another'; }")
    other.is_connected()
    assert other.phone.evaluate(DIAL, "101") == "api_403"
    assert numbers(backend) == ["100"]


def test_new_worker_gets_the_headers_again(guarded: WidgetTab, backend: BackendProcess) -> None:
    guarded.phone.evaluate("(phone, token) => { phone.headers = { 'X-CSRFToken': token }; }", TOKEN)
    guarded.phone.evaluate("(phone) => phone.client.reconnect()")
    guarded.is_connected()
    assert guarded.phone.evaluate(DIAL, "100") == "done"
    assert numbers(backend) == ["100"]
