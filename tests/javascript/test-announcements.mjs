/** What a screen reader says when the state changes: each change once. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { announcements } from "../../web/widget/announcements/sip-phone-announcements.js";
import { Language, languages } from "../../web/widget/languages/language.js";
import russian from "../../web/widget/languages/sip-phone-russian.js";

languages.ru = russian;

const USUAL = { id: "a", phone: "+123", direction: "inbound", muted: false, remoteHold: false };
const call = (state, more = {}) => ({ ...USUAL, state, ...more });
const outbound = (state, id = "a") => call(state, { id, direction: "outbound", displayName: "Anna" });
const phone = (calls = [], more = {}) => {
  return { connectionStatus: "connected", operatorStatus: "ready", calls, lastCall: null, ...more };
};
const LAST = call("ended", { endReason: "busy", answeredAt: 1 });
const EARLIER = call("ended", { id: "earlier" });
const STARTING = phone([], { connectionStatus: "connecting", operatorStatus: "offline" });
const [TALKING, MUTED] = [call("talking"), call("talking", { muted: true })];
const HELD_THERE = call("talking", { remoteHold: true });
const LOADS = ["Connecting…", "The phone is loading.", "Your status is now Offline"];
const MISSED = "Call with +123 is over: Missed call";
const WEAK = "Until the connection is back, this may not be up to date.";

for (const [what, before, after, said] of [
  ["a call that rings", phone(), phone([call("ringing")]), ["Incoming call from +123"]],
  ["a call that rings when the page opens", null, phone([call("ringing")]), ["Incoming call from +123"]],
  ["a call that is dialled", phone(), phone([outbound("dialing")]), ["Calling Anna, +123"]],
  ["a call that gets its true id", phone([outbound("dialing", "p")]), phone([outbound("dialing")]), []],
  ["a call that is answered", phone([call("ringing")]), phone([TALKING]), ["Talking to +123"]],
  ["a call that is held", phone([TALKING]), phone([call("held")]), ["+123 is on hold"]],
  ["a microphone that is muted", phone([TALKING]), phone([MUTED]), ["Microphone muted"]],
  ["a microphone that is on again", phone([MUTED]), phone([TALKING]), ["Microphone on"]],
  ["a caller who holds", phone([TALKING]), phone([HELD_THERE]), ["Held by +123"]],
  ["a caller who is back", phone([HELD_THERE]), phone([TALKING]), ["+123 is back"]],
  ["a call that is over", phone([TALKING]), phone([], { lastCall: LAST }), ["Call with +123 is over: Busy"]],
  ["a call that nobody took", phone([call("ringing")]), phone([], { lastCall: EARLIER }), [MISSED]],
  ["the calls of another person", phone([TALKING]), phone(), []],
  ["the calls of a hub that is gone", phone([TALKING]), { ...STARTING, lastCall: LAST }, LOADS],
  ["a state that is the same", phone([TALKING]), phone([TALKING]), []],
  ["the first connection", STARTING, phone(), []],
  ["a page that opens", null, STARTING, []],
  ["a connection that is lost", phone(), phone([], { connectionStatus: "reconnecting" }), ["Reconnecting…", WEAK]],
  ["a connection that is back", phone([], { connectionStatus: "reconnecting" }), phone(), ["Connected"]],
  ["a status that changes", phone(), phone([], { operatorStatus: "dnd" }), ["Your status is now Do not disturb"]],
  ["a status of the backend's own", phone(), phone([], { operatorStatus: "lunch" }), ["Your status is now lunch"]],
]) {
  test(`of ${what} a screen reader says: ${said.join(" ") || "nothing"}`, () => {
    assert.deepEqual(announcements(new Language("en"), before, after), said);
  });
}

test("a screen reader speaks the panel's language", () => {
  const [before, after] = [phone([call("ringing")]), phone([call("talking")], { operatorStatus: "dnd" })];
  assert.deepEqual(announcements(new Language("ru"), before, after), ["Ваш статус: Не беспокоить", "Разговор: +123"]);
});
