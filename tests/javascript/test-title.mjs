/** The page's title blinks while a call rings, and is the page's own again afterwards. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { give } from "./stand-ins.mjs";

/** Calls its function when a test says that something changed. */
let mutated = () => {};
class MutationObserver {
  constructor(told) {
    mutated = told;
  }
  observe() {}
}
give({ MutationObserver, navigation: new EventTarget(), document: { title: "", head: {} } });
const { blinkTitle } = await import("../../web/widget/ringer/title.js");

const [ONE, OTHER] = [{}, {}]; // phones

beforeEach((t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  give({ document: { title: "Phone", head: {} } });
  t.after(() => [ONE, OTHER].forEach((phone) => blinkTitle(phone)));
});

/** The titles that the page has from now on, one a second. */
function titles(t, count) {
  return Array.from({ length: count }, (_, second) => {
    if (second > 0) t.mock.timers.tick(1_000);
    return document.title;
  });
}

test("a title blinks until the call rings no more", (t) => {
  blinkTitle(ONE, "☎ Anna");
  assert.deepEqual(titles(t, 4), ["☎ Anna", "Phone", "☎ Anna", "Phone"]);
  blinkTitle(ONE);
  assert.deepEqual(titles(t, 3), ["Phone", "Phone", "Phone"]);
});

test("a title is the page's own as soon as the call rings no more", () => {
  blinkTitle(ONE, "☎ Anna");
  blinkTitle(ONE);
  assert.equal(document.title, "Phone");
});

for (const [when, seconds] of [["while ours is shown", 0], ["while its own is shown", 1]]) {
  test(`a title that the page changes ${when} is kept`, (t) => {
    blinkTitle(ONE, "☎ Anna");
    t.mock.timers.tick(1_000 * seconds);
    document.title = "Customer 7";
    t.mock.timers.tick(1_000 * (1 - seconds));
    assert.deepEqual(titles(t, 3), ["Customer 7", "☎ Anna", "Customer 7"]);
    blinkTitle(ONE);
    assert.equal(document.title, "Customer 7");
  });
}

test("of two phones on a page the first one has the title, and the second when it is gone", (t) => {
  blinkTitle(ONE, "☎ Anna");
  blinkTitle(OTHER, "☎ Berta");
  assert.deepEqual(titles(t, 3), ["☎ Anna", "Phone", "☎ Anna"]);
  blinkTitle(ONE);
  assert.deepEqual(titles(t, 3), ["☎ Anna", "Phone", "☎ Berta"]);
  blinkTitle(OTHER);
  assert.equal(document.title, "Phone");
});

test("a title is the page's own while the browser makes an entry in its history", (t) => {
  blinkTitle(ONE, "☎ Anna");
  navigation.dispatchEvent(new Event("navigate"));
  assert.deepEqual(titles(t, 3), ["Phone", "☎ Anna", "Phone"]);
});

for (const [made, kept] of [
  ["(3) ☎ Anna", "(3) Phone"],
  ["☎ Anna | ☎ Anna", "Phone | Phone"],
  ["☎ Anna", "Phone"],
]) {
  test(`a title that the page makes of ours is made of its own, whenever it is set: ${made}`, () => {
    blinkTitle(ONE, "☎ Anna");
    document.title = made;
    mutated();
    if (made !== "☎ Anna") assert.equal(document.title, kept);
    blinkTitle(ONE);
    document.title = made;
    mutated();
    assert.equal(document.title, kept);
  });
}

test("only so many texts are remembered", () => {
  for (let number = 0; number < 100; number += 1) {
    blinkTitle(ONE, `☎ ${number}.`);
    blinkTitle(ONE);
  }
  document.title = "☎ 1. ☎ 99.";
  mutated();
  assert.equal(document.title, "☎ 1. Phone");
});
