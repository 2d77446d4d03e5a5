"""A page with the widget and a client that a test holds in its hand: any scene at once, without worker and backend."""

import time
from dataclasses import replace
from typing import Any, NamedTuple

from playwright.sync_api import Page, expect

from worker_py.call import Call, CallState, Direction, EndReason
from worker_py.events import ConnectionStatus
from worker_py.protocol import state_payload
from worker_py.state import State

from .backend import DIST

SET_UP = """async () => {
  const {SipPhoneWidget} = await import("/dist/sip-phone-widget.js");
  SipPhoneWidget.languages.ru = (await SipPhoneWidget.languages.ru()).default;
  await import("/dist/PARTS/sip-phone-ringer.js"); // what moves when it rings is there at once then
  await import("/dist/PARTS/sip-phone-last-call.js"); // as is this
  const commands = ["answer", "dial", "dtmf", "hangup", "hold", "mute", "resume", "setStatus", "transfer", "unmute"];
  class StandIn extends EventTarget {
    asked = [];
    constructor(state) {
      super();
      this.state = state;
      for (const name of commands) this[name] = async (...words) => { this.asked.push([name, ...words]); };
    }
    tell(name, detail) {
      if (name === "statechange") this.state = detail;
      if (name === "outdated") this.outdated = detail;
      this.dispatchEvent(new CustomEvent(name, {detail}));
    }
  }
  window.add = (state, {lang, width}) => {
    const phone = document.createElement("sip-phone-widget");
    Object.assign(phone, {client: new StandIn(state), lang});
    phone.style.inlineSize = `${width}px`;
    document.body.append(phone);
  };
}"""
PUT = """([{state, event}, {direction, ...look}]) => {
  document.dir = direction;
  document.body.replaceChildren();
  add(state, look);
  const phone = document.body.lastChild;
  if (event) phone.client.tell(...event);
}"""


def parts_folder() -> str:
    """Return the name of the bundle's folder for what pages fetch on demand."""
    [folder] = DIST.glob("parts-*")
    return folder.name


class Scene(NamedTuple):
    """What the phone shows: the state, an event of the client after it, and the toggle that a person has pressed."""

    state: dict[str, Any]
    event: tuple[str, Any] | None = None
    opens: str | None = None


class Look(NamedTuple):
    """How it is shown; the width in CSS pixels."""

    lang: str = "en"
    direction: str = "ltr"
    width: int = 360


USUAL = Look()


def scene(*calls: Call, event: tuple[str, Any] | None = None, opens: str | None = None, **fields: Any) -> Scene:
    """The phone of an operator who is ready, with these calls; `fields` are those of the hub's state."""
    usual: dict[str, Any] = {"connection": ConnectionStatus.CONNECTED, "operator_status": "ready"}
    return Scene(state_payload(State(calls=calls, **usual | fields)), event, opens)


MINUTE_AGO = int(time.time() * 1000) - 60_000
RINGING = Call("1", "+493012345678", display_name="Grace Hopper", started_at=MINUTE_AGO)
TALKING = replace(RINGING, state=CallState.TALKING, answered_at=MINUTE_AGO)
HELD = replace(TALKING, state=CallState.HELD)
DIALING = Call("2", "+4930444555", Direction.OUTBOUND, CallState.DIALING, started_at=MINUTE_AGO)
ENDED = replace(RINGING, state=CallState.ENDED, end_reason=EndReason.CANCELED, ended_at=MINUTE_AGO)
REFUSAL = {"code": "api_409", "message": "The line is busy.", "command": "CMD_DIAL"}

SCENES = {
    "empty": scene(),
    "connecting": scene(connection=ConnectionStatus.CONNECTING, operator_status="offline", event=("progress", 0.4)),
    "reconnecting": scene(TALKING, connection=ConnectionStatus.RECONNECTING),
    "unauthorized": scene(connection=ConnectionStatus.UNAUTHORIZED, operator_status="offline"),
    "failed": scene(connection=ConnectionStatus.FAILED, operator_status="offline"),
    "outdated": scene(event=("outdated", {"version": "2.0"})),
    "an error": scene(event=("error", REFUSAL)),
    "a status of the backend's own": scene(operator_status="lunch"),
    "dial pad": scene(opens="[part=dialpad-toggle]"),
    "dialing": scene(DIALING),
    "ringing": scene(RINGING),
    "talking": scene(TALKING),
    "muted": scene(replace(TALKING, muted=True)),
    "held": scene(HELD),
    "held by the other side": scene(replace(TALKING, remote_hold=True)),
    "keypad": scene(TALKING, opens="[part~=dtmf]"),
    "transfer": scene(TALKING, opens="[part~=transfer]"),
    "several calls": scene(replace(HELD, id="3"), TALKING, replace(RINGING, id="4", display_name=None)),
    "last call": scene(last_call=ENDED),
}


class Stage:
    """The page, and the phones on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.phone = page.locator("sip-phone-widget").first
        page.goto("/plain.html")
        page.evaluate(SET_UP.replace("PARTS", parts_folder()))

    def show(self, shown: Scene, look: Look = USUAL) -> None:
        """Put a new phone in the place of all before."""
        self.page.evaluate(PUT, [shown._asdict(), look._asdict()])
        if shown.opens:
            toggle = self.phone.locator(shown.opens)
            toggle.dispatch_event("click")
            expect(toggle).to_have_attribute("aria-expanded", "true")

    def tell(self, name: str, detail: Any) -> None:
        """Let the client of the phone say that."""
        self.phone.evaluate("(phone, [name, detail]) => phone.client.tell(name, detail)", [name, detail])

    def asked(self) -> list[list[Any]]:
        """Return the commands that the phone has given its client: their names with what they were told."""
        return list(self.phone.evaluate("phone => phone.client.asked"))
