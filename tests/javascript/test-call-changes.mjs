/** Which call of the state before is which of the one after. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { compare } from "../../web/widget/calls/call-changes.js";

const call = (id, state = "ringing", direction = "inbound") => ({ id, state, direction });
const dialed = (id, state = "dialing") => call(id, state, "outbound");
const [A, B, PROVISIONAL, NAMED] = [call("a"), call("b"), dialed("p"), dialed("n")];
const [ANSWERED, OTHER, SAME] = [dialed("p", "talking"), dialed("m"), [PROVISIONAL, PROVISIONAL]];

for (const [what, before, after, pairs, gone] of [
  ["no call stays no call", [], [], [], []],
  ["a call that begins was nothing before", [], [A], [[undefined, A]], []],
  ["a call goes on under its id", [A, B], [B, call("a", "talking")], [[B, B], [A, call("a", "talking")]], []],
  ["a call that is not there is gone", [A, B], [B], [[B, B]], [A]],
  ["a call that is dialled gets its true id", [PROVISIONAL], [NAMED], [[PROVISIONAL, NAMED]], []],
  ["it may be answered by then", [PROVISIONAL], [dialed("n", "talking")], [[PROVISIONAL, dialed("n", "talking")]], []],
  ["a call that comes in is no dialled one", [PROVISIONAL], [A], [[undefined, A]], [PROVISIONAL]],
  ["a call that was answered keeps its id", [ANSWERED], [NAMED], [[undefined, NAMED]], [ANSWERED]],
  ["a dialled call that stays is no other", [PROVISIONAL], [NAMED, PROVISIONAL], [[undefined, NAMED], SAME], []],
  ["one call becomes one call", [PROVISIONAL], [NAMED, OTHER], [[PROVISIONAL, NAMED], [undefined, OTHER]], []],
  ["the oldest is named first", [PROVISIONAL, dialed("q")], [NAMED], [[PROVISIONAL, NAMED]], [dialed("q")]],
]) {
  test(what, () => assert.deepEqual(compare(before, after), { pairs, gone }));
}
