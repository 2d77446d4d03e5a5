"""A hub that serves all tests of a file: one of its own costs a test more than what most tests look at."""

from uuid import uuid4

from .backend import BackendProcess
from .desk import Desk
from .tabs import BOOT

# The hub lives as long as the page that ran this. The port never says INIT_PORT: the page is no tab to the hub.
KEEP = """() => {
  const { port } = new SharedWorker("/dist/sip-worker.js", { type: "module" });
  window.told = new EventTarget();
  window.ask = () => port.postMessage({ type: "CHECK" });
  port.onmessage = ({ data }) => told.dispatchEvent(new CustomEvent(data.type, { detail: data.payload }));
}"""
# Resolves when the hub knows the operator of that status time, nothing else, and no tab. A tab that begins sees that
# operator first; it says BYE then, and what the hub says of its tabs shows that it is gone, and all tabs before it.
KNOWS_NOTHING_ELSE = """([since, timeout]) => new Promise((resolve, reject) => {
  let seen;
  setTimeout(() => reject(new Error(`the hub is not fresh, but ${JSON.stringify(seen)}`)), timeout);
  const { port } = new SharedWorker("/dist/sip-worker.js", { type: "module" });
  const look = ({ detail }) => {
    seen = detail;
    if (detail.tabs.length > 0) return setTimeout(ask, 20);
    told.removeEventListener("CHECK", look);
    resolve();
  };
  port.onmessage = ({ data: { type, payload } }) => {
    if (type !== "SYNC_STATE") return;
    seen = payload;
    const { connectionStatus, statusSince, calls, lastCall } = payload;
    if (connectionStatus !== "connected" || statusSince !== since || calls.length > 0 || lastCall) return;
    port.onmessage = null;
    port.postMessage({ type: "BYE" });
    told.addEventListener("CHECK", look);
    ask();
  };
  port.postMessage({ type: "INIT_PORT" });
  port.postMessage({ type: "NUDGE" });
})"""

# Nothing else tells the hub that a PlainTab has gone.
LEAVE = "() => { globalThis.say?.({ type: 'BYE' }); }"


def change_operator(backend: BackendProcess) -> int:
    """Let another operator begin, of whom no hub knows anything yet; return since when that one has the status."""
    backend.control("reset")
    backend.control("settings", operator={"id": uuid4().hex, "name": "Ada Lovelace"})
    state = backend.state()
    snapshot = {name: state[name] for name in ("operatorStatus", "statusSince", "calls", "operator")}
    backend.control("send", event="snapshot", data=snapshot)
    return int(state["statusSince"])


class SharedHub:
    """A backend of its own, a desk before it, and a page that keeps the hub alive."""

    def __init__(self, backend: BackendProcess, desk: Desk) -> None:
        self.backend = backend
        self.desk = desk
        self._keeper = desk.page("/plain.html")
        self._keeper.evaluate(KEEP)

    def begin_anew(self) -> None:
        """Let another operator begin, of whom the hub knows nothing yet, and who has no tabs."""
        self._keeper.evaluate(KNOWS_NOTHING_ELSE, [change_operator(self.backend), BOOT])
        self.desk.opener = self._keeper

    def end(self) -> list[str]:
        """Close the tabs of a test, and undo what it did to all tabs; return what went wrong in them."""
        self.desk.context.clear(self._keeper, LEAVE)
        self.backend.control("reset")  # lets what a fault holds go on before the next operator begins
        wrong, self.desk.wrong, self.desk.said = self.desk.wrong, [], []
        return wrong
