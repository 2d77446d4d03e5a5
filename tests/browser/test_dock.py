"""The phone in a corner of the page: a pill, which opens when a person wants it to, or somebody calls."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from . import marks
from .gallery import Gallery
from .scenes import RINGS, TALKS, Scene, a_state

pytestmark = marks.NO_POLICY

DOCKED = Scene("docked", a_state(), "[part=toggle]", docked=True)


@pytest.fixture
def gallery(browser: Browser) -> Iterator[Gallery]:
    opened = Gallery(browser)
    yield opened
    opened.close()


def test_a_docked_phone_is_a_pill_that_opens_and_closes_by_click_and_by_enter(gallery: Gallery) -> None:
    phone = gallery.hang(DOCKED)
    panel, pill = phone.locator("[part=panel]"), phone.locator("[part=toggle]")
    expect(panel).to_be_hidden()
    expect(pill).to_have_accessible_name("Phone: Connected")
    pill.click()
    expect(panel).to_be_visible()
    expect(pill).to_have_attribute("aria-expanded", "true")
    pill.press("Enter")
    expect(panel).to_be_hidden()
    expect(pill).to_have_attribute("aria-expanded", "false")


def test_a_call_that_begins_to_ring_opens_it_and_one_that_goes_on_ringing_does_not(gallery: Gallery) -> None:
    phone = gallery.hang(DOCKED)
    panel, pill = phone.locator("[part=panel]"), phone.locator("[part=toggle]")
    gallery.show(phone, a_state(RINGS))
    expect(panel).to_be_visible()
    pill.click()
    gallery.show(phone, a_state(RINGS | {"displayName": "Ada Lovelace"}))
    expect(pill).to_contain_text("Ada Lovelace")
    expect(panel).to_be_hidden()
    gallery.show(phone, a_state(RINGS, RINGS | {"id": "another"}))
    expect(panel).to_be_visible()


def test_a_phone_that_was_closed_stays_closed_for_that_call_under_another_hub(gallery: Gallery) -> None:
    phone = gallery.hang(DOCKED)
    panel, pill = phone.locator("[part=panel]"), phone.locator("[part=toggle]")
    gallery.show(phone, a_state(RINGS))
    pill.click()
    gallery.show(phone, a_state(connectionStatus="connecting", operatorStatus="offline", statusSince=None))
    gallery.show(phone, a_state(RINGS))
    phone.evaluate("(phone) => { phone.lang = 'ru'; }")
    expect(pill).to_contain_text("Grace Hopper")
    expect(panel).to_be_hidden()
    gallery.show(phone, a_state(lastCall=RINGS | {"state": "ended", "endedAt": 1}))
    gallery.show(phone, a_state(RINGS))
    expect(panel).to_be_visible()


def test_the_pill_says_how_long_the_call_lasts_and_that_the_connection_is_gone(gallery: Gallery) -> None:
    phone = gallery.hang(DOCKED)
    pill = phone.locator("[part=toggle]")
    gallery.show(phone, a_state(TALKS))
    expect(pill).to_have_text("Phone:Grace Hopper03:00")
    gallery.wait(1_000)
    expect(pill).to_have_text("Phone:Grace Hopper03:01")
    gallery.show(phone, a_state(TALKS, connectionStatus="reconnecting"))
    expect(pill).to_contain_text("Reconnecting…")


def test_what_happens_is_told_to_a_screen_reader_though_the_phone_is_closed(gallery: Gallery) -> None:
    phone = gallery.hang(DOCKED)
    gallery.show(phone, a_state(TALKS))
    expect(phone.locator("[part=panel]")).to_be_hidden()
    expect(phone.get_by_role("status")).to_contain_text("Talking to Grace Hopper")


def test_attribute_and_property_choose_the_corner_or_none(gallery: Gallery) -> None:
    phone = gallery.hang(DOCKED)
    frame = phone.locator("xpath=..").bounding_box()
    pill = phone.locator("[part=toggle]")
    assert frame
    right = pill.bounding_box()
    assert right
    assert frame["x"] + frame["width"] - right["x"] - right["width"] < 20
    phone.evaluate("phone => { phone.docked = 'bottom-left'; }")
    expect(phone).to_have_attribute("docked", "bottom-left")
    left = pill.bounding_box()
    assert left
    assert left["x"] - frame["x"] < 20
    phone.evaluate("phone => phone.setAttribute('docked', '')")
    assert phone.evaluate("phone => phone.docked") == "bottom-right"
    phone.evaluate("phone => { phone.docked = null; }")
    assert phone.evaluate("phone => phone.hasAttribute('docked')") is False
    expect(pill).to_be_hidden()
    expect(phone.locator("[part=panel]")).to_be_visible()
