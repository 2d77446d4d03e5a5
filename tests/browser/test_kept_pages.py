"""A page of one person lies in the back/forward cache while another signs in, who then goes back to it."""

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .tabs import WidgetTab
from .test_operators import ANN, BOB, DIAL, TAKEN_OVER, change_operator, is_cut_off, signed_in

pytestmark = [marks.KEPT_PAGES, pytest.mark.every_engine]

DIALLED, TYPED, OF_BOB = "4930555", "4930777", "4930999"
# Notes all that stands in the phone when the page is shown again. A new page has no such note.
WATCH = """(phone) => addEventListener("pageshow", () => {
  const { value } = phone.shadowRoot.querySelector("[part=number]");
  window.shownAgain = value + phone.shadowRoot.textContent;
}, { capture: true })"""

CHECK = "phone => phone.client.check().then(() => 'told', ({message}) => message)"
JOURNAL = "phone => phone.client.journal().then(() => 'told', ({message}) => message)"


def keep(tab: WidgetTab) -> None:
    """Dial a number, type another, and go to another page."""
    tab.dial(DIALLED)
    tab.shows("Dialing")
    tab.number.fill(TYPED)
    tab.phone.evaluate(WATCH)
    tab.page.goto("/plain.html?elsewhere")


def goes_back_to_nothing(tab: WidgetTab) -> None:
    """Go back to the page that was kept: it is there again, and empty from the first moment on."""
    tab.page.go_back()
    tab.connection.is_visible()
    shown = tab.page.evaluate("shownAgain")
    assert [number for number in (DIALLED, TYPED) if number in shown] == []


def next_person_signs_in(desk: Desk, backend: BackendProcess) -> WidgetTab:
    """Bob signs in, and is called; return his page."""
    change_operator(backend)
    bobs = signed_in(desk, BOB).is_connected()
    backend.ring(OF_BOB)
    bobs.shows("Ringing")
    return bobs


def does_nothing(tab: WidgetTab, backend: BackendProcess) -> None:
    """The page is cut off, and commands and asks in vain."""
    is_cut_off(tab)
    for ask in (DIAL, CHECK, JOURNAL):
        assert tab.phone.evaluate(ask) == TAKEN_OVER
    assert backend.posts("dial") == []


def test_kept_page_of_another_session_shows_and_does_nothing(bfcache_desk: Desk, backend: BackendProcess) -> None:
    anns = signed_in(bfcache_desk, ANN).is_connected()
    keep(anns)
    bobs = next_person_signs_in(bfcache_desk, backend)
    goes_back_to_nothing(anns)
    does_nothing(anns, backend)
    bobs.is_connected().shows("Ringing")


def test_kept_page_of_another_operator_has_forgotten_the_number(bfcache_desk: Desk, backend: BackendProcess) -> None:
    """Only the backend says who is signed in: the page is Bob's now."""
    anns, other = signed_in(bfcache_desk, "").is_connected(), signed_in(bfcache_desk, "").is_connected()
    keep(anns)
    change_operator(backend)
    backend.control("cut", how="end")
    other.connection.has_text("Reconnecting…")
    other.is_connected()
    backend.ring(OF_BOB)
    other.shows("Ringing")
    goes_back_to_nothing(anns)
    anns.is_connected().shows("Ringing")
    anns.number.has_value("")
