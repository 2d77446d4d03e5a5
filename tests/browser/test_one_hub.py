"""There is one hub, whatever pages do to what they had agreed on."""

from typing import Literal

import pytest

from . import marks
from .backend import BackendProcess
from .desk import Desk
from .tabs import PlainTab, WidgetTab

# As if a worker had hung and been left: the tabs that load now use the next one.
LEAVE = "localStorage.setItem('sip-phone-instance /dist/sip-worker.js', '1')"
# What old versions of Prototype do to arrays; with it nothing that holds an array comes through JSON as it was.
PROTOTYPE = "Array.prototype.toJSON = function () { return `[${this.join()}]`; };"


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize("late", ["ours", "plain"])
def test_pages_that_forget_which_hub_they_have_come_to_the_one_that_started_last(
    desk: Desk, backend: BackendProcess, late: Literal["ours", "plain"]
) -> None:
    desk.context.add_init_script(PROTOTYPE)
    page = desk.page("/plain.html")
    page.evaluate(LEAVE)
    tabs = desk.widgets(2)
    page.evaluate("localStorage.clear()")
    other: WidgetTab | PlainTab = desk.widget() if late == "ours" else PlainTab(page)
    other.is_connected()
    backend.until(lambda state: state["streamsOpened"] == 2)
    desk.workers.come_to(1)
    backend.ring("100")
    for tab in tabs:
        tab.is_connected().shows("Ringing")
    if isinstance(other, WidgetTab):
        other.shows("Ringing")
    else:
        other.hears("payload.activeCall?.state === 'ringing'")
    assert backend.state()["maxStreams"] == 1


@pytest.mark.parametrize("places", [(1, 0), (2, 1, 0), (1, 2, 0)])
def test_of_hubs_that_start_at_the_same_time_the_one_stays_that_plain_pages_know(
    desk: Desk, backend: BackendProcess, places: tuple[int, ...]
) -> None:
    pages = [desk.page("/plain.html") for _ in places]
    for place, page in zip(places, pages, strict=True):
        tab = PlainTab(page, f"/dist/sip-worker.js?instance={place}" if place else "/dist/sip-worker.js")
        tab.hears("message.type === 'SYNC_STATE'")  # the next one starts after this one, however busy the machine is
    tab.is_connected()
    desk.workers.come_to(1)
    tab.say("CMD_DIAL", id="1", payload={"phone": "100"})
    tab.hears("message.id === '1' && message.ok")
    assert backend.state()["maxStreams"] == 1


# Of a page that a browser renders in advance, the worker answers nothing and no lock is given, until somebody sees it.
PRERENDERING = """if (location.search === "?prerendering") {
  let prerendering = true;
  window.asked = 0;
  const Worker = SharedWorker;
  Object.defineProperty(document, "prerendering", { get: () => prerendering });
  window.SharedWorker = class extends EventTarget {
    port = new MessageChannel().port1;
    constructor() {
      super();
      asked += 1;
    }
  };
  navigator.locks.request = () => {
    asked += 1;
    return new Promise(() => {});
  };
  window.activate = () => {
    prerendering = false;
    window.SharedWorker = Worker;
    delete navigator.locks.request;
    document.dispatchEvent(new Event("prerenderingchange"));
  };
}"""


@marks.PRERENDERS
def test_a_prerendered_page_asks_for_nothing_until_it_is_shown(desk: Desk, backend: BackendProcess) -> None:
    desk.context.add_init_script(PRERENDERING)
    shown = desk.widget().is_connected()
    worker = desk.workers.targets()
    ahead = desk.widget("/dist/index.html?prerendering")
    ahead.connection.has_text("Connecting…")
    backend.ring("100")
    shown.button("Answer").click()
    shown.shows("Talking")
    assert ahead.page.evaluate("asked") == 0
    ahead.page.evaluate("activate()")
    ahead.shows("Talking")
    assert (desk.workers.targets(), backend.state()["streamsOpened"]) == (worker, 1)
