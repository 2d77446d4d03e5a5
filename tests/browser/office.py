"""Two tabs that stay open for all tests of a file, with the hub that they share."""

from dataclasses import dataclass

from .backend import BackendProcess
from .shared_hub import change_operator
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
        since = change_operator(self.backend)
        for tab in (self.asking, self.watching):
            tab.phone.evaluate(RENEW)
            tab.phone.evaluate(IS_FRESH, since)
