/** A command ends once: with its result, or with a SipError. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { settled } from "./stand-ins.mjs";
import { Commands, SipError } from "../../web/client/commands.js";

const LOST = { code: "hub_lost", message: "Gone." };
const sent = () => {};

/** What has become of each command by now. */
async function fates(commands) {
  const told = commands.map(() => "open");
  commands.forEach((command, at) => command.then((result) => (told[at] = result), ({ code }) => (told[at] = code)));
  await settled();
  return told;
}

test("a result ends the command of its id alone", async () => {
  const commands = new Commands();
  const all = ["a", "b", "c"].map((id) => commands.begin(id, "e", sent));
  commands.settle({ id: "b", ok: true, payload: "told" });
  commands.settle({ id: "c", ok: false, error: LOST });
  commands.settle({ id: "unknown", ok: true });
  assert.deepEqual(await fates(all), ["open", "told", "hub_lost"]);
});

test("the first of two results counts", async () => {
  const commands = new Commands();
  const command = commands.begin("a", "e", sent);
  commands.settle({ id: "a", ok: true, payload: "first" });
  commands.settle({ id: "a", ok: false, error: LOST });
  commands.reject(LOST);
  assert.equal(await command, "first");
});

test("a command is sent once it can end, and one that cannot be sent ends with that", async () => {
  const commands = new Commands();
  const send = mock.fn(() => commands.settle({ id: "a", ok: true, payload: "at once" }));
  assert.equal(await commands.begin("a", "e", send), "at once");
  assert.equal(send.mock.callCount(), 1);
  const fail = () => { throw new TypeError("cannot be cloned"); };
  await assert.rejects(commands.begin("b", "e", fail), new TypeError("cannot be cloned"));
  commands.settle({ id: "b", ok: true }); // finds nothing
});

test("without a hub all commands end", async () => {
  const commands = new Commands();
  const all = [commands.begin("a", "old", sent), commands.begin("b", null, sent)];
  commands.reject(LOST);
  assert.deepEqual(await fates(all), ["hub_lost", "hub_lost"]);
});

test("another hub ends the commands that the old one had, and no others", async () => {
  const commands = new Commands();
  const all = ["old", "new", null].map((epoch, number) => commands.begin(String(number), epoch, sent));
  commands.reject(LOST, "new");
  assert.deepEqual(await fates(all), ["hub_lost", "open", "open"]);
});

test("an error tells whether to try again", () => {
  const told = ({ name, code, message, retryable }) => ({ name, code, message, retryable });
  assert.deepEqual(told(new SipError(LOST)), { name: "SipError", ...LOST, retryable: false });
  assert.deepEqual(told(new SipError({ ...LOST, retryable: true })), { name: "SipError", ...LOST, retryable: true });
});
