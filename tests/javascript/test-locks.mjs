/** By locks a tab and the hub learn that the other lives or has died; without them nobody waits. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { give, Locks, settled } from "./stand-ins.mjs";

const locks = new Locks();
give({ navigator: { locks } });
const { haveLocks, hold, hubLock, inTurn, released, steal, turn } = await import("../../web/wire/locks.js");

/** The names of the locks that somebody has, and of those that are waited for. */
async function names() {
  const { held, pending } = await locks.query();
  return [held, pending].map((list) => list.map(({ name }) => name));
}

test("a lock is held from the moment it is asked for until it is released", async () => {
  const lost = mock.fn();
  const { name, release } = hold("tab", lost);
  assert.deepEqual([haveLocks, name, await names()], [true, "tab", [["tab"], []]]);
  release();
  await settled();
  assert.deepEqual([await names(), lost.mock.callCount()], [[[], []], 0]);
});

test("a holder whose lock is stolen learns it", async () => {
  const lost = mock.fn();
  hold(hubLock("a"), lost);
  steal(hubLock("a"));
  await settled();
  assert.equal(lost.mock.callCount(), 1);
  assert.deepEqual(await names(), [[], []]);
});

test("all who wait for a lock learn together that its holder is gone", async () => {
  const { release } = hold("hub", () => {});
  const waiting = [1, 2].map(() => released("hub", new AbortController().signal));
  assert.deepEqual((await locks.query()).pending.map(({ mode }) => mode), ["shared", "shared"]);
  release();
  assert.deepEqual(await Promise.all(waiting), [true, true]);
  assert.deepEqual(await names(), [[], []]);
});

test("whoever stops waiting is not told that the holder is gone", async () => {
  const { release } = hold("hub", () => {});
  const page = new AbortController();
  const waiting = ["hub", "gone"].map((name) => released(name, page.signal));
  page.abort();
  waiting.push(released("gone", page.signal));
  assert.deepEqual(await Promise.all(waiting), [false, false, false]);
  release();
  await settled();
});

test("a turn that comes is kept for ever", async () => {
  await turn("stream", 60_000);
  assert.deepEqual(await names(), [["stream"], []]);
  steal("stream");
  await settled();
});

test("a turn that does not come is given up after that long", async (t) => {
  const late = new AbortController();
  const timeout = t.mock.method(AbortSignal, "timeout", () => late.signal);
  const { release } = hold("stream", () => {});
  const waiting = turn("stream", 5_000);
  late.abort();
  await waiting;
  assert.deepEqual(timeout.mock.calls.map((call) => call.arguments), [[5_000]]);
  assert.deepEqual(await names(), [["stream"], []]);
  release();
  await settled();
});

test("work that is done in turn waits for the work before it", async () => {
  const { promise, resolve } = Promise.withResolvers();
  const { signal } = new AbortController();
  const done = [];
  const both = [
    inTurn("host", signal, () => promise.then(() => done.push("first"))),
    inTurn("host", signal, async () => done.push("second")),
  ];
  await settled();
  assert.deepEqual([done, await names()], [[], [["host"], ["host"]]]);
  resolve();
  await Promise.all(both);
  assert.deepEqual([done, await names()], [["first", "second"], [[], []]]);
});

test("work whose lock is stolen, or whose waiting ends, is an AbortError", async () => {
  const page = new AbortController();
  const hosting = inTurn("host", page.signal, () => new Promise(() => {}));
  const waiting = inTurn("host", page.signal, () => new Promise(() => {}));
  page.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  steal("host");
  await assert.rejects(hosting, { name: "AbortError" });
});

test("without locks nobody holds, nobody waits and nobody steals", async () => {
  give({ navigator: {} });
  const without = await import("../../web/wire/locks.js?without");
  const work = mock.fn(async () => {});
  await without.turn("stream", 60_000);
  await without.inTurn("host", new AbortController().signal, work);
  without.steal("hub");
  assert.deepEqual([without.haveLocks, without.hold("tab", () => {}), work.mock.callCount()], [false, null, 1]);
});
