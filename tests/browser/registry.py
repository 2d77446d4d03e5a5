"""The registry of tabs as it can be seen from outside: by the locks that tabs hold and the hub asks for, by what the
hub says of its tabs, and in its journal, which is played on CPython."""

import time
from typing import Any

from worker_py.hub import Hub
from worker_py.replay import Replay

from .drivers import Page
from .waiting import until

BUSY = 700  # ms that a busy machine may add

# Resolves to true when the hub watches `count` tabs, all tabs wait for its death, and nobody else holds a lock.
HOLDS = """async ([count, timeout]) => {
  const end = performance.now() + timeout;
  const counted = (locks, kind) => locks.filter(({name}) => name.startsWith(`sip-phone-${kind}-`)).length;
  for (;;) {
    const {held, pending} = await navigator.locks.query();
    const seen = [counted(held, "tab"), counted(pending, "tab"), counted(held, "hub"), counted(pending, "hub")];
    if (String(seen) === String([count, count, 1, count])) return seen;
    if (performance.now() > end) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""
LOCKS = "async (how) => (await navigator.locks.query())[how].map(({name}) => name)"
CHECK = "document.querySelector('sip-phone-widget').client.check()"
JOURNAL = "document.querySelector('sip-phone-widget').client.journal()"


def registry_holds(page: Page, count: int, timeout: float) -> None:
    """Wait, on a page that lives, until the registry has exactly `count` tabs, all with our SipClient."""
    end = time.monotonic() + (timeout + BUSY) / 1000
    held, watched, hubs, waiting = page.evaluate(HOLDS, [count, timeout])
    assert (held, watched, hubs, waiting) == (count, count, 1, count)
    left = end - time.monotonic()
    until(f"the hub knows {count} tabs", lambda: known_tabs(page), lambda tabs: len(tabs) == count, patience=left)
    assert len(hub_behind(page).ports.all) == count, "the journal leads to another registry here"


def locks(page: Page, how: str) -> list[str]:
    """Return the names of the locks that are "held", or "pending"."""
    return list(page.evaluate(LOCKS, how))


def known_tabs(page: Page) -> list[dict[str, Any]]:
    """Return what the hub of that page says of its tabs, oldest first."""
    return list(page.evaluate(CHECK)["tabs"])


def hub_behind(page: Page) -> Hub:
    """Return the hub of that page as it is now."""
    replay = Replay(page.evaluate(JOURNAL))
    assert all(step.same for step in replay.steps())
    return replay.hub
