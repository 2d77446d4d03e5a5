"""Click to call: `tel:` links of the page, where it asks for that."""

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .tabs import WidgetTab

pytestmark = marks.SHARED_HUB

ADD_LINK = """(href) => {
  const link = document.createElement("a");
  Object.assign(link, {href, textContent: "Call"});
  document.body.append(link);
  addEventListener("click", (event) => { window.taken = event.defaultPrevented; event.preventDefault(); });
}"""

# Resolves when the part that takes links is there.
TAKE_LINKS = """async (phone, docked) => {
  Object.assign(phone, {telLinks: true, docked});
  const loaded = () => performance.getEntriesByType("resource").map(({name}) => name);
  const part = () => loaded().find((name) => name.endsWith("/sip-phone-tel-links.js"));
  while (!part()) await new Promise((resolve) => setTimeout(resolve, 20));
  await import(part());
}"""


def take_links(tab: WidgetTab, *, docked: bool = False) -> None:
    """Let the phone take the links of its page."""
    tab.phone.evaluate(TAKE_LINKS, "" if docked else None)


def a_link(tab: WidgetTab, href: str = "tel:+4930100") -> None:
    tab.page.evaluate(ADD_LINK, href)


def test_a_tel_link_dials(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    take_links(tab)
    a_link(tab, "TEL:%2B49%2030%20100;ext=7")
    tab.page.playwright.get_by_role("link", name="Call").click()
    tab.shows("Dialing")
    assert tab.page.evaluate("taken") is True
    assert backend.posts("dial") == [{"phone": "+4930100"}]


def test_tel_link_that_is_no_number_is_left_to_the_browser(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    take_links(tab)
    a_link(tab, "tel:%")
    tab.page.playwright.get_by_role("link", name="Call").click()
    assert tab.page.evaluate("taken") is False
    assert backend.posts("dial") == []


@pytest.mark.parametrize(
    "telling",
    [
        "phone => phone.toggleAttribute('tel-links', false)",
        "phone => { phone.telLinks = true; phone.remove(); }",
    ],
    ids=["nobody asked for it", "the phone is gone"],
)
def test_a_tel_link_is_left_to_the_browser(desk: Desk, backend: BackendProcess, telling: str) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate(telling)
    a_link(tab)
    tab.page.playwright.get_by_role("link", name="Call").click()
    assert tab.page.evaluate("taken") is False
    assert backend.posts("dial") == []
