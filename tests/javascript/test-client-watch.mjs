/** Whether the hub lives and answers: by its lock, and by PINGs. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { give, Locks, Page, settled, watching } from "./stand-ins.mjs";

const [locks, page] = [new Locks(), new Page()];
give({ navigator: { locks }, document: page });
const { HubWatch } = await import("../../web/client/watch.js");
const { hold, hubLock } = await import("../../web/wire/locks.js");

beforeEach((t) => {
  page.visibilityState = "visible";
  t.mock.timers.enable({ apis: ["setInterval", "Date"] });
  t.mock.method(performance, "now", () => Date.now());
});

const pong = (epoch, rev = 1) => ({ type: "PONG", epoch, rev });

/** A hub that holds its lock until the test is over, or `release` is called. */
function living(t, epoch) {
  const lost = mock.fn();
  const { release } = hold(hubLock(epoch), lost);
  t.after(async () => {
    release();
    await settled();
  });
  return { lost, release };
}

/** The names of the locks that are waited for. */
async function awaited() {
  return (await locks.query()).pending.map(({ name }) => name);
}

test("a worker that never speaks is asked for again, and given up after 21 s", (t) => {
  const { told, beats } = watching(t, HubWatch);
  const again = "unanswered ping";
  assert.deepEqual([[...told], beats(7)], [["ping"], ["ping", again, "ping", again, "ping", again, "hangs"]]);
});

for (const [what, rev, most] of [["that loads", 0, 7], ["that has started", 1, 2]]) {
  test(`a hub ${what} hangs when it leaves ${most} PINGs unanswered`, (t) => {
    living(t, "a");
    const { watch, beats } = watching(t, HubWatch);
    watch.heard(pong("a", rev));
    assert.deepEqual(beats(most + 1), [...Array(most).fill("ping"), "hangs"]);
  });
}

test("whatever a hub says counts as an answer", (t) => {
  living(t, "a");
  const { watch, beats } = watching(t, HubWatch);
  const answers = [pong("a"), { type: "PROGRESS" }, { type: "ERROR" }, {}, { type: "SYNC_STATE", rev: 2 }];
  const told = answers.map((answer) => {
    watch.heard(answer);
    return beats(2);
  });
  assert.deepEqual(told, Array(5).fill(["ping", "ping"]));
});

test("a hub whose lock is released has died, and is watched no more", async (t) => {
  const { release } = living(t, "a");
  const { watch, told, beats } = watching(t, HubWatch);
  watch.heard(pong("a"));
  await settled();
  assert.deepEqual(told, ["ping"]);
  release();
  await settled();
  assert.deepEqual([[...told], beats(3)], [["ping", "died"], ["", "", ""]]);
});

test("a hub that died and speaks on is not taken for dead again", async (t) => {
  const { watch, told } = watching(t, HubWatch);
  for (let i = 0; i < 2; i += 1) {
    watch.heard(pong("a"));
    await settled();
    watch.start();
  }
  assert.deepEqual(told, ["ping", "died", "ping", "ping"]);
});

test("a hub's lock is asked for once it has said PONG, and one at a time", async (t) => {
  for (const epoch of ["a", "b"]) living(t, epoch);
  const { watch } = watching(t, HubWatch);
  watch.heard({ type: "SYNC_STATE", epoch: "a", rev: 1 });
  assert.deepEqual(await awaited(), []);
  for (const epoch of ["a", "a", "b"]) watch.heard(pong(epoch));
  assert.deepEqual(await awaited(), [hubLock("b")]);
});

test("a hidden page says PING slowly, and finds a hub that hangs all the same", (t) => {
  living(t, "a");
  page.visibilityState = "hidden";
  const { watch, beats } = watching(t, HubWatch);
  const slowly = (word) => ["", "", "", "", word];
  watch.heard(pong("a"));
  assert.deepEqual(beats(5), slowly("ping"));
  watch.heard(pong("a"));
  assert.deepEqual(beats(15), [...slowly("ping"), ...slowly("ping"), ...slowly("hangs")]);
});

test("a hub that is deposed loses its lock, and nothing more is told of it", async (t) => {
  const { lost } = living(t, "a");
  const { watch, told, beats } = watching(t, HubWatch);
  watch.heard(pong("a"));
  watch.depose();
  await settled();
  assert.deepEqual([lost.mock.callCount(), [...told], beats(9)], [1, ["ping"], Array(9).fill("")]);
});

test("a watch that stops waits for no lock", async (t) => {
  const { release } = living(t, "a");
  const { watch, told } = watching(t, HubWatch);
  watch.heard(pong("a"));
  watch.stop();
  release();
  await settled();
  watch.heard(pong("b"));
  await settled();
  assert.deepEqual([told, await awaited()], [["ping"], []]);
});
