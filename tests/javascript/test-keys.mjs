/** Keys that are pressed in the phone: what the page hears of them, and what a key does that is held. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { keepKeys } from "../../web/widget/input/keys.js";

/** A shadow root whose host has nothing in it but the page's own button. */
const OF_THE_PAGE = { localName: "button" };
const root = Object.assign(new EventTarget(), { host: { contains: (node) => node === OF_THE_PAGE } });
keepKeys(root);

/** Presses a key on something, and returns whether it acts there, and whether the page hears of it. */
function pressed(key, localName, { type = "keydown", target = { localName }, ...how } = {}) {
  const event = new Event(type, { cancelable: true });
  let heard = true;
  Object.assign(event, { key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...how });
  Object.defineProperty(event, "target", { value: target });
  for (const name of ["stopPropagation", "stopImmediatePropagation"]) {
    const stop = event[name].bind(event);
    event[name] = () => {
      heard = false;
      stop();
    };
  }
  root.dispatchEvent(event);
  return { acts: !event.defaultPrevented, heard };
}

for (const [what, given, expected] of [
  ["a digit in the field", ["5", "input"], { acts: true, heard: false }],
  ["a digit that is let go", ["5", "input", { type: "keyup" }], { acts: true, heard: false }],
  ["a digit that is held in the field", ["5", "input", { repeat: true }], { acts: true, heard: false }],
  ["a digit that is held on a keypad", ["5", "button", { repeat: true }], { acts: false, heard: false }],
  ["Enter that is held in the field", ["Enter", "input", { repeat: true }], { acts: false, heard: false }],
  ["Space that is held on a button", [" ", "button", { repeat: true }], { acts: false, heard: false }],
  ["an arrow that is held on the status", ["ArrowDown", "select", { repeat: true }], { acts: false, heard: false }],
  ["Tab that is held", ["Tab", "button", { repeat: true }], { acts: true, heard: true }],
  ["F2", ["F2", "input"], { acts: true, heard: true }],
  ["F", ["F", "input"], { acts: true, heard: false }],
  ["a shortcut", ["A", "button", { altKey: true, shiftKey: true }], { acts: true, heard: true }],
  ["Ctrl+C", ["c", "input", { ctrlKey: true }], { acts: true, heard: true }],
  ["Enter that is held on the page's own", ["Enter", "", { repeat: true, target: OF_THE_PAGE }], { acts: true, heard: true }],
]) {
  test(`${what} ${expected.acts ? "acts" : "does nothing"}, and the page hears ${expected.heard ? "it" : "nothing"}`, () => {
    assert.deepEqual(pressed(...given), expected);
  });
}
