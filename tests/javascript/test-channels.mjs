/** How tabs reach a hub in a dedicated worker: every channel is closed when its tab has gone. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Channel, give } from "./stand-ins.mjs";

give({ BroadcastChannel: Channel });
const { openDoor, TabEnd } = await import("../../web/wire/channels.js");

beforeEach((t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  Channel.open = [];
});

/** A hub that has opened its door, and all that its tabs say. */
function hub() {
  const [ends, heard] = [[], []];
  openDoor("door", "a hub", (end) => {
    ends.push(end);
    end.onmessage = ({ data }) => heard.push(data.type);
  });
  return { ends, heard };
}

/** A tab that has knocked, and what its client says. */
function tab() {
  const port = { onmessage: null, postMessage() {}, close() {} };
  const door = new Channel("door");
  const end = new TabEnd(door, port, { failed() {}, again() {} }, () => {});
  door.close();
  return { say: (type) => port.onmessage({ data: { type } }), end };
}

const channels = () => Channel.open.length;

test("a tab that takes leave leaves no channel on either side", () => {
  const { heard } = hub();
  const { say } = tab();
  say("INIT_PORT");
  assert.equal(channels(), 3, "the door, and both ends");
  say("BYE");
  assert.deepEqual([heard, channels()], [["INIT_PORT", "BYE"], 1]);
});

test("a tab that died leaves no channel in the hub, which hears of its death by the lock", () => {
  const { ends } = hub();
  const { say, end } = tab();
  say("INIT_PORT");
  end.close();
  ends[0].drop();
  ends[0].postMessage({ type: "SYNC_STATE" });
  assert.equal(channels(), 1);
});

test("a tab that died when it had knocked is forgotten after a minute, and one that speaks is not", (t) => {
  hub();
  const [, living] = [tab(), tab()];
  living.say("INIT_PORT");
  assert.equal(channels(), 5);
  t.mock.timers.tick(60_000);
  assert.equal(channels(), 4);
});

test("who knocks twice is let in once, and once more when the hub has let go", () => {
  const { ends } = hub();
  const door = new Channel("door");
  for (let i = 0; i < 2; i += 1) door.postMessage({ knock: "a tab" });
  assert.equal(ends.length, 1);
  ends[0].drop();
  door.postMessage({ knock: "a tab" });
  assert.equal(ends.length, 2, "of those that have gone nothing is kept");
});
