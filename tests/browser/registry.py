"""The registry of tabs as it can be seen from outside: by the locks that tabs hold, and that the hub asks for."""

from playwright.sync_api import Page

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


def registry_holds(page: Page, count: int, timeout: float) -> None:
    """Wait, on a page that lives, until the registry has exactly `count` tabs, all with our SipClient."""
    held, watched, hubs, waiting = page.evaluate(HOLDS, [count, timeout])
    assert (held, watched, hubs, waiting) == (count, count, 1, count)
