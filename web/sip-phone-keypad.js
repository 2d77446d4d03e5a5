/** Twelve keys, for dialing and for DTMF alike; digits typed on the keyboard while the focus is here count as well. */

import { element } from "./sip-phone-dom.js";
import { words } from "./sip-phone-words.js";

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", ""], ["#", ""],
];

/**
 * @param {string} label what the keys are for
 * @param {(key: string) => void} press
 */
export function keypad(label, press) {
  const keys = KEYS.map(([key, letters]) => keyButton(key, letters, press));
  const pad = element("div", { part: "keypad", role: "group", "aria-label": label, dir: "ltr" }, ...keys);
  pad.addEventListener("keydown", (event) => typed(event, press));
  return pad;
}

/** @returns {HTMLButtonElement} */
export function keyButton(key, letters, press) {
  const node = element("button", { type: "button", part: "key", "aria-label": words.keys[key] ?? key }, key);
  if (letters) node.append(element("small", {}, letters));
  node.addEventListener("click", () => press(key));
  return node;
}

function typed(event, press) {
  const shortcut = event.ctrlKey || event.altKey || event.metaKey;
  if (shortcut || !KEYS.some(([key]) => key === event.key)) return;
  event.preventDefault();
  press(event.key);
}
