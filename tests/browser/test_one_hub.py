"""There is one hub, whatever pages do to what they had agreed on."""

from typing import Literal

import pytest

from .backend import BackendProcess
from .conftest import Desk
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
