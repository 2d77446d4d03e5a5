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
FORM = """(url) => {
  const form = Object.assign(document.createElement("form"), { method: "POST", action: url, enctype: "text/plain" });
  document.body.append(form);
  form.submit();
}"""


def test_a_post_from_another_site_is_403(
    browser: Browser, backend: BackendProcess, own_backend: BackendProcess
) -> None:
    """The other site is one without the policy that would keep its pages from trying."""
    url = f"{backend.url}/api/sip/dial"
    context = browser.new_context(base_url=own_backend.url, bypass_csp=True)
    page = context.new_page()
    page.goto("/plain.html")
    assert page.evaluate(SEND, [url, SIMPLE]) == "opaque"
    assert page.evaluate(SEND, [url, AS_WE_DO]) == "TypeError"
    with page.expect_navigation():
        page.evaluate(FORM, url)
    assert '"status":403' in page.content()
    context.close()
    state = backend.state()
    assert ([post["status"] for post in state["posts"]], state["calls"]) == ([403, 403], [])
