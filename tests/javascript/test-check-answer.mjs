/** A hub that cannot answer the self-check, or does not, is told of in words. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { answer, NO_ANSWER, TOO_OLD } from "../../web/widget/self-check/answer.js";

const WORDS = { tooOld: "Too old.", noAnswer: "No answer." };
const PATIENCE = 3_000; // ms
let late; // aborts when the patience is over

beforeEach((t) => {
  late = new AbortController();
  t.mock.method(AbortSignal, "timeout", (patience) => (patience === PATIENCE ? late.signal : null));
});

/** Asks a client that answers with that promise; returns the client and what comes of it. */
function asked(promise) {
  const client = new EventTarget();
  const result = answer(client, (it) => (it === client ? promise : null), PATIENCE, WORDS).catch((error) => error);
  return { client, result };
}

const says = (client, code) => client.dispatchEvent(new CustomEvent("error", { detail: { code } }));

test("an answer is handed on", async () => {
  assert.deepEqual(await asked(Promise.resolve({ epoch: "e" })).result, { epoch: "e" });
});

test("a refusal is handed on", async () => {
  const refusal = { code: "hub_lost", message: "Gone." };
  assert.deepEqual(await asked(Promise.reject(refusal)).result, refusal);
});

test("a hub that does not answer in time is named, whatever else is wrong", async () => {
  const { client, result } = asked(new Promise(() => {}));
  says(client, "bad_event");
  late.abort();
  assert.deepEqual(await result, { code: NO_ANSWER, message: "No answer." });
});

test("a hub that does not know the question is too old", async () => {
  const { client, result } = asked(new Promise(() => {}));
  says(client, "unsupported");
  assert.deepEqual(await result, { code: TOO_OLD, message: "Too old." });
});
