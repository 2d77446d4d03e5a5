"""Tabs as tests use them: one with the widget, seen as an operator sees it, and one that speaks the seed's messages."""

from collections.abc import Sequence
from typing import Any

from .drivers import Page, Part

BOOT = 60_000  # ms in which a hub starts on a machine that is busy

State = dict[str, Any]

PLAIN_TAB = """([worker, session, more]) => {
  const port = new SharedWorker(worker, {type: "module"}).port;
  window.heard = [];
  window.say = (message) => port.postMessage(message);
  port.onmessage = ({data}) => {
    window.heard.push(data);
    window.dispatchEvent(new Event("heard"));
  };
  window.say({type: "INIT_PORT", ...(session && {payload: {session}})});
  more.forEach(window.say);
}"""


# The conditions of a wait are evaluated by the debugger: the page's own policy forbids it to evaluate text.
WAIT = """(timeout) => new Promise((resolve, reject) => {
  const look = () => {
    const found = CONDITION;
    if (!found) return;
    removeEventListener("heard", look);
    resolve(found);
  };
  setTimeout(() => reject(new Error(`not heard in time, but ${JSON.stringify(heard)}`)), timeout);
  addEventListener("heard", look);
  look();
})"""


class WidgetTab:
    """A page with <sip-phone-widget>."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.phone = page.find("sip-phone-widget")
        self.connection = self.phone.find("[part=connection]")
        self.cards = self.phone.find("[part~=call]")
        self.number = self.phone.with_role("textbox", "Phone number", exact=True)
        self.status = self.phone.with_role("combobox", "Your status")
        self.error = self.phone.with_role("alert")
        self.last_call = self.phone.find("[part=last-call]")

    def is_connected(self) -> "WidgetTab":
        self.connection.has_text("Connected", timeout=BOOT)
        return self

    def card(self, who: str) -> Part:
        """The card of the call with that name or number."""
        return self.phone.with_role("article", who)

    def button(self, name: str) -> Part:
        return self.phone.button(name)

    def dial(self, number: str) -> None:
        self.number.fill(number)
        self.button("Dial").click()

    def shows(self, text: str) -> None:
        """Exactly one call is shown, and its state is called `text`."""
        self.cards.find("[part=state]").has_texts([text])

    def shows_no_call(self) -> None:
        self.cards.has_count(0)

    def state(self) -> State:
        """The state that the widget draws."""
        return dict(self.phone.evaluate("phone => phone.client.state"))


class PlainTab:
    """A page with nothing of ours, which knows only the seed, and may say who is signed in, and `more` at once."""

    def __init__(
        self, page: Page, worker: str = "/dist/sip-worker.js", session: str | None = None, more: Sequence[Any] = ()
    ) -> None:
        self.page = page
        page.evaluate(PLAIN_TAB, [worker, session, list(more)])

    def say(self, kind: str, **fields: Any) -> None:
        self.page.evaluate("message => say(message)", {"type": kind, **fields})

    def heard(self) -> list[Any]:
        return list(self.page.evaluate("heard"))

    def hears(self, condition: str, timeout: float = BOOT) -> Any:
        """Return the first message for which the JavaScript `condition` on `message` (and its `payload`) holds."""
        finder = f"heard.find((message) => {{ const payload = message.payload ?? {{}}; return {condition}; }})"
        return self.wait(finder, timeout)

    def wait(self, expression: str, timeout: float = BOOT) -> Any:
        """Return the value of the JavaScript `expression` as soon as what is heard makes it true."""
        return self.page.evaluate(WAIT.replace("CONDITION", expression), timeout)

    def is_connected(self) -> "PlainTab":
        self.hears("payload.connectionStatus === 'connected'")
        return self

    def forget(self) -> None:
        """Look only at what comes from now on."""
        self.page.evaluate("heard.length = 0")

    def state(self) -> State:
        return dict(self.page.evaluate("heard.findLast(({type}) => type === 'SYNC_STATE').payload"))
