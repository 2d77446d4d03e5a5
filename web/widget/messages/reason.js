/** Why something was not done, for the person to read. */

import { element } from "../dom.js";

/**
 * Put a reason into a node, if it is not there already, so that screen readers say it once. What hub or backend has said of
 * it is marked as English, whatever the rest is.
 * @param {HTMLElement} node
 * @param {import("../languages/language.js").Language} language
 * @param {{code?: string, message?: string}} error
 */
export function setReason(node, language, error) {
  const text = language.reason(error);
  if (text !== node.textContent) node.replaceChildren(...marked(text, error.message));
}

function marked(text, english) {
  const [first, ...others] = english ? text.split(english) : [text];
  return [first, ...others.flatMap((part) => [element("span", { lang: "en" }, english), part])].filter(Boolean);
}
