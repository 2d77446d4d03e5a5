/** The events of the element: what leads from the states that a page was told of to a new one. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { news, NOTHING } from "../../web/widget/events.js";

const call = (id, state, direction = "inbound", more = {}) => ({ id, state, direction, ...more });
const phone = (calls, status = "connected", last = null) => ({ connectionStatus: status, calls, lastCall: last });

const [A, B, TALKING] = [call("a", "ringing"), call("b", "ringing"), call("a", "talking")];
const ENDED = call("a", "ended", "inbound", { endReason: "completed" });
const DIALED = call("p", "dialing", "outbound");
const STARTING = phone([], "connecting");
const IDLE = phone([]);

/** What a client says beside a state: which calls are to be heard, and in which people begin to talk. */
const beside = new Map();

function saying(state, client) {
  beside.set(state, client);
  return state;
}

/** The events that follow from each state, given those before it. */
function events(...states) {
  let told = NOTHING;
  return states.map((state) => {
    const next = news(told, state, beside.get(state));
    told = next.told;
    return next.events;
  });
}

/** The same without the first one of each, which tells the state. */
function aboutCalls(...states) {
  const lists = events(...states);
  assert.deepEqual(lists.map(([first]) => first), states.map((state) => ["statechange", state]));
  return lists.map(([, ...rest]) => rest);
}

test("a call that rings is incoming once, and one more does not hide it", () => {
  const told = aboutCalls(phone([A]), phone([A, B]), phone([B, A]));
  assert.deepEqual(told, [[["call-incoming", A]], [["call-incoming", B]], []]);
});

test("a call that rings when the page opens is incoming", () => {
  assert.deepEqual(aboutCalls(STARTING, phone([A])), [[], [["call-incoming", A]]]);
});

test("a call that is under way when the page opens, or dialled, is no event of its own", () => {
  assert.deepEqual(aboutCalls(phone([TALKING]), phone([TALKING, DIALED])), [[], []]);
});

for (const first of [A, call("a", "dialing", "outbound")]) {
  test(`a call that is ${first.state} is answered once`, () => {
    const held = call("a", "held");
    const [, ...told] = aboutCalls(phone([first]), phone([TALKING]), phone([held]), phone([TALKING]));
    assert.deepEqual(told, [[["call-answered", TALKING]], [], []]);
    assert.deepEqual(aboutCalls(phone([first]), phone([held]))[1], [["call-answered", held]]);
  });
}

test("a call that is dialled stays the same when the backend names it", () => {
  const [named, answered] = [call("a", "dialing", "outbound"), call("a", "talking", "outbound")];
  const told = aboutCalls(phone([DIALED]), phone([named]), phone([answered]));
  assert.deepEqual(told, [[], [], [["call-answered", answered]]]);
});

test("a call that is over is told as the last call, or as it was last seen", () => {
  const [, told] = aboutCalls(phone([A, B]), phone([], "connected", ENDED));
  assert.deepEqual(told, [["call-ended", ENDED], ["call-ended", call("b", "ended")]]);
});

// The new hub's stream is open before it says which calls there are.
test("a call that outlives the hub is not told again", () => {
  const told = aboutCalls(phone([A]), STARTING, IDLE, phone([A]), phone([TALKING]));
  assert.deepEqual(told, [[["call-incoming", A]], [], [], [], [["call-answered", TALKING]]]);
});

for (const [states, ended] of [
  [[IDLE, phone([])], call("a", "ended")],
  [[phone([], "connected", ENDED)], ENDED],
]) {
  test(`a call that ended without a hub is over with state ${states.length} of the next one`, () => {
    const told = aboutCalls(phone([TALKING]), STARTING, ...states);
    assert.deepEqual(told, [...told.slice(0, -1).fill([]), [["call-ended", ended]]]);
  });
}

test("a call that is hung up while the stream is down is over at once", () => {
  const cut = [phone([TALKING], "reconnecting"), phone([], "reconnecting", ENDED)];
  const told = aboutCalls(phone([TALKING]), ...cut, phone([], "connected", ENDED));
  assert.deepEqual(told, [[], [], [["call-ended", ENDED]], []]);
});

test("of the calls of somebody who is signed out nothing more is told", () => {
  const [, ...told] = aboutCalls(phone([A]), phone([], "unauthorized"), IDLE, phone([]));
  assert.deepEqual(told, [[], [], []]);
});

// The next one's snapshot knows no last call.
test("of the calls of somebody who made way for another nothing is told", () => {
  const before = phone([A], "connected", call("z", "ended"));
  assert.deepEqual(aboutCalls(before, IDLE, phone([])).slice(1), [[], []]);
  const [, ...told] = aboutCalls(before, phone([A], "reconnecting"), phone([A]), phone([B]));
  assert.deepEqual(told, [[], [], [["call-incoming", B]]]);
});

test("a call is incoming when it is to be heard, and once", () => {
  const states = [[], ["a"], [], ["a"]].map((ringing) => saying(phone([A]), { ringing }));
  assert.deepEqual(aboutCalls(...states), [[], [["call-incoming", A]], [], []]);
});

test("a call that is over before it is to be heard is not incoming", () => {
  const told = aboutCalls(saying(phone([A]), { ringing: [] }), phone([], "connected", ENDED));
  assert.deepEqual(told, [[], [["call-ended", ENDED]]]);
});

test("a call that counted as over is incoming again", () => {
  const told = aboutCalls(phone([A]), phone([], "connected", ENDED), phone([A]));
  assert.deepEqual(told[2], [["call-incoming", A]]);
});

for (const first of [[], [A]]) {
  test(`a talk that begins with ${first.length} calls before is answered once`, () => {
    const [, ...told] = aboutCalls(phone(first), saying(phone([TALKING]), { begun: ["a"] }), phone([TALKING]));
    assert.deepEqual(told, [[["call-answered", TALKING]], []]);
  });
}

test("a talk that was there before the page was not answered now", () => {
  assert.deepEqual(aboutCalls(saying(phone([TALKING]), { begun: ["a"] })), [[]]);
});

test("the same state once more is no news", () => {
  const state = phone([A]);
  assert.deepEqual(events(state, state)[1], []);
});
