/** Which language the widget speaks, and how it puts values into its words. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { english } from "../../web/widget/languages/english.js";
import * as speech from "../../web/widget/languages/language.js";
import russian from "../../web/widget/languages/sip-phone-russian.js";
import { give } from "./stand-ins.mjs";

const { caller, fetchLanguage, isMissed, Language, languageOf, languages, say, timeOfDay, word } = speech;
const FOUND = { ...languages };

beforeEach(() => give({ navigator: { languages: ["en-US"] } }));
afterEach(() => {
  for (const tag of Object.keys(languages)) delete languages[tag];
  Object.assign(languages, FOUND);
});

/** What words there are, each with the places for values in it. */
function shape(words) {
  const places = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  const entry = ([key, value]) => [key, typeof value === "object" ? shape(value) : places(value)];
  return Object.fromEntries(Object.entries(words).map(entry));
}

test("Russian has a word and its places for everything that English has", () => {
  assert.deepEqual({ ...shape(russian), error: {} }, shape(english));
});

test("Russian has a sentence for every code of an error", () => {
  assert.deepEqual(Object.keys(russian.error).sort(), [
    "api",
    "bad_event",
    "hub_failed",
    "hub_lost",
    "internal",
    "invalid_command",
    "invalid_headers",
    "invalid_phone",
    "invalid_state",
    "network",
    "no_events",
    "not_connected",
    "timeout",
    "unauthorized",
    "unsupported",
  ]);
});

for (const [around, browser, tag] of [
  ["ru-RU", ["en-US"], "ru"],
  ["RU", ["en-US"], "ru"],
  ["en", ["ru"], "en"],
  [null, ["ru-RU", "en"], "ru"],
  ["xx", ["yy", "ru"], "ru"],
  ["", ["xx"], "en"],
  [null, [], "en"],
  ["toString", ["constructor"], "en"],
]) {
  test(`in a page of ${around} a browser that prefers ${browser} shows ${tag}`, () => {
    give({ navigator: { languages: browser } });
    const element = { closest: (selector) => (selector === "[lang]" && around !== null ? { lang: around } : null) };
    assert.equal(languageOf(element), tag);
  });
}

test("a page's own tag counts more than its language", () => {
  Object.assign(languages, { de: {}, "de-AT": {} });
  assert.deepEqual(["de-AT", "de-CH"].map((lang) => languageOf({ closest: () => ({ lang }) })), ["de-AT", "de"]);
});

test("words of a file are fetched once", async () => {
  let fetched = 0;
  languages.ru = async () => {
    fetched += 1;
    return { default: russian };
  };
  for (let i = 0; i < 2; i += 1) await fetchLanguage("ru");
  assert.deepEqual([fetched, languages.ru, new Language("ru").words.dial], [1, russian, "Вызов"]);
});

test("words that cannot be loaded are English, and the console says why", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  languages.ru = () => Promise.reject(new TypeError("no network"));
  for (let i = 0; i < 2; i += 1) await fetchLanguage("ru");
  const warning = 'The phone speaks English, for its words in "ru" could not be loaded: no network';
  assert.deepEqual(warn.mock.calls.map((call) => call.arguments), [[warning]]);
  assert.deepEqual(new Language("ru").words, english);
});

test("words that have not come yet are English", () => {
  assert.deepEqual(new Language("ru").words, english);
});

test("what a language of a page's own leaves out is English", () => {
  languages.de = { dial: "Wählen", connection: { connected: "Verbunden" }, check: { title: "Selbstprüfung" } };
  const connection = { ...english.connection, connected: "Verbunden" };
  const check = { title: "Selbstprüfung" };
  assert.deepEqual(new Language("de").words, { ...english, lang: "de", dial: "Wählen", connection, check });
});

for (const [lang, error, text] of [
  ["en", { code: "api_409", message: "The line is busy." }, "The line is busy."],
  ["en", { code: "something" }, "Something went wrong (something). Try again."],
  ["en", {}, "Something went wrong (unknown). Try again."],
  ["en", { code: "toString", message: "Odd." }, "Odd."],
  ["en", { code: "api_409", message: "{constructor} {code} $&" }, "{constructor} {code} $&"],
  ["ru", { code: "api_409", message: "The line is busy." }, "Сервер отказал (api_409): The line is busy."],
  ["ru", { code: "unsupported", message: "Not known." }, "Этот телефон такого не умеет."],
  ["ru", { code: "something" }, "Что-то пошло не так (something). Попробуйте ещё раз."],
]) {
  test(`the reason ${JSON.stringify(error)} reads in ${lang}: ${text}`, () => {
    languages.ru = russian;
    assert.equal(new Language(lang).reason(error), text);
  });
}

for (const [lang, milliseconds, text] of [
  ["en", 7_999, "00:07"],
  ["en", 754_000, "12:34"],
  ["en", 3_723_000, "1:02:03"],
  ["en", 36_000_000, "10:00:00"],
  ["en", -5_000, "00:00"],
  ["ar", 3_723_000, "١:٠٢:٠٣"],
]) {
  test(`a clock in ${lang} shows ${milliseconds} ms as ${text}`, () => {
    languages.ar = { lang: "ar-EG" };
    assert.equal(new Language(lang).clock(1_000, 1_000 + milliseconds), text);
  });
}

test("a clock that nothing has started shows nothing", () => {
  assert.equal(new Language("en").clock(null, 1_000), "");
});

test("the time of day reads as the language has it", () => {
  languages.ru = russian;
  const noon = new Date(2026, 0, 1, 13, 5).getTime();
  const times = ["en", "ru"].map((lang) => timeOfDay(new Language(lang), noon).replace("\u202f", " "));
  assert.deepEqual(times, ["1:05 PM", "13:05"]);
});

for (const [call, missed, ending] of [
  [{ direction: "inbound", endReason: "canceled" }, true, "Missed call"],
  [{ direction: "inbound", endReason: null }, true, "Missed call"],
  [{ direction: "inbound", answeredAt: 1, endReason: "completed" }, false, "Ended"],
  [{ direction: "inbound", endReason: "rejected" }, false, "Declined"],
  [{ direction: "inbound", endReason: "answered_elsewhere" }, false, "Answered elsewhere"],
  [{ direction: "outbound", endReason: "busy" }, false, "Busy"],
  [{ direction: "outbound", endReason: null }, false, "Ended"],
  [{ direction: "outbound", endReason: "on_strike" }, false, "Ended"],
  [{ direction: "inbound", endReason: "unknown" }, false, "Ended"],
  [{ direction: "outbound", endReason: "unknown" }, false, "Ended"],
]) {
  test(`a call that ends as ${JSON.stringify(call)} is: ${ending}`, () => {
    assert.deepEqual([isMissed(call), new Language("en").ending(call)], [missed, ending]);
  });
}

test("a caller is a name and a number, or just the number", () => {
  const callers = ["Anna", "", null].map((displayName) => caller({ displayName, phone: "+123" }));
  assert.deepEqual(callers, ["Anna, +123", "+123", "+123"]);
});

test("a caller who withholds the number is unknown, in the language", () => {
  for (const [words, name] of [[english, "Unknown number"], [russian, "Неизвестный номер"]]) {
    assert.deepEqual(["", null, undefined].map((phone) => caller({ displayName: null, phone }, words)), Array(3).fill(name));
  }
  assert.equal(caller({ displayName: "Anna", phone: "" }, english), "Anna");
});

test("values take their places, and a place without one stays", () => {
  assert.equal(say("{a} and {b} and {c}", { a: "1", b: "{a}" }), "1 and {a} and {c}");
});

test("a token without a word reads as it is", () => {
  const words = ["busy", "lunch", "toString", null].map((token) => word({ busy: "Busy" }, token));
  assert.deepEqual(words, ["Busy", "lunch", "toString", ""]);
});

test("what stands in a shadow tree speaks as what is around its host", () => {
  const host = { closest: () => ({ lang: "ru" }), getRootNode: () => ({}) };
  const inner = { closest: () => null, getRootNode: () => ({ host }) };
  assert.equal(languageOf({ closest: () => null, getRootNode: () => ({ host: inner }) }), "ru");
  assert.equal(languageOf({ closest: () => null, getRootNode: () => ({}) }), "en");
});
