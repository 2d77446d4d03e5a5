"""The panel before a stand-in for its client: times that move on, and the number that was dialled last."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from . import marks
from .gallery import Gallery
from .scenes import NOW, RINGS, TALKS, Scene, a_state, after

pytestmark = marks.NO_POLICY

TYPED = {"typed": True}
IDLE = Scene("idle", a_state(operatorStatus="break"), "[part=empty]")


@pytest.fixture
def gallery(browser: Browser) -> Iterator[Gallery]:
    opened = Gallery(browser)
    yield opened
    opened.close()


def commands(phone: Locator) -> list[Any]:
    return list(phone.evaluate("phone => phone.client.commands"))


def test_the_time_of_the_status_and_that_of_a_call_move_on(gallery: Gallery) -> None:
    phone = gallery.hang(Scene("talks", a_state(TALKS, RINGS | {"id": "another"}), "[part=timer]"))
    expect(phone.get_by_role("timer")).to_have_text(["12:34", "03:00", "00:07"])
    gallery.wait(2_000)
    expect(phone.get_by_role("timer")).to_have_text(["12:36", "03:02", "00:09"])


def test_a_status_has_no_time_while_nobody_knows_since_when_it_holds(gallery: Gallery) -> None:
    phone = gallery.hang(IDLE)
    gallery.show(phone, a_state(statusSince=None))
    expect(phone.locator("[part=status-time]")).to_be_empty()
    gallery.show(phone, a_state(statusSince=NOW))
    expect(phone.locator("[part=status-time]")).to_have_text("00:00")


def test_an_empty_number_that_is_dialled_brings_back_the_last_one_and_so_does_the_arrow_up(gallery: Gallery) -> None:
    phone = gallery.hang(IDLE)
    number = phone.get_by_role("textbox", name="Phone number")
    number.fill("+49 30 1")
    number.press("Enter")
    expect(number).to_have_value("")
    gallery.show(phone, after("busy", "outbound"))
    number.press("Enter")
    expect(number).to_have_value("+49 30 1")
    number.press("Enter")
    expect(number).to_have_value("")
    assert commands(phone) == [["dial", "+49 30 1", TYPED]] * 2
    number.press("ArrowUp")
    expect(number).to_have_value("+49 30 1")


def test_a_phone_that_has_become_another_persons_brings_back_no_number(gallery: Gallery) -> None:
    phone = gallery.hang(IDLE)
    number = phone.get_by_role("textbox", name="Phone number")
    number.fill("123")
    number.press("Enter")
    expect(number).to_have_value("")
    gallery.show(phone, a_state(TALKS))
    number.press("Enter")
    number.press("ArrowUp")
    expect(number).to_have_value("")
    assert commands(phone) == [["dial", "123", TYPED]]


def test_the_keyboard_goes_to_what_can_be_done_when_the_phone_fails(gallery: Gallery) -> None:
    phone = gallery.hang(IDLE)
    phone.get_by_role("textbox", name="Phone number").focus()
    gallery.show(phone, a_state(connectionStatus="failed"))
    expect(phone.get_by_role("button", name="Try again")).to_be_focused()
