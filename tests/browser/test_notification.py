"""The browser's own notification, which a headless shell does not show."""

import pytest

from .backend import BackendProcess
from .desk import Desk
from .test_ringing import is_seen, until

pytestmark = pytest.mark.whole_browser

NOTE_REAL = """{
  window.shown = [];
  window.Notification = class extends Notification {
    constructor(...given) {
      super(...given);
      for (const name of ["show", "close", "error"]) {
        this.addEventListener(name, () => shown.push([name, this.title, this.body]));
      }
    }
  };
}"""


@pytest.mark.only("chromium", "only its driver grants a page the permission to notify")
def test_the_browsers_own_notification_is_shown_and_closed_when_the_call_is_answered(
    desk: Desk, backend: BackendProcess
) -> None:
    desk.context.playwright.grant_permissions(["notifications"])
    desk.context.add_init_script(NOTE_REAL)
    [tab] = desk.widgets(1)
    is_seen(tab, seen=False)
    backend.ring("100", "Anna")
    until(tab.page, "shown.length === 1")
    tab.button("Answer").click()
    until(tab.page, "shown.length === 2")
    said = ["Incoming call from Anna", "100"]
    assert tab.page.evaluate("shown") == [["show", *said], ["close", *said]]
