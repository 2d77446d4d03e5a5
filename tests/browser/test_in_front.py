"""What rings can be seen and answered, whatever the page has put over the phone, and however low the window is."""

import pytest

from .office import Office
from .test_hands import middle, talk

MODAL = """() => {
  const dialog = document.createElement("dialog");
  dialog.style.cssText = "inline-size: 90vi; block-size: 90vb";
  dialog.append(document.createElement("input"));
  dialog.addEventListener("click", () => { window.dismissed = true; });
  document.body.append(dialog);
  dialog.showModal();
}"""
BACKDROP = """() => {
  const cover = document.createElement("div");
  cover.style.cssText = "position: fixed; inset: 0; z-index: 1040; background: rgb(0 0 0 / 50%)";
  cover.tabIndex = -1;
  document.addEventListener("focusin", ({ target }) => target !== cover && cover.focus());
  document.body.append(cover);
}"""
UNCOVER = "() => document.querySelectorAll('dialog, div').forEach((cover) => cover.remove())"


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize(
    ("before", "after", "docked"),
    [(None, MODAL, ""), (MODAL, None, None), (BACKDROP, None, ""), (None, BACKDROP, None)],
    ids=["a modal while it rings", "a modal", "a backdrop", "a backdrop while it rings"],
)
def test_what_rings_can_be_answered_by_a_click_whatever_covers_the_page(
    office: Office, before: str | None, after: str | None, docked: str | None
) -> None:
    tab = office.asking
    tab.phone.evaluate("(phone, docked) => { phone.docked = docked; }", docked)
    if before:
        tab.page.evaluate(before)
    office.backend.ring("100", "Anna")
    tab.button("Answer").is_visible()
    if after:
        tab.page.evaluate(after)
    tab.phone.find(".phone").has_attribute("popover", "manual")
    tab.page.playwright.mouse.click(*middle(tab.button("Answer")))
    tab.shows("Talking")
    tab.phone.find(".phone[popover]").has_count(0)
    assert tab.page.evaluate("window.dismissed") is None
    tab.page.evaluate(UNCOVER)
    tab.phone.evaluate("(phone) => { phone.docked = null; }")


def test_a_second_caller_is_in_sight_in_a_low_window_whatever_is_open(office: Office) -> None:
    tab = office.asking
    page = tab.page.playwright
    before = page.viewport_size
    page.set_viewport_size({"width": 1280, "height": 600})
    tab.phone.evaluate("(phone) => { phone.docked = ''; }")
    tab.phone.find("[part=toggle]").click()
    talk(office)
    for name in ("Dial pad", "Keypad"):
        tab.button(name).click()
        tab.button(name).has_attribute("aria-expanded", "true")
    tab.phone.find("[part=panel]").evaluate("(panel) => panel.scrollTo(0, panel.scrollHeight)")
    office.backend.ring("200", "Bert")
    answer = tab.button("Answer")
    answer.is_visible()
    box = answer.locator.bounding_box()
    assert box
    assert 0 < box["y"] < box["y"] + box["height"] < 600 - 74  # px; below that is the pill
    answer.click()
    tab.card("Bert").find("[part=state]").has_text("Talking")
    tab.phone.evaluate("(phone) => { phone.docked = null; }")
    assert before
    page.set_viewport_size(before)
