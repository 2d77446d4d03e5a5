/** SipClient.connect: which worker a page asks for, and when, as workers die, hang or do not load. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { give, Locks, MemoryStorage, Page, Port, settled } from "./stand-ins.mjs";

const WORKER = "https://site.test/dist/sip-worker.js";
const MINUTE = 60_000; // ms
const window = new EventTarget();
let hubs = 0; // that have started
let deposed = []; // the epochs of those that have lost their lock
const STATE = { connectionStatus: "connected", operatorStatus: "ready", activeCall: null, calls: [], lastCall: null };

/** Workers that have loaded, and say only what a test lets them say. */
class SharedWorker extends EventTarget {
  static made = [];
  port = new Port();

  constructor(url) {
    super();
    this.at = Date.now();
    this.address = url.replace(WORKER, "");
    SharedWorker.made.push(this);
  }
}

const addEventListener = window.addEventListener.bind(window);
const origin = "https://site.test";
give({ origin, navigator: { locks: new Locks() }, document: new Page(), addEventListener, SharedWorker });
const { SipClient } = await import("../../web/client/sip-client.js");
const { hold, hubLock } = await import("../../web/wire/locks.js");

beforeEach((t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: MINUTE });
  t.mock.method(performance, "now", () => Date.now());
  t.mock.method(console, "warn", () => {});
  give({ localStorage: new MemoryStorage() });
  SharedWorker.made = [];
  deposed = [];
});

/** A page with a client, whose errors are kept. */
function opened(t) {
  const client = SipClient.connect({ worker: WORKER });
  const errors = [];
  client.addEventListener("error", ({ detail }) => errors.push(detail));
  t.after(() => client.close());
  return { client, errors };
}

/** The last worker starts a hub, which holds its lock; returns what ends that. */
function start() {
  const epoch = String((hubs += 1));
  const { release } = hold(hubLock(epoch), () => deposed.push(epoch));
  const { port } = SharedWorker.made.at(-1);
  port.say({ type: "SYNC_STATE", payload: STATE, epoch, rev: 1 });
  port.say({ type: "PONG", epoch, rev: 1 });
  return release;
}

/** The hub dies; returns how long it takes until there is another worker. */
async function restAfterDeath(t, die) {
  const died = Date.now();
  const count = SharedWorker.made.length;
  die();
  await settled();
  while (SharedWorker.made.length === count) t.mock.timers.tick(10);
  return SharedWorker.made.at(-1).at - died;
}

/** The hub never answers again, until the client has done something about it. */
function hang(t) {
  t.mock.timers.tick(3 * 3_000);
}

const addresses = () => SharedWorker.made.map(({ address }) => address);

test("a worker that dies again and again is started later and later", async (t) => {
  opened(t);
  const rests = [];
  for (let i = 0; i < 7; i += 1) rests.push(await restAfterDeath(t, start()));
  assert.deepEqual(rests, [150, 300, 600, 1200, 2400, 4800, 5000]);
  assert.deepEqual(addresses(), Array(8).fill(""));
});

test("after a minute without a death a worker is started soon again", async (t) => {
  opened(t);
  const rests = [await restAfterDeath(t, start()), await restAfterDeath(t, start())];
  const die = start();
  t.mock.timers.setTime(Date.now() + MINUTE);
  rests.push(await restAfterDeath(t, die));
  assert.deepEqual(rests, [150, 300, 150]);
});

test("a command under way when the hub dies ends as hub_lost and is not sent again", async (t) => {
  const { client, errors } = opened(t);
  const die = start();
  const result = client.dial("1").catch(({ code, message }) => [code, message]);
  await restAfterDeath(t, die);
  start();
  const heard = SharedWorker.made.map(({ port }) => port.heard.map(({ type }) => type));
  const lost = ["hub_lost", "The phone broke off and starts anew. See whether it was done."];
  assert.deepEqual([await result, client.state, errors], [lost, STATE, []]);
  assert.deepEqual(heard, [["INIT_PORT", "PING", "CMD_DIAL", "BYE"], ["INIT_PORT", "PING"]]);
});

test("a hub that hangs is left for another one, and the page says so", async (t) => {
  const { client, errors } = opened(t);
  start();
  const hung = String(hubs);
  hang(t);
  start();
  await settled();
  const message = "The phone did not respond and was started anew.";
  assert.deepEqual([addresses(), errors], [["", "?instance=1"], [{ code: "hub_lost", message }]]);
  assert.deepEqual([client.state, deposed], [STATE, [hung]]);
});

for (const [what, storage] of [["", () => new MemoryStorage()], [" without storage", () => undefined]]) {
  test(`a hub that hangs for the fourth time in a minute is left only when a person asks${what}`, async (t) => {
    give({ localStorage: storage() });
    const { client, errors } = opened(t);
    for (let i = 0; i < 4; i += 1) {
      start();
      hang(t);
    }
    await settled();
    const message = "The phone hangs again and again. Wait a minute and try again.";
    assert.deepEqual(addresses(), ["", "?instance=1", "?instance=2", "?instance=3"]);
    assert.deepEqual([errors.at(-1), client.state.connectionStatus], [{ code: "hub_failed", message }, "failed"]);
    client.reconnect();
    assert.equal(addresses().at(-1), "?instance=4");
  });
}

test("a page goes where another tab of the site went", (t) => {
  opened(t);
  start();
  localStorage.setItem("sip-phone-instance /dist/sip-worker.js", "5");
  for (let i = 0; i < 2; i += 1) window.dispatchEvent(new Event("storage"));
  assert.deepEqual(addresses(), ["", "?instance=5"]);
});

test("a page that is only prerendered asks for no worker, and for one when it is shown", (t) => {
  t.after(() => delete document.prerendering);
  document.prerendering = true;
  const { client, errors } = opened(t);
  client.reconnect();
  t.mock.timers.tick(MINUTE);
  assert.deepEqual([addresses(), localStorage.getItem("sip-phone-instance /dist/sip-worker.js")], [[], null]);
  document.prerendering = false;
  document.dispatchEvent(new Event("prerenderingchange"));
  start();
  assert.deepEqual([addresses(), client.state, errors], [[""], STATE, []]);
});

test("a page that was let go while it was prerendered asks for nothing when it is shown", (t) => {
  t.after(() => delete document.prerendering);
  document.prerendering = true;
  opened(t).client.close();
  document.prerendering = false;
  document.dispatchEvent(new Event("prerenderingchange"));
  assert.deepEqual(addresses(), []);
});

test("a page that freezes gives the attention away, and takes part again when it resumes", (t) => {
  opened(t);
  start();
  const { port } = SharedWorker.made[0];
  port.heard.length = 0;
  for (const name of ["freeze", "resume"]) document.dispatchEvent(new Event(name));
  const looks = { visible: true, focused: true, audible: false };
  assert.deepEqual(port.heard.filter(({ type }) => type === "FOCUS").map(({ payload }) => payload), [
    { ...looks, frozen: true },
    looks,
  ]);
});

test("a page follows the hub to the worker that started last", (t) => {
  localStorage.setItem("sip-phone-instance /dist/sip-worker.js", "1");
  opened(t);
  start();
  localStorage.clear();
  SharedWorker.made[0].port.say({ type: "OUTDATED", version: "1", retired: true, instance: 0 });
  t.mock.timers.tick(150);
  assert.deepEqual(addresses(), ["?instance=1", ""]);
});

test("a worker that cannot be loaded is an error in words", async (t) => {
  const { client, errors } = opened(t);
  const loadError = Object.assign(new Event("error"), { message: undefined });
  give({ fetch: async () => new Response("", { headers: { "content-type": "Text/Plain; charset=utf-8" } }) });
  const told = new Promise((resolve) => client.addEventListener("error", resolve));
  SharedWorker.made[0].dispatchEvent(loadError);
  await told;
  const sent = "the server sends it as text/plain, and it must be text/javascript.";
  const message = `The phone could not start: /dist/sip-worker.js could not be loaded: ${sent}`;
  assert.deepEqual([errors, client.state.connectionStatus], [[{ code: "hub_failed", message }], "failed"]);
});

for (const [what, worker] of [
  ["another script of the site", "https://site.test/panel.js"],
  ["one that names ours in its query", "https://site.test/panel.js?/sip-worker.js"],
  ["one of another site", "https://elsewhere.test/sip-worker.js"],
  ["one of a site with a longer name", "https://site.test.evil.test/sip-worker.js"],
  ["one with a password", "https://site.test@evil.test/sip-worker.js"],
  ["a blob", "blob:https://site.test/sip-worker.js"],
]) {
  test(`${what} becomes no worker`, () => {
    assert.throws(() => SipClient.connect({ worker }), /is no sip-worker.js of this site/);
    assert.deepEqual(SharedWorker.made, []);
  });
}

test("an API with a slash at its end has the same worker", (t) => {
  for (const api of ["/api/sip", "/api/sip/", "/crm", "/crm/"]) {
    const client = SipClient.connect({ worker: WORKER, api });
    t.after(() => client.close());
  }
  assert.deepEqual(addresses(), ["", "", "?api=%2Fcrm", "?api=%2Fcrm"]);
});

test("a client that was closed and asks again watches its page again, and once", (t) => {
  const { client } = opened(t);
  start();
  client.close();
  for (let i = 0; i < 2; i += 1) client.reconnect();
  const { port } = SharedWorker.made.at(-1);
  window.dispatchEvent(new Event("online"));
  assert.deepEqual(port.heard.map(({ type }) => type).filter((type) => type === "NUDGE"), ["NUDGE"]);
});
