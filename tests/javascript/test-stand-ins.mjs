/** The Web Locks that the other tests stand on do what https://w3c.github.io/web-locks/ says. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Locks, settled } from "./stand-ins.mjs";

const locks = new Locks();
const NAME = "it"; // of the lock

/** Asks for the lock, and keeps it until `release`; `got` resolves when it is there, `ended` to how that went. */
function ask(options = {}) {
  const { promise: kept, resolve: release } = Promise.withResolvers();
  const { promise: got, resolve: granted } = Promise.withResolvers();
  const request = locks.request(NAME, options, ({ name, mode }) => {
    granted([name, mode]);
    return kept;
  });
  return { got, ended: request.catch(({ name }) => name), release };
}

async function query() {
  const { held, pending } = await locks.query();
  return [held, pending].map((list) => list.map(({ mode }) => mode));
}

test("locks are given in turn, shared ones together", async () => {
  const asked = [ask(), ask({ mode: "shared" }), ask({ mode: "shared" }), ask()];
  const [first, second, third, last] = asked;
  assert.deepEqual(await first.got, [NAME, "exclusive"]);
  assert.deepEqual(await query(), [["exclusive"], ["shared", "shared", "exclusive"]]);
  first.release("done");
  const shared = [NAME, "shared"];
  assert.deepEqual(await Promise.all([first.ended, second.got, third.got]), ["done", shared, shared]);
  assert.deepEqual(await query(), [["shared", "shared"], ["exclusive"]]);
  second.release();
  third.release();
  await last.got;
  last.release();
  await last.ended;
  assert.deepEqual(await query(), [[], []]);
});

test("a lock that is stolen is lost, and whoever waits goes on waiting", async () => {
  const [holder, waiting] = [ask(), ask()];
  await holder.got;
  const thief = ask({ steal: true });
  assert.deepEqual(await Promise.all([thief.got, holder.ended]), [[NAME, "exclusive"], "AbortError"]);
  holder.release();
  await settled();
  assert.deepEqual(await query(), [["exclusive"], ["exclusive"]]);
  thief.release();
  await waiting.got;
  waiting.release();
  await waiting.ended;
});

test("an abort ends the waiting and takes no lock away", async () => {
  const [early, late] = [new AbortController(), new AbortController()];
  const holder = ask({ signal: late.signal });
  await holder.got;
  const waiting = ask({ signal: early.signal });
  early.abort();
  late.abort();
  assert.equal(await waiting.ended, "AbortError");
  assert.equal(await ask({ signal: early.signal }).ended, "AbortError");
  assert.deepEqual(await query(), [["exclusive"], []]);
  holder.release();
  await holder.ended;
});

test("work that fails gives its lock back", async () => {
  await assert.rejects(locks.request(NAME, () => Promise.reject(new Error("broken"))), { message: "broken" });
  assert.deepEqual(await query(), [[], []]);
});
