/** The stream that is opened while Python loads: what it says is kept, and it obeys the rules of the hub's own. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { give, settled } from "./stand-ins.mjs";

const [CONNECTING, OPEN, CLOSED] = [0, 1, 2];

class EventSource extends EventTarget {
  static OPEN = OPEN;
  static made = [];
  readyState = CONNECTING;

  constructor(url) {
    super();
    this.url = url;
    EventSource.made.push(this);
  }

  says(type, readyState, data) {
    this.readyState = readyState;
    this.dispatchEvent(data === undefined ? new Event(type) : new MessageEvent(type, { data, lastEventId: "7" }));
  }

  close() {
    this.readyState = CLOSED;
  }
}

give({ EventSource });
const { EarlyStream } = await import("../../web/worker/early-stream.js");

beforeEach(() => (EventSource.made = []));

/** The source that is opened early, before the hub has asked for it. */
async function early() {
  const stream = new EarlyStream("/events", ["snapshot"], Promise.resolve());
  await settled();
  return { stream, source: EventSource.made[0] };
}

/** What the hub hears of the source that it asks for: events, each with the state in which it finds the source. */
async function heard(stream, url = "/events") {
  const source = stream.take(url);
  const told = [];
  for (const name of ["open", "error", "snapshot"]) {
    source.addEventListener(name, ({ type, data, lastEventId }) => told.push([type, source.readyState, data, lastEventId]));
  }
  await settled();
  return told;
}

test("what came before the hub listens is said again, in order", async () => {
  const { stream, source } = await early();
  source.says("open", OPEN);
  source.says("snapshot", OPEN, "{}");
  assert.deepEqual(await heard(stream), [["open", OPEN, undefined, undefined], ["snapshot", OPEN, "{}", "7"]]);
  assert.equal(EventSource.made.length, 1);
});

for (const [what, state] of [["breaks", CONNECTING], ["is refused", CLOSED]]) {
  test(`a stream that ${what} while Python loads is not left to the browser, and the hub finds it so`, async () => {
    const { stream, source } = await early();
    source.says("open", OPEN);
    source.says("error", state);
    assert.equal(source.readyState, CLOSED, "else a server could have it tried a hundred times a second");
    assert.deepEqual(await heard(stream), [["open", state, undefined, undefined], ["error", state, undefined, undefined]]);
    assert.equal(EventSource.made.length, 1);
  });
}

test("an event of the server's own that is called error breaks nothing", async () => {
  const { stream, source } = await early();
  source.says("error", OPEN, "{}");
  assert.deepEqual([source.readyState, await heard(stream)], [OPEN, [["error", OPEN, "{}", "7"]]]);
});

test("for another address the hub gets another source", async () => {
  const { stream } = await early();
  await heard(stream, "/events?lastEventId=7");
  assert.deepEqual(EventSource.made.map(({ url }) => url), ["/events", "/events?lastEventId=7"]);
});
