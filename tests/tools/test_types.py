"""The types that are shipped, before TypeScript's own compiler."""

import shutil
import subprocess
from pathlib import Path

from web.bundling import settings
from web.bundling.registries import npm_program

OPTIONS = ("--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", "es2022")
RESOLUTION = ("--moduleResolution", "bundler")

# A page that uses all there is. A line under @ts-expect-error must be refused.
PAGE = """
import { SipClient, SipError, type SipCall, type SipState } from "./sip-client.js";
import { SipPhoneWidget } from "./sip-phone-widget.js";

SipPhoneWidget.define();
SipPhoneWidget.define("call-bar");
SipPhoneWidget.languages.de = { lang: "de", dial: "W\u00e4hlen" };
SipPhoneWidget.languages.fr = async () => ({ default: { dial: "Appeler" } });

const phone: SipPhoneWidget = document.createElement("sip-phone-widget");
phone.api = "/mine";
phone.worker = new URL("/sip-worker.js", location.href);
phone.session = null;
phone.extendedLifetime = true;
const api: string = phone.api;
const { connectionStatus, lastCall }: SipState = phone.state;
const reason: string | null | undefined = lastCall?.endReason;

phone.addEventListener("click", (event) => event.clientX);
phone.addEventListener("statechange", ({ detail }) => detail.calls.map(({ phone }) => phone.length));
document.addEventListener("call-incoming", ({ detail }) => (location.hash = detail.phone));
document.addEventListener("call-answered", ({ detail: { answeredAt } }) => answeredAt?.toFixed());
document.addEventListener("call-ended", ({ detail }: CustomEvent<SipCall>) => detail.endReason);
document.addEventListener("phone-error", ({ detail }) => [detail.code, detail.message]);
document.addEventListener("outdated", ({ detail }) => detail.version.length);

const client = SipClient.connect({ api: "/mine", session: "ann", extendedLifetime: true });
phone.client = client;
phone.client = null;
client.addEventListener("progress", ({ detail }) => detail.toFixed());
client.addEventListener("error", ({ detail }) => detail.command);
const text: string = await client.journal();
for (const each of [phone, client]) {
  await each.dial("1");
  await Promise.all([each.answer(), each.hangup("a"), each.hold(), each.resume(), each.mute(), each.unmute("a")]);
  await Promise.all([each.dtmf("1", "a"), each.transfer("1"), each.setStatus("ready")]);
}
try {
  client.reconnect();
  client.close();
} catch (error) {
  if (error instanceof SipError && error.retryable) console.log(error.code, error.message);
}

// @ts-expect-error a number is text
phone.dial(1);
// @ts-expect-error there is no such command
phone.ring("1");
// @ts-expect-error only the hub makes states
phone.state = client.state;
// @ts-expect-error a state cannot be changed
client.state.calls.push(phone.state.calls[0]);
// @ts-expect-error a call is no state
phone.addEventListener("call-ended", ({ detail }) => detail.calls);
// @ts-expect-error no such state of the connection
connectionStatus === "open";

export { api, reason, text };
"""


def test_a_page_in_typescript_may_do_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    for file in sorted((settings.ROOT / "web").glob("**/*.d.ts")):
        shutil.copy(file, tmp_path)
    (tmp_path / "page.ts").write_text(PAGE, encoding="utf-8")
    command = [*npm_program("typescript", "tsc"), *OPTIONS, *RESOLUTION, "page.ts"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
