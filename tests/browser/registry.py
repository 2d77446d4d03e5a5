"""The registry of tabs as it can be seen from outside: by the locks that tabs hold and the hub asks for, and in the hub
itself, whose journal is played on CPython."""

import time

from worker_py.hub import Hub
from worker_py.replay import Replay

from .drivers import Page

BUSY = 700  # ms that a busy machine may add, also for telling and playing a journal

# Resolves to true when the hub watches `count` tabs, all tabs wait for its death, and nobody else holds a lock.
HOLDS = """async ([count, timeout]) => {
  const end = performance.now() + timeout;
  const counted = (locks, kind) => locks.filter(({name}) => name.startsWith(`sip-phone-${kind}-`)).length;
  for (;;) {
    const {held, pending} = await navigator.locks.query();
    const seen = [counted(held, "tab"), counted(pending, "tab"), counted(held, "hub"), counted(pending, "hub")];
    if (String(seen) === String([count, count, 1, count])) return seen;
    if (performance.now() > end) return seen;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}"""
JOURNAL = "document.querySelector('sip-phone-widget').client.journal()"


def registry_holds(page: Page, count: int, timeout: float) -> None:
    """Wait, on a page that lives, until the registry has exactly `count` tabs, all with our SipClient."""
    end = time.monotonic() + (timeout + BUSY) / 1000
    held, watched, hubs, waiting = page.evaluate(HOLDS, [count, timeout])
    assert (held, watched, hubs, waiting) == (count, count, 1, count)
    while (known := len(hub_behind(page).ports.all)) != count:
        assert time.monotonic() < end, f"the hub knows {known} tabs"


def hub_behind(page: Page) -> Hub:
    """Return the hub of that page as it is now."""
    replay = Replay(page.evaluate(JOURNAL))
    assert all(step.same for step in replay.steps())
    return replay.hub
