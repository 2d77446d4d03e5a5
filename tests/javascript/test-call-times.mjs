/** Since when a call or its talk lasts. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { isWaiting, timedFrom } from "../../web/widget/calls/call-times.js";

for (const [state, times, waits, since] of [
  ["ringing", { startedAt: 1, answeredAt: null }, true, 1],
  ["dialing", { startedAt: 1, answeredAt: null }, true, 1],
  ["dialing", {}, true, null],
  ["talking", { startedAt: 1, answeredAt: 2 }, false, 2],
  ["held", { startedAt: 1, answeredAt: 2 }, false, 2],
  ["talking", { startedAt: 1, answeredAt: null }, false, null],
]) {
  test(`a ${state} call with ${JSON.stringify(times)} is timed from ${since}`, () => {
    const call = { state, ...times };
    assert.deepEqual([isWaiting(call), timedFrom(call)], [waits, since]);
  });
}
