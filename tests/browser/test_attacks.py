"""Attacks on the phone in a browser, each as an attacker would make it: what it was to bring about must not happen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .stage import SCENES, Stage
from .tabs import WidgetTab
from .test_operators import ANN, BOB, change_operator, signed_in
from .test_ringing import NOTE, is_seen, until
from .test_tel_links import a_link, take_links

pytestmark = marks.SHARED_HUB

# --- what people see --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["+49 30 7654321", "７６５４３２１", "Ext. 100", "Anna, 030/7654", "①②③"])  # noqa: RUF001
def test_a_number_given_as_a_name_stands_in_no_title(desk: Desk, backend: BackendProcess, name: str) -> None:
    desk.context.add_init_script(NOTE)
    [tab] = desk.widgets(1)
    is_seen(tab, seen=False)
    backend.ring("100", name)
    assert until(tab.page, "notes.length > 0 && titles.length > 0 && [titles[0], notes[0].title, notes[0].body]") == [
        "☎ Ringing",
        "Incoming call from 100",
        "",
    ]


def test_a_sentence_of_the_backend_is_no_template(stage: Stage) -> None:
    stage.show(SCENES["empty"])
    stage.tell("error", {"code": "api_409", "message": "{constructor} {code} (409)", "command": "CMD_DIAL"})
    expect(stage.phone.get_by_role("alert")).to_have_text("{constructor} {code} (409)")


# --- the next person --------------------------------------------------------------------------------------------------


def by_session(tab: WidgetTab, backend: BackendProcess) -> None:
    change_operator(backend)
    tab.phone.evaluate("(phone, session) => { phone.session = session; }", BOB)


def by_snapshot(tab: WidgetTab, backend: BackendProcess) -> None:
    change_operator(backend)
    backend.control("cut", how="end")
    tab.connection.has_text("Reconnecting…")


def by_signing_out(tab: WidgetTab, backend: BackendProcess) -> None:
    backend.control("faults", events={"do": "status", "status": 401, "times": 2})
    backend.control("cut", how="end")
    tab.connection.has_text("Signed out")


@pytest.mark.parametrize("change", [by_session, by_snapshot, by_signing_out])
def test_what_one_person_typed_is_gone_for_the_next(
    desk: Desk, backend: BackendProcess, change: Callable[[WidgetTab, BackendProcess], None]
) -> None:
    tab = signed_in(desk, ANN).is_connected()
    tab.dial("4930555")
    tab.button("Cancel").click()
    tab.shows_no_call()
    tab.dial("4930666x")
    tab.error.contains_text("4930666x")
    tab.number.fill("4930777")
    change(tab, backend)
    tab.is_connected()
    tab.number.has_value("")
    tab.number.locator.press("ArrowUp")
    tab.number.has_value("")
    assert "4930" not in tab.phone.evaluate("phone => phone.shadowRoot.textContent")


def test_a_worker_that_dies_leaves_what_is_being_typed(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    tab.number.fill("4930777")
    backend.control("cut", how="end")
    tab.connection.has_text("Reconnecting…")
    tab.phone.evaluate("phone => phone.client.reconnect()")
    tab.is_connected()
    tab.number.has_value("4930777")


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("docked", [False, True])
@pytest.mark.parametrize(
    ("href", "number"),
    [("tel:*21*4930100%23", "*21*4930100#"), ("tel:%23%2331%234930100", "##31#4930100"), ("tel:＊21", "＊21")],  # noqa: RUF001
)
def test_a_code_in_a_link_dials_nothing_by_one_click(
    desk: Desk, backend: BackendProcess, href: str, number: str, *, docked: bool
) -> None:
    [tab] = desk.widgets(1)
    take_links(tab, docked=docked)
    a_link(tab, href)
    tab.page.playwright.get_by_role("link", name="Call").click()
    tab.number.has_value(number)
    tab.number.is_focused()
    assert tab.page.evaluate("taken") is True
    assert backend.posts("dial") == []
