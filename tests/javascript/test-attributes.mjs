/** A property of the element is written as its attribute, and what is not valid counts as absent when it is read. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { give, Page } from "./stand-ins.mjs";

give({ document: new Page(), location: new URL("https://site.test/page") });
const { addProperties, ATTRIBUTES, PROPERTIES } = await import("../../web/widget/attributes.js");

/** An element that has attributes. */
class Element {
  #attributes = new Map();

  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }

  setAttribute(name, value) {
    this.#attributes.set(name, String(value));
  }

  removeAttribute(name) {
    this.#attributes.delete(name);
  }
}
addProperties(Element);

const WORKER = new URL("../../web/widget/sip-worker.js", import.meta.url).href;
const ELSEWHERE = "https://elsewhere.test/sip";
const SITE = "https://site.test";

for (const [name, attribute, given, written, read] of [
  ["api", "api", "/mine", "/mine", "/mine"],
  ["api", "api", "mine?x=1", "mine?x=1", "/mine"],
  ["api", "api", ELSEWHERE, ELSEWHERE, "/api/sip"],
  ["api", "api", "http://[", "http://[", "/api/sip"],
  ["api", "api", null, null, "/api/sip"],
  ["worker", "worker", "/mine.js", "/mine.js", `${SITE}/mine.js`],
  ["worker", "worker", ELSEWHERE, ELSEWHERE, WORKER],
  ["worker", "worker", undefined, null, WORKER],
  ["session", "session", "ann", "ann", "ann"],
  ["session", "session", null, null, ""],
  ["ringtone", "ringtone", "/bell.mp3", "/bell.mp3", `${SITE}/bell.mp3`],
  ["ringtone", "ringtone", ELSEWHERE, ELSEWHERE, null],
  ["docked", "docked", "bottom-left", "bottom-left", "bottom-left"],
  ["docked", "docked", "top", "top", "bottom-right"],
  ["docked", "docked", null, null, null],
  ["extendedLifetime", "extended-lifetime", true, "as it was", true],
  ["extendedLifetime", "extended-lifetime", null, null, false],
  ["telLinks", "tel-links", false, null, false],
]) {
  test(`${name} = ${given} is written as ${written} and read as ${read}`, () => {
    const phone = new Element();
    phone.setAttribute(attribute, "as it was");
    phone[name] = given;
    assert.deepEqual([phone.getAttribute(attribute), phone[name]], [written, read]);
  });
}

test("a flag that is set where it was not is an empty attribute", () => {
  const phone = new Element();
  phone.silent = true;
  assert.equal(phone.getAttribute("silent"), "");
});

test("each attribute has a property", () => {
  const inWords = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  assert.deepEqual(PROPERTIES.map(inWords), ATTRIBUTES);
  assert.deepEqual(PROPERTIES.filter((name) => !(name in Element.prototype)), []);
});
