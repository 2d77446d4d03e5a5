/** On plain http only PINGs tell whether the hub lives. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { give, Page, watching } from "./stand-ins.mjs";

const page = new Page();
give({ navigator: {}, document: page });
const { HubWatch } = await import("../../web/client/watch.js");

beforeEach((t) => t.mock.timers.enable({ apis: ["setInterval"] }));

test("without locks a worker that has spoken is not asked for again", (t) => {
  const { watch, beats } = watching(t, HubWatch);
  watch.heard({ type: "SYNC_STATE", epoch: "a", rev: 0 });
  assert.deepEqual(beats(8), [...Array(7).fill("ping"), "hangs"]);
});

test("without locks a hidden page looks for a hub that died too", (t) => {
  page.visibilityState = "hidden";
  const { watch, beats } = watching(t, HubWatch);
  watch.heard({ type: "PONG", epoch: "a", rev: 1 });
  assert.deepEqual(beats(3), ["ping", "ping", "hangs"]);
});
