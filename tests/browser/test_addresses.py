"""Attacks by addresses and by messages without sense: what comes of them differs from browser to browser."""

from urllib.parse import quote

import pytest

from .backend import BackendProcess
from .desk import Desk
from .tabs import WidgetTab


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize("disguise", ["/\t/{}", "/\n/{}", "/\\{}", "//{}", "/.//{}", "/\\["])
def test_an_api_in_disguise_leads_to_no_other_site(desk: Desk, own_backend: BackendProcess, disguise: str) -> None:
    api = disguise.format(f"localhost:{own_backend.port}/api/sip")
    tab = desk.plain(worker=f"/dist/sip-worker.js?api={quote(api, safe='')}")
    error = tab.hears("message.type === 'ERROR'")["payload"]
    assert (error["code"], "path on the page's own site" in error["message"]) == ("hub_failed", True)
    assert own_backend.state()["attempts"] == []


def test_an_api_with_a_slash_at_its_end_is_the_same_phone(desk: Desk, backend: BackendProcess) -> None:
    page = desk.page("/plain.html")
    page.evaluate("""() => {
      const phone = document.createElement("sip-phone-widget");
      phone.setAttribute("api", "/api/sip/");
      document.body.append(phone);
      return import("/dist/sip-phone-widget.js");
    }""")
    tab, other = WidgetTab(page).is_connected(), desk.widget().is_connected()
    backend.ring("100")
    for each in (tab, other):
        each.shows("Ringing")
    desk.workers.come_to(1)
    assert backend.state()["streams"] == 1


CONNECT = """async () => {
  const { SipClient } = await import("/dist/sip-client.js");
  const blob = URL.createObjectURL(new Blob(["postMessage(1)"], {type: "text/javascript"}));
  const scripts = ["/panel.js", "/panel.js?/sip-worker.js", "/panel.js#/sip-worker.js", "/panel.js%2Fsip-worker.js",
    blob, `${blob}#/sip-worker.js`, `${blob}/sip-worker.js`, "data:text/javascript,0//sip-worker.js",
    "https://elsewhere.test/sip-worker.js", `//${location.hostname}:9/sip-worker.js`, "javascript:0//sip-worker.js"];
  const started = (worker) => {
    try {
      SipClient.connect({ worker }).close();
      return true;
    } catch ({ name }) {
      return name !== "TypeError";
    }
  };
  return scripts.filter(started);
}"""


@pytest.mark.every_engine(rows=1)
@pytest.mark.parametrize("path", ["/dist/index.html", "/plain.html"], ids=["with Trusted Types", "without"])
def test_only_our_own_script_becomes_a_worker(desk: Desk, path: str) -> None:
    page = desk.page(path)
    assert page.evaluate(CONNECT) == []


# Whoever writes to our channels is a script of this origin, but not always one of ours.
NONSENSE = """(name) => {
  const channel = new BroadcastChannel(name);
  const objects = [[], {}, { knock: null }, { hub: null }, { epoch: null }];
  for (const message of [null, undefined, 0, "x".repeat(1e7), ...objects]) channel.postMessage(message);
  for (let count = 0; count < 1000; count++) channel.postMessage({});
  channel.close();
}"""


@pytest.mark.every_engine
def test_nonsense_on_the_channel_of_the_workers_ends_no_phone(desk: Desk, backend: BackendProcess) -> None:
    [tab] = desk.widgets(1)
    tab.page.evaluate(NONSENSE, f"sip-phone-workers {backend.url}/dist/sip-worker.js")
    tab.phone.evaluate("phone => phone.client.setStatus('dnd')")
    tab.is_connected()
    assert backend.state()["streamsOpened"] == 1
