/** Which clicks on `tel:` links dial, and what. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

import { takeTelLinks } from "../../web/widget/tel-links/sip-phone-tel-links.js";
import { give } from "./stand-ins.mjs";

const NUMBERS = JSON.parse(readFileSync(new URL("../numbers.json", import.meta.url), "utf8"));
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
  ["tel://+4930100", "+4930100"],
  ["tel:+4930100?x=1", "+4930100"],
  ["tel:+4930100,,123#", "+4930100,,123#"],
  ["tel:+4930100,,123%23", "+4930100,,123#"],
  ["tel:+4930100;ext=7;phone-context=x", "+4930100;ext=7;phone-context=x"],
  ["tel:030%E2%88%921234", "030\u22121234"],
]) {
  test(`a click on ${href} dials ${number}`, () => assert.deepEqual(clicked(href), { dialed: [number], taken: true }));
}

for (const text of NUMBERS.refused.filter((text) => text.normalize("NFKC") === text)) {
  test(`a click on what the hub refuses is left to the browser: ${JSON.stringify(text)}`, () => {
    const href = `tel:${encodeURIComponent(text.replace("tel:", ""))}`;
    assert.deepEqual(clicked(href), { dialed: [], taken: false });
  });
}

for (const href of ["tel:%", "tel:12x", "tel:12;ext=abc", "tel:12;postd=1+2", `tel:1${"%20".repeat(300)}`]) {
  test(`a click on ${href.slice(0, 20)} is left to the browser`, () => {
    assert.deepEqual(clicked(href), { dialed: [], taken: false });
  });
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
