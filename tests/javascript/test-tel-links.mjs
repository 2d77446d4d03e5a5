/** Which clicks on `tel:` links dial, and what. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { takeTelLinks } from "../../web/sip-phone-tel-links.js";
import { give } from "./stand-ins.mjs";

const PHONE = { telLinks: true, client: { state: { connectionStatus: "connected" } } };

beforeEach(() => give({ document: new EventTarget() }));

/** Clicks on something in that link, and returns what is dialled and whether the click was taken. */
function clicked(href, { phone = PHONE, before = () => {}, ...how } = {}) {
  const dialed = [];
  const link = new URL(href);
  const page = new AbortController();
  const click = new Event("click", { cancelable: true });
  Object.assign(click, { button: 0, ...how, composedPath: () => [{}, link, document] });
  before(click, page);
  takeTelLinks(phone, (...given) => dialed.push(given), page.signal);
  document.dispatchEvent(click);
  page.abort();
  return { dialed: dialed.map(([from, number]) => (from === link ? number : null)), taken: click.defaultPrevented };
}

for (const [href, number] of [
  ["tel:+49-30-100", "+49-30-100"],
  ["TEL:%2B49%2030%20100", "+49 30 100"],
  ["tel:+4930100;ext=7;phone-context=x", "+4930100"],
  ["tel:anna", "anna"],
  ["tel:%", "%"],
]) {
  test(`a click on ${href} dials ${number}`, () => assert.deepEqual(clicked(href), { dialed: [number], taken: true }));
}

for (const [href, number] of [
  ["tel:*21*4930100%23", "*21*4930100#"],
  ["tel:%23%2331%234930100", "##31#4930100"],
  ["tel:%EF%BC%8A21", "\uff0a21"],
]) {
  test(`a click on ${href} dials nothing and fills in ${number}`, () => {
    const field = { focus: () => (field.isFocused = true) };
    const shadowRoot = { querySelector: (selector) => (selector.includes("number") ? field : null) };
    assert.deepEqual(clicked(href, { phone: { ...PHONE, shadowRoot } }), { dialed: [], taken: true });
    assert.deepEqual([field.value, field.isFocused], [number, true]);
  });
}

for (const [what, how] of [
  ["nobody asked for", { phone: { ...PHONE, telLinks: false } }],
  ["of a phone that is not connected", { phone: { ...PHONE, client: { state: { connectionStatus: "failed" } } } }],
  ["with Ctrl", { ctrlKey: true }],
  ["with Shift", { shiftKey: true }],
  ["with Alt", { altKey: true }],
  ["with Meta", { metaKey: true }],
  ["of the middle button", { button: 1 }],
  ["of a phone that is gone", { before: (_, page) => page.abort() }],
]) {
  test(`a click ${what} is left to the browser`, () => {
    assert.deepEqual(clicked("tel:+4930100", how), { dialed: [], taken: false });
  });
}

test("a click that the page has claimed dials nothing", () => {
  assert.deepEqual(clicked("tel:+4930100", { before: (click) => click.preventDefault() }), { dialed: [], taken: true });
});

test("a link to elsewhere is left to the browser", () => {
  assert.deepEqual(clicked("https://site.test/"), { dialed: [], taken: false });
});
