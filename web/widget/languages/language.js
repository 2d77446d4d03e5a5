/** Which language the widget speaks, and how it puts values into its words. */

import { english } from "./english.js";
import { load } from "../feature-modules.js";

/**
 * The languages there are, by their tag: the words, or how to fetch them. A page may add its own; what that leaves out is
 * said in English.
 */
export const languages = { en: english, ru: () => load("russian") };

/** The tag in `languages` for an element: of its `lang` or what is around it, else of the browser, else English. */
export function languageOf(element) {
  return [langAround(element), ...navigator.languages].map(known).find(Boolean) ?? "en";
}

/** What stands in a shadow tree speaks as what is around its host. */
function langAround(node) {
  return node && (node.closest("[lang]")?.lang ?? langAround(node.getRootNode?.().host));
}

/** Fetch the words of a language that has a file of its own. It is English from then on if that cannot be had. */
export async function fetchLanguage(tag) {
  if (typeof languages[tag] !== "function") return;
  try {
    languages[tag] = (await languages[tag]()).default;
  } catch (reason) {
    console.warn(`The phone speaks English, for its words in "${tag}" could not be loaded: ${reason.message}`);
    languages[tag] = english;
  }
}

/** One language: its words, and whatever depends on them. */
export class Language {
  /** @type {typeof english} */ words;
  #twoDigits;
  #digits;

  /** @param {string} tag of `languages`; while its words are not there they are English */
  constructor(tag) {
    const words = typeof languages[tag] === "function" ? english : languages[tag];
    this.words = completed({ lang: tag, ...words }, english);
    const { lang } = this.words;
    this.#digits = new Intl.NumberFormat(lang);
    this.#twoDigits = new Intl.NumberFormat(lang, { minimumIntegerDigits: 2 });
  }

  /** How a call ended, in words. */
  ending(call) {
    const { endReason, missed } = this.words;
    const known = Object.hasOwn(endReason, call.endReason) ? call.endReason : "completed";
    return isMissed(call) ? missed : endReason[known];
  }

  /** Why something was not done. The hub and the backend give their reasons in English, and they know most. */
  reason({ code = "unknown", message }) {
    const { error, unknownError } = this.words;
    const kind = code.startsWith("api_") ? "api" : code;
    // A message comes from outside: it is a value, and no template.
    const template = Object.hasOwn(error, kind) ? error[kind] : message ? "{message}" : unknownError;
    return say(template, { code, message: message ?? "" });
  }

  /** The time since a moment as "00:07", "12:34" or "1:02:03"; never negative, since two clocks may differ. */
  clock(since, now) {
    if (since === null) return "";
    const seconds = Math.max(0, Math.floor((now - since) / 1000));
    const two = (value) => this.#twoDigits.format(value);
    const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return seconds < 3600 ? rest : `${this.#digits.format(Math.floor(seconds / 3600))}:${rest}`;
  }
}

/** A moment as "12:34", or as the language has it. */
export function timeOfDay({ words }, milliseconds) {
  return new Intl.DateTimeFormat(words.lang, { timeStyle: "short" }).format(milliseconds);
}

/** The key in `languages` of a tag such as "ru-RU": the whole tag's, else its language's. */
function known(tag = "") {
  const [language] = tag.split("-");
  return [tag, language.toLowerCase()].find((key) => Object.hasOwn(languages, key));
}

/** A copy of `words` with what is missing taken from `whole`. */
function completed(words, whole) {
  const fill = ([key, value]) => [key, typeof value === "object" ? { ...value, ...words[key] } : (words[key] ?? value)];
  return { ...words, ...Object.fromEntries(Object.entries(whole).map(fill)) };
}

/**
 * Put values into the places of a template.
 * @param {string} template
 * @param {Record<string, string>} values
 */
export function say(template, values) {
  return template.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** Whether a call that is over came in, and nobody here or elsewhere took or declined it, as far as anybody knows. */
export function isMissed({ direction, answeredAt, endReason }) {
  const isExplained = ["rejected", "answered_elsewhere", "unknown"].includes(endReason);
  return direction === "inbound" && !answeredAt && !isExplained;
}

/** Who a call is with: the name, else the number, which may be withheld. */
export function nameOf({ displayName, phone }, words) {
  return displayName || phone || words.unknownNumber;
}

/** The same as spoken: "Anna, +123" where there are both. */
export function caller(call, words) {
  const { displayName, phone } = call;
  return displayName && phone ? `${displayName}, ${phone}` : nameOf(call, words);
}

/** Numbers are read from left to right, whatever is around them. */
export function directionOf({ displayName, phone }) {
  return phone && !displayName ? "ltr" : "auto";
}

/** A word for a token of the hub; a token we have no word for is shown as it is. */
export function word(vocabulary, token) {
  return Object.hasOwn(vocabulary, token) ? vocabulary[token] : String(token ?? "");
}
