"""Click to call: `tel:` links of the page, where it asks for that."""

from typing import Any

import pytest

from .backend import BackendProcess
from .conftest import Desk
from .tabs import WidgetTab

ADD_LINK = """(href) => {
  const link = document.createElement("a");
  Object.assign(link, {href, textContent: "Call"});
  document.body.append(link);
  addEventListener("click", (event) => { window.taken = event.defaultPrevented; event.preventDefault(); });
}"""


def a_link(tab: WidgetTab, href: str = "tel:+4930100") -> None:
    tab.page.evaluate(ADD_LINK, href)


@pytest.mark.parametrize("href", ["tel:+49-30-100", "TEL:%2B49%2030%20100", "tel:+4930100;ext=7;phone-context=x"])
def test_a_tel_link_dials(desk: Desk, backend: BackendProcess, href: str) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("phone => { phone.telLinks = true; }")
    a_link(tab, href)
    tab.page.playwright.get_by_role("link", name="Call").click()
    tab.shows("Dialing")
    assert tab.page.evaluate("taken") is True
    assert backend.posts("dial") == [{"phone": "+4930100"}]


@pytest.mark.parametrize("href", ["tel:anna", "tel:%"])
def test_a_tel_link_that_is_no_number_is_told_of(desk: Desk, backend: BackendProcess, href: str) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("phone => { phone.telLinks = true; }")
    a_link(tab, href)
    tab.page.playwright.get_by_role("link", name="Call").click()
    tab.error.contains_text("is not a number that can be dialled")
    assert backend.posts("dial") == []


@pytest.mark.parametrize(
    ("telling", "modifiers"),
    [
        ("phone => phone.toggleAttribute('tel-links', false)", []),
        ("phone => phone.toggleAttribute('tel-links', true)", ["Shift"]),
        ("phone => { phone.telLinks = true; phone.remove(); }", []),
    ],
    ids=["nobody asked for it", "with a modifier", "the phone is gone"],
)
def test_a_tel_link_is_left_to_the_browser(
    desk: Desk, backend: BackendProcess, telling: str, modifiers: list[Any]
) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate(telling)
    a_link(tab)
    tab.page.playwright.get_by_role("link", name="Call").click(modifiers=modifiers)
    assert tab.page.evaluate("taken") is False
    assert backend.posts("dial") == []


def test_a_phone_that_is_not_connected_takes_no_links(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    tab.phone.evaluate("phone => { phone.telLinks = true; }")
    backend.control("gone", gone=True)
    backend.control("cut", how="end")
    tab.connection.has_text("Reconnecting…")
    a_link(tab)
    tab.page.playwright.get_by_role("link", name="Call").click()
    assert tab.page.evaluate("taken") is False
    backend.control("gone", gone=False)
