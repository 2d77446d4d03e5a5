/** Twelve keys, for dialing and for DTMF alike; digits typed on the keyboard while the focus is here count as well. */

import { element } from "../dom.js";

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", ""], ["#", ""],
];
const SILENT = { "aria-hidden": "true" };

/**
 * @param {string} label what the keys are for
 * @param {{keys: Record<string, string>}} words the names of those that are no digits
 * @param {(key: string) => void} press
 */
export function keypad(label, words, press) {
  const keys = KEYS.map(([key, letters]) => keyButton(key, letters, words, press));
  const pad = element("div", { part: "keypad", role: "group", "aria-label": label, dir: "ltr" }, ...keys);
  pad.addEventListener("keydown", (event) => typed(event, press));
  return pad;
}

/** @returns {HTMLButtonElement} */
export function keyButton(key, letters, { keys }, press) {
  const face = keys[key] ? [element("span", SILENT, key), element("span", { class: "hearable" }, keys[key])] : [key];
  const node = element("button", { type: "button", part: "key" }, ...face);
  if (letters) node.append(element("small", SILENT, letters));
  node.addEventListener("click", () => press(key));
  return node;
}

function typed(event, press) {
  const shortcut = event.ctrlKey || event.altKey || event.metaKey;
  if (shortcut || !KEYS.some(([key]) => key === event.key)) return;
  event.preventDefault();
  press(event.key);
}
