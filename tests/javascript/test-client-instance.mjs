/** Tabs that leave a worker which hangs agree on the next one, and do not do so for ever. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { give, MemoryStorage } from "./stand-ins.mjs";
import { Instance } from "../../web/client/instance.js";

const WORKER = "https://site.test/dist/sip-worker.js";
const RECORD = "sip-phone-instance /dist/sip-worker.js";
const MINUTE = 60_000; // ms

const tab = (address = WORKER) => new Instance(new URL(address));
const addresses = (...tabs) => tabs.map((instance) => instance.address().href.replace(WORKER, ""));

beforeEach((t) => {
  t.mock.timers.enable({ apis: ["Date"], now: MINUTE });
  give({ localStorage: new MemoryStorage() });
});

test("all tabs use the worker itself until one leaves it, and then the next one", () => {
  const tabs = [tab(), tab(), tab()];
  assert.deepEqual(addresses(...tabs), ["", "", ""]);
  assert.equal(tabs[0].replace(), true);
  assert.deepEqual([tabs[1].follow(), tabs[1].follow()], [true, false]);
  assert.deepEqual(addresses(...tabs, tab()), Array(4).fill("?instance=1"));
});

test("a worker that two tabs find hanging is left, and counted, once", () => {
  const [one, other] = [tab(), tab()];
  const left = [one, other, one, other, one, other].map((each) => each.replace());
  assert.deepEqual([left, addresses(one, other)], [Array(6).fill(true), ["?instance=3", "?instance=3"]]);
});

test("a worker of another API has its own count", () => {
  const [one, other] = [tab(), tab(`${WORKER}?api=/mine`)];
  other.replace();
  assert.deepEqual(addresses(one, other), ["", "?api=%2Fmine&instance=1"]);
});

test("the fourth worker in a minute is kept, and a person may leave it all the same", () => {
  const one = tab();
  assert.deepEqual([1, 2, 3, 4].map(() => one.replace()), [true, true, true, false]);
  assert.deepEqual(addresses(one), ["?instance=3"]);
  assert.deepEqual([one.insist(), one.insist()], [true, false]);
  assert.deepEqual(addresses(one, tab()), ["?instance=4", "?instance=4"]);
});

test("a tab goes back to a worker that started later, and tells the others that load", () => {
  const one = tab();
  for (let i = 0; i < 2; i += 1) one.replace();
  one.go(0);
  assert.deepEqual(addresses(one, tab()), ["", ""]);
  assert.deepEqual([3, 4].map(() => one.replace()), [true, false], "what was left is not forgotten");
});

test("old libraries that change what arrays are in JSON keep no tab from the others", (t) => {
  t.after(() => delete Array.prototype.toJSON);
  Array.prototype.toJSON = () => "patched";
  const [one, other] = [tab(), tab()];
  one.replace();
  assert.deepEqual([other.follow(), ...addresses(other)], [true, "?instance=1"]);
});

test("a person who insists goes where the other tabs are by now", () => {
  const one = tab();
  for (let i = 0; i < 4; i += 1) one.replace();
  localStorage.setItem(RECORD, "9");
  assert.deepEqual([one.insist(), ...addresses(one)], [true, "?instance=9"]);
});

test("a minute later a worker may be left again", (t) => {
  const one = tab();
  const tries = () => [1, 2, 3, 4].map(() => one.replace());
  tries();
  t.mock.timers.setTime(2 * MINUTE - 1);
  assert.equal(one.replace(), false);
  t.mock.timers.setTime(2 * MINUTE);
  assert.deepEqual(tries(), [true, true, true, false]);
});

test("a clock that was set back does not keep a tab with its worker", (t) => {
  t.mock.timers.setTime(10 * MINUTE);
  const one = tab();
  for (let i = 0; i < 3; i += 1) one.replace();
  t.mock.timers.reset();
  t.mock.timers.enable({ apis: ["Date"], now: MINUTE });
  assert.equal(one.replace(), true);
});

const BROKEN = {
  get getItem() { throw new Error("This page has no storage."); },
  get setItem() { throw new Error("This page has no storage."); },
};
for (const [what, storage] of [["no storage", undefined], ["a storage that throws", BROKEN]]) {
  test(`with ${what} each tab counts alone`, () => {
    give({ localStorage: storage });
    const [one, other] = [tab(), tab()];
    assert.deepEqual([1, 2, 3, 4].map(() => one.replace()), [true, true, true, false]);
    assert.deepEqual(addresses(one, other), ["?instance=3", ""]);
  });
}

for (const record of ["", "null", "1.5", "-1", "1  2", "9".repeat(16), '{"number": 1, "times": []}']) {
  test(`a record that reads ${record || "empty"} counts as none`, () => {
    localStorage.setItem(RECORD, record);
    const one = tab();
    assert.deepEqual(addresses(one), [""]);
    one.replace();
    assert.deepEqual(addresses(one, tab()), ["?instance=1", "?instance=1"]);
  });
}
