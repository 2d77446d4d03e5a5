"""What another site could do to the operator's phone, with the operator's own browser."""

from playwright.sync_api import Browser

from . import marks
from .backend import BackendProcess

pytestmark = marks.NO_POLICY

# What a script may send to another site without asking first, and what it must ask for.
SIMPLE = {"mode": "no-cors", "headers": {"Content-Type": "text/plain"}}
AS_WE_DO = {"headers": {"Content-Type": "application/json", "Idempotency-Key": "k", "X-Requested-With": "sip-worker"}}
SEND = """([url, how]) => fetch(url, { method: "POST", body: '{"phone": "100"}', credentials: "include", ...how })
  .then(({ type }) => type, ({ name }) => name)"""
READ = "([url, mode]) => fetch(url, { mode, credentials: 'include' }).then(({ type }) => type, ({ name }) => name)"
FORM = """(url) => {
  const form = Object.assign(document.createElement("form"), { method: "POST", action: url, enctype: "text/plain" });
  document.body.append(form);
  form.submit();
}"""


def test_what_another_site_asks_for_is_403_and_leaves_no_trace(
    browser: Browser, backend: BackendProcess, own_backend: BackendProcess
) -> None:
    """The other site is one without the policy that would keep its pages from trying."""
    url, stream = f"{backend.url}/api/sip/dial", f"{backend.url}/api/sip/events"
    context = browser.new_context(base_url=own_backend.url, bypass_csp=True)
    page = context.new_page()
    page.goto("/plain.html")
    assert page.evaluate(SEND, [url, SIMPLE]) == "TypeError"  # the answer is kept from it
    assert page.evaluate(SEND, [url, AS_WE_DO]) == "TypeError"  # not even sent
    for how in ("cors", "no-cors"):
        assert page.evaluate(READ, [stream, how]) == "TypeError"
    with page.expect_navigation():
        page.evaluate(FORM, url)
    assert '"status":403' in page.content()
    context.close()
    state = backend.state()
    assert [state[name] for name in ("posts", "attempts", "streamsOpened", "calls")] == [[], [], 0, []]
