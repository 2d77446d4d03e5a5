/** What opens on a click: the dial pad, and for the actions dtmf and transfer of a call what they need to be told. */

import { button, element, icon, isBusy, setText } from "../dom.js";
import css from "./drawers.css";
import { keyButton, keypad } from "./keypad.js";
import { say } from "../languages/language.js";
import { NumberForm } from "../dialer/number-form.js";

export { css };

const MOST_DIGITS = 32; // in one command
const BACKSPACE = "M9 5.5h11.5v13H9L3.5 12ZM12 9.5l5 5M17 9.5l-5 5";

/**
 * Keys for a number field.
 * @param {import("../languages/language.js").Language} language
 * @param {HTMLInputElement} input
 */
export function dialPad({ words }, input) {
  const press = (key) => type(input, key);
  const name = element("span", { class: "hearable" }, words.backspace);
  const backspace = element("button", { type: "button", part: "key" }, icon("backspace", BACKSPACE), name);
  backspace.addEventListener("click", () => erase(input));
  const extras = element("div", { class: "extras" }, keyButton("+", "", words, press), backspace);
  return element("div", { class: "drawer" }, keypad(words.dialPad, words, press), extras);
}

/**
 * A keypad. Digits go out in the order they are pressed: one command at a time, and what is pressed meanwhile goes in
 * the next. Those that did not go out are not shown any more.
 * @param {import("../languages/language.js").Language} language
 * @param {(digits: string, control: Element) => Promise<boolean>} send
 */
export function dtmf({ words }, send) {
  const digits = element("div", { part: "digits", dir: "ltr" });
  let sent = "";
  let waiting = "";
  const flush = async () => {
    if (isBusy(pad)) return;
    while (waiting) {
      const next = waiting.slice(0, MOST_DIGITS);
      if (await send(next, pad)) {
        sent += next;
        waiting = waiting.slice(next.length);
      } else waiting = ""; // digits after a lost one would mean something else
      setText(digits, sent + waiting);
    }
  };
  const pad = keypad(words.action.dtmf, words, (digit) => {
    waiting += digit;
    setText(digits, sent + waiting);
    flush();
  });
  return element("div", { class: "drawer" }, digits, pad);
}

/**
 * A field for the number.
 * @param {import("../languages/language.js").Language} language
 * @param {(phone: string, control: Element) => Promise<boolean>} send
 */
export function transfer({ words }, send) {
  const form = new NumberForm({ label: words.transferTo, action: words.transferNow, part: "transfer-submit" }, send);
  return element("div", { class: "drawer", part: "transfer-form" }, form.element);
}

/** @type {WeakMap<HTMLElement, HTMLButtonElement>} the offers, by the cards they stand in */
const offers = new WeakMap();

/**
 * Offer to send the digits that follow the number which was dialled, once the call talks.
 * @param {HTMLElement} card
 * @param {import("../languages/language.js").Language} language
 * @param {{nextDigits?: string, actions: string[]}} call
 * @param {(digits: string, control: Element) => Promise<boolean>} send
 */
export function offerDigits(card, { words }, { nextDigits, actions }, send) {
  const isOffered = Boolean(nextDigits) && actions.includes("dtmf");
  if (!isOffered && !offers.has(card)) return;
  const offer = offers.get(card) ?? makeOffer(card, send);
  offer.hidden = !isOffered;
  offer.value = nextDigits ?? "";
  setText(offer.lastElementChild, say(words.sendDigits, { digits: offer.value }));
}

function makeOffer(card, send) {
  const looks = { part: "next-digits", name: "dtmf", label: "", look: "filled" };
  const offer = button(looks, () => send(offer.value, offer));
  offers.set(card, offer);
  card.append(offer);
  return offer;
}

/** Put a digit where the caret is. */
function type(input, digit) {
  input.setRangeText(digit, input.selectionStart, input.selectionEnd, "end");
  tellOf(input);
}

/** Delete the selection, else the character before the caret. */
function erase(input) {
  const { selectionStart: start, selectionEnd: end } = input;
  input.setRangeText("", start === end ? Math.max(0, start - 1) : start, end, "end");
  tellOf(input);
}

/** As if it had been typed. */
function tellOf(input) {
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
