/** What the self-check says of the hub and the page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { TERMS, texts } from "../../web/widget/self-check/texts.js";
import { checkWords } from "../../web/widget/self-check/words.js";
import { Language } from "../../web/widget/languages/language.js";
import russian from "../../web/widget/languages/sip-phone-russian.js";

const [ENGLISH, RUSSIAN] = [new Language("en"), { words: russian }];
const TAB = { version: "1.0", visible: true, focused: false, audible: true, rings: false, asks: false };
const HERE = { ...TAB, asks: true, focused: true };
const STREAM = { status: "connected", attempts: 1, silence: 2_900, connectedAt: 1_700 };
const HELD =
  "none for 15 s. Usually a proxy before the server holds them back (buffering). Turn that off for the event stream, " +
  "in nginx by proxy_buffering off or the server's header X-Accel-Buffering: no.";
const BOOT = { beganAt: 1_000, loadedAt: 1_600, snapshot: true };
const HUB = { version: "1.0", epoch: "e", tabs: [HERE], stream: STREAM, boot: BOOT };
const PAGE = { mayPlay: true, notifications: "granted", shared: true, locks: true, secure: true };

const said = (hub, page = PAGE, language = ENGLISH) => texts(language, checkWords(language.words), hub, page);

/** The texts that differ from those of the usual hub and page. */
function changes(hub, page = {}) {
  const usual = said(HUB);
  const now = said(hub && { ...HUB, ...hub }, { ...PAGE, ...page });
  return Object.fromEntries(Object.entries(now).filter(([name, text]) => text !== usual[name]));
}

test("of every term something is said", () => {
  assert.deepEqual(said(HUB), {
    page: "1.0",
    phone: "1.0",
    epoch: "e",
    connection: "Connected (attempt 1)",
    lastEvent: "2 sec ago",
    tabs: "1\n1: this tab, in view, has the keyboard",
    whoRings: "no tab",
    start: "ready after 600 ms, from the snapshot\nconnected after 700 ms",
    place: "in a SharedWorker, one for all tabs",
    signsOfLife: "Web Locks",
    sound: "may play",
    notifications: "allowed",
    secure: "yes",
  });
  assert.deepEqual(Object.keys(said(HUB)).sort(), [...TERMS].sort());
});

test("without an answer of the hub only the page is known", () => {
  const unknown = ["page", "phone", "epoch", "connection", "lastEvent", "tabs", "whoRings", "start"];
  assert.deepEqual(changes(null), Object.fromEntries(unknown.map((name) => [name, "–"])));
});

for (const [what, hub, page, expected] of [
  ["a page of another version", { version: "2.0" }, {}, { phone: "2.0, not that of this page" }],
  ["a stream that brings nothing", { stream: { ...STREAM, trouble: "no_events" } }, {}, { lastEvent: HELD }],
  ["a page without a version", { tabs: [{ ...HERE, version: null }] }, {}, { page: "–" }],
  [
    "a connection that is lost",
    { stream: { ...STREAM, status: "reconnecting", attempts: 3, silence: 61_000 } },
    {},
    { connection: "Reconnecting… (attempt 3)", lastEvent: "61 sec ago" },
  ],
  [
    "a stream that was never open",
    { stream: { status: "connecting", attempts: 0, silence: null, connectedAt: null } },
    {},
    { connection: "Connecting… (attempt 0)", lastEvent: "none yet", start: "ready after 600 ms, from the snapshot" },
  ],
  [
    "a start without the snapshot",
    { boot: { ...BOOT, snapshot: false } },
    {},
    { start: "ready after 600 ms, without the snapshot\nconnected after 700 ms" },
  ],
  [
    "another tab that rings",
    { tabs: [{ ...TAB, rings: true, focused: true }, { ...HERE, visible: false, focused: false }] },
    {},
    { tabs: "2\n1: in view, has the keyboard\n2: this tab, out of view", whoRings: "tab 1" },
  ],
  [
    "a tab that may play no sound",
    { tabs: [{ ...HERE, rings: true }, { ...TAB, audible: false }] },
    {},
    { tabs: "2\n1: this tab, in view, has the keyboard\n2: in view, may not play sounds", whoRings: "this tab" },
  ],
  ["a page that was not clicked", {}, { mayPlay: false }, { sound: "needs a click on this page" }],
  [
    "a page that does not ring, as the hub knows",
    { tabs: [{ ...HERE, audible: false }] },
    {},
    { tabs: "1\n1: this tab, in view, has the keyboard, may not play sounds", sound: "needs a click on this page" },
  ],
  ["a browser without SharedWorker", {}, { shared: false }, { place: "in one of the tabs (no SharedWorker)" }],
  [
    "plain http",
    {},
    { locks: false, secure: false },
    { signsOfLife: "heartbeats (no Web Locks)", secure: "no (plain http)" },
  ],
  [
    "plain http without SharedWorker",
    {},
    { shared: false, locks: false, secure: false },
    {
      place: "in each tab by itself (neither SharedWorker nor Web Locks)",
      signsOfLife: "heartbeats (no Web Locks)",
      secure: "no (plain http)",
    },
  ],
  ["a person who was not asked", {}, { notifications: "default" }, { notifications: "not asked for" }],
  ["a person who said no", {}, { notifications: "denied" }, { notifications: "blocked" }],
  ["a browser without notifications", {}, { notifications: "none" }, { notifications: "not to be had" }],
]) {
  test(`the self-check tells of ${what}`, () => assert.deepEqual(changes(hub, page), expected));
}

test("no word of the Russian self-check is English", () => {
  const [inRussian, inEnglish] = [russian, ENGLISH.words].map(checkWords);
  const same = Object.keys(inEnglish).filter((name) => inRussian[name] === inEnglish[name]);
  assert.deepEqual([Object.keys(inRussian), same], [Object.keys(inEnglish), ["tab", "locks", "unknown"]]);
  const { connection, start } = said(HUB, PAGE, RUSSIAN);
  const ready = "готов через 600 мс, из снимка\nна связи через 700 мс";
  assert.deepEqual([connection, start], ["На связи (попытка 1)", ready]);
});

test("a language of a page's own has its words, and the rest in English", () => {
  const words = checkWords({ lang: "de", check: { title: "Selbstprüfung" } });
  assert.deepEqual(words, { ...checkWords(ENGLISH.words), title: "Selbstprüfung" });
});
