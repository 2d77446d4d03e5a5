/** SipClient over any port, without a worker: what it posts, what it keeps, and how its promises end. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { give, Locks, Port } from "./stand-ins.mjs";

give({ navigator: { locks: new Locks() } });
const { SipClient, SipError } = await import("../../web/client/sip-client.js");

const STATE = { connectionStatus: "connected", operatorStatus: "ready", activeCall: null, calls: [], lastCall: null };
const UNKNOWN = { ...STATE, connectionStatus: "connecting", operatorStatus: "offline", statusSince: null };

/** A client, its port with the hub at the other end, and the list of what it tells its page. */
function joined(openPort = null, session = undefined) {
  const [port, told] = [new Port(), []];
  const client = new SipClient(port, openPort, session);
  for (const name of ["statechange", "progress", "error", "outdated", "screenpop"]) {
    client.addEventListener(name, ({ detail }) => told.push([name, detail]));
  }
  return { client, port, told };
}

function sync(epoch, rev, changes = {}, attention = null) {
  return { type: "SYNC_STATE", payload: { ...STATE, ...changes }, epoch, rev, attention };
}

const types = ({ heard }) => heard.map(({ type }) => type);

/** What becomes of a command: "done" and its result, or why not. */
function outcome(promise) {
  const refused = (error) => [error.name, error.code, error.message, error.retryable];
  return promise.then((result) => ["done", result], refused);
}

// --- what the hub says -----------------------------------------------------------------------------------------------

test("a client knows nothing until the hub has spoken", () => {
  const { client, told } = joined();
  assert.deepEqual([client.state, client.outdated, client.attention, told], [UNKNOWN, null, false, []]);
});

test("a client introduces itself with the session of its page", () => {
  const [{ type, payload }] = joined(null, "ann").port.heard;
  assert.deepEqual([type, payload.session], ["INIT_PORT", "ann"]);
});

test("a client shows the newest state and drops what is older", () => {
  const { client, port, told } = joined();
  port.say(sync("a", 2, { operatorStatus: "dnd" }));
  port.say(sync("a", 1, { operatorStatus: "old" }));
  port.say(sync("a", 2, { operatorStatus: "same" }));
  port.say(sync("a", 3));
  port.say(sync("b", 0, { operatorStatus: "away" }));
  const shown = [{ ...STATE, operatorStatus: "dnd" }, STATE, { ...STATE, operatorStatus: "away" }];
  assert.deepEqual(told, shown.map((state) => ["statechange", state]));
  assert.deepEqual(client.state, shown.at(-1));
});

test("the attention is a client's if the hub names its tab", () => {
  const { client, port } = joined();
  const { tab } = port.heard[0].payload;
  const attentions = [tab, "another", null].map((named, rev) => {
    port.say(sync("a", rev, {}, named));
    return client.attention;
  });
  assert.deepEqual(attentions, [true, false, false]);
});

test("whatever else the hub tells is an event, and nonsense is none", () => {
  const { client, port, told } = joined();
  const error = { code: "bad_event", message: "Nonsense." };
  const nonsense = [null, 7, [], { type: "toString" }, { type: "CMD_RESULT", id: "unknown", ok: true }];
  const news = [
    { type: "ERROR", payload: error },
    { type: "PROGRESS", progress: 0.5 },
    { type: "SCREEN_POP", payload: { id: "1" } },
    { type: "OUTDATED", version: "9" },
  ];
  for (const message of [...nonsense, ...news]) port.say(message);
  const outdated = { version: "9" };
  const events = [["error", error], ["progress", 0.5], ["screenpop", { id: "1" }], ["outdated", outdated]];
  assert.deepEqual([told, client.outdated], [events, outdated]);
});

test("a hub that retires is followed in silence", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const next = new Port();
  const { port, told } = joined(() => next);
  port.say({ type: "OUTDATED", version: "9", retired: true });
  assert.deepEqual([types(next), told], [[], []]);
  t.mock.timers.tick(150);
  assert.deepEqual([types(port), types(next), told], [["INIT_PORT", "BYE"], ["INIT_PORT"], [["statechange", UNKNOWN]]]);
});

// --- commands --------------------------------------------------------------------------------------------------------

for (const [name, given, type, payload] of [
  ["dial", ["12"], "CMD_DIAL", { phone: "12" }],
  ["answer", [], "CMD_ANSWER", { callId: undefined }],
  ["answer", ["c"], "CMD_ANSWER", { callId: "c" }],
  ["hangup", ["c"], "CMD_HANGUP", { callId: "c" }],
  ["hold", ["c"], "CMD_HOLD", { callId: "c" }],
  ["resume", ["c"], "CMD_RESUME", { callId: "c" }],
  ["mute", ["c"], "CMD_MUTE", { callId: "c" }],
  ["unmute", ["c"], "CMD_UNMUTE", { callId: "c" }],
  ["dtmf", ["1", "c"], "CMD_DTMF", { digits: "1", callId: "c" }],
  ["transfer", ["12", "c"], "CMD_TRANSFER", { phone: "12", callId: "c" }],
  ["setStatus", ["dnd"], "CMD_STATUS", { status: "dnd" }],
]) {
  test(`${name}(${given}) is posted with an id and ends with its result`, async () => {
    const { client, port } = joined();
    const result = outcome(client[name](...given));
    const { id } = port.heard[1];
    assert.deepEqual(port.heard[1], { type, id, payload });
    port.say({ type: "CMD_RESULT", id, ok: true });
    assert.deepEqual(await result, ["done", undefined]);
  });
}

for (const [name, type, payload, result] of [
  ["journal", "JOURNAL", { text: "{}" }, "{}"],
  ["check", "CHECK", { epoch: "a", tabs: [] }, { epoch: "a", tabs: [] }],
]) {
  test(`${name}() ends with what the hub tells of itself`, async () => {
    const { client, port } = joined();
    const told = outcome(client[name]());
    const { id } = port.heard[1];
    assert.deepEqual(port.heard[1], { type, id, payload: undefined });
    port.say({ type, id, ok: true, payload });
    assert.deepEqual(await told, ["done", result]);
  });
}

test("a refusal rejects with its code and message", async () => {
  const { client, port } = joined();
  const result = outcome(client.dial("x"));
  const error = { code: "invalid_phone", message: "No number.", retryable: true };
  port.say({ type: "CMD_RESULT", id: port.heard[1].id, ok: false, error });
  assert.deepEqual(await result, ["SipError", "invalid_phone", "No number.", true]);
});

test("no two commands have the same id, and no two clients the same tab", () => {
  const clients = [joined(), joined()];
  for (const { client } of clients) for (let i = 0; i < 100; i += 1) client.mute().catch(() => {});
  const heard = clients.flatMap(({ port }) => port.heard);
  assert.equal(new Set(heard.map(({ id, payload }) => id ?? payload.tab)).size, 202);
});

test("a new hub ends the commands of the old one", async () => {
  const { client, port } = joined();
  port.say(sync("a", 1));
  const result = outcome(client.dial("1"));
  port.say(sync("a", 2));
  port.say(sync("b", 0));
  assert.deepEqual(await result, ["SipError", "hub_lost", "The phone restarted. See whether it was done.", false]);
});

test("a command given before the hub's first word waits for it", async () => {
  const { client, port } = joined();
  const result = outcome(client.dial("1"));
  port.say(sync("a", 0));
  port.say({ type: "CMD_RESULT", id: port.heard[1].id, ok: true });
  assert.deepEqual(await result, ["done", undefined]);
});

test("a hub that failed gets no command", async () => {
  const { client, port } = joined();
  port.say(sync("a", 1, { connectionStatus: "failed" }));
  assert.deepEqual(await outcome(client.dial("1")), ["SipError", "hub_failed", "The phone could not start.", false]);
  assert.deepEqual(types(port), ["INIT_PORT"]);
});

test("a client without a port refuses every command", async () => {
  const refusal = new SipError({ code: "hub_lost", message: "This page has no phone." });
  await assert.rejects(new SipClient(null).dial("1"), refusal);
});

// --- leaving and coming back -----------------------------------------------------------------------------------------

test("a client that is cut off leaves for good and says why", async () => {
  const { client, port, told } = joined();
  const error = { code: "unauthorized", message: "Reload." };
  const result = outcome(client.dial("1"));
  port.say({ type: "ERROR", payload: error, cutOff: true });
  const refusal = ["SipError", "unauthorized", "Reload.", false];
  assert.deepEqual([await result, await outcome(client.dial("1"))], [refusal, refusal]);
  assert.deepEqual([types(port), told], [["INIT_PORT", "CMD_DIAL", "BYE"], [["error", error]]]);
});

test("a client that is closed says BYE, ends its commands and hears nothing more", async () => {
  const { client, port, told } = joined();
  const result = outcome(client.dial("1"));
  client.close();
  port.say(sync("a", 1));
  const refusal = ["SipError", "hub_lost", "This page let go of the phone.", false];
  assert.deepEqual([await result, await outcome(client.dial("1"))], [refusal, refusal]);
  assert.deepEqual([types(port), told], [["INIT_PORT", "CMD_DIAL", "BYE"], []]);
});

test("a client that is asked again introduces itself again", () => {
  const { port } = joined();
  port.say({ type: "REINIT", epoch: "b" });
  const [first, ...others] = port.heard;
  assert.deepEqual(others, [first]);
});

test("a hub that was run anew at its port is joined at another", () => {
  const next = new Port();
  const { port } = joined(() => next);
  port.say(sync("a", 1));
  port.say({ type: "REINIT", epoch: "a" });
  port.say({ type: "REINIT", epoch: "b" });
  assert.deepEqual([types(port), types(next)], [["INIT_PORT", "INIT_PORT", "BYE"], ["INIT_PORT"]]);
});

test("a client that reconnects ends its commands and forgets the state", async () => {
  const next = new Port();
  const { client, port, told } = joined(() => next);
  port.say(sync("a", 1));
  const result = outcome(client.dial("1"));
  client.reconnect();
  const reason = "The phone did not answer. See whether it was done.";
  assert.deepEqual(await result, ["SipError", "hub_lost", reason, false]);
  assert.deepEqual([types(next), told.at(-1)], [["INIT_PORT"], ["statechange", UNKNOWN]]);
});

test("what cannot be sent ends its command with a sentence, and the next one works", async () => {
  const { client, port } = joined();
  port.say(sync("a", 1));
  port.postMessage = () => { throw new DOMException("no clone", "DataCloneError"); };
  assert.deepEqual(
    await outcome(client.dial(() => {})),
    ["SipError", "invalid_command", "This cannot be sent to the phone.", false],
  );
  delete port.postMessage;
  client.dial("1", { typed: true });
  assert.deepEqual(port.heard.at(-1).payload, { phone: "1", typed: true });
});
