"""Two tabs of one hub that serves all tests of a file: a hub of its own costs a test more than what it looks at."""

from dataclasses import dataclass
from uuid import uuid4

from .backend import BackendProcess
from .tabs import WidgetTab

# The new element has the client of the old one, and nothing of what a person did to that.
RENEW = """(phone) => {
  const fresh = phone.cloneNode();
  phone.after(fresh);
  phone.remove();
}"""
# Resolves when the tab shows the operator of that status time, and nothing else.
IS_FRESH = """(phone, since) => new Promise((resolve) => {
  const { client } = phone;
  const look = () => {
    const { connectionStatus, statusSince, calls, lastCall } = client.state;
    if (connectionStatus === "connected" && statusSince === since && calls.length === 0 && !lastCall) resolve(true);
  };
  client.addEventListener("statechange", look);
  look();
})"""


@dataclass(frozen=True)
class Office:
    """A backend of its own, and two tabs before it."""

    backend: BackendProcess
    asking: WidgetTab
    watching: WidgetTab

    def begin_anew(self) -> None:
        """Let another operator begin, of whom hub and tabs know nothing yet."""
        self.backend.control("reset")
        self.backend.control("settings", operator={"id": uuid4().hex, "name": "Ada Lovelace"})
        state = self.backend.until(lambda state: state["streams"] == 1)
        snapshot = {name: state[name] for name in ("operatorStatus", "statusSince", "calls", "operator")}
        self.backend.control("send", event="snapshot", data=snapshot)
        for tab in (self.asking, self.watching):
            tab.phone.evaluate(RENEW)
            tab.phone.evaluate(IS_FRESH, snapshot["statusSince"])
