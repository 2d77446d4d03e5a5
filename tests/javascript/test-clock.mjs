/** The second hand of the phone. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Clock } from "../../web/widget/header/clock.js";

test("a clock that is needed moves at every full second, and one that is not stands", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 700 });
  const moves = [];
  const clock = new Clock((now) => moves.push(now));
  for (const [isNeeded, seconds] of [[true, 2_000], [true, 500], [false, 2_000], [true, 1_000]]) {
    clock.run(isNeeded);
    for (let i = 0; i < seconds; i += 100) t.mock.timers.tick(100);
  }
  assert.deepEqual(moves, [1_000, 2_000, 3_000, 6_000]);
});
