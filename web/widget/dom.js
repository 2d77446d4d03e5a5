/** Makers of DOM nodes. Text goes in as text, never as markup, so that Trusted Types and a strict CSP hold. */

const SVG = "http://www.w3.org/2000/svg";

const HANDSET =
  "M6.5 3.5 9 3.7l1.7 4.4L8.6 10a12 12 0 0 0 5.4 5.4l1.9-2.1 4.4 1.7.2 2.5a3 3 0 0 1-3 3A14 14 0 0 1 3.5 6.5a3 3 0 0 1 3-3Z";
const MICROPHONE = "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21";

/** Outlines in a square of 24 units. */
const OUTLINES = {
  call: HANDSET,
  answer: HANDSET,
  hangup: HANDSET, // lies on its back, by the style sheet
  mute: MICROPHONE,
  unmute: `${MICROPHONE}M4 4l16 16`,
  hold: "M8.5 5.5v13M15.5 5.5v13",
  resume: "M8 5l11 7-11 7Z",
  dtmf: "M6 6h.01M12 6h.01M18 6h.01M6 12h.01M12 12h.01M18 12h.01M6 18h.01M12 18h.01M18 18h.01",
  transfer: "M4.5 19v-5a5 5 0 0 1 5-5H19M14.5 4.5 19 9l-4.5 4.5",
  inbound: "M18 6 7 17M7 9v8h8",
  outbound: "M6 18 17 7M9 7h8v8",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  chevron: "M7.5 10l4.5 4.5 4.5-4.5",
  connecting: "M12 3.5a8.5 8.5 0 1 1-8.5 8.5",
  reconnecting: "M4 11a8 8 0 0 1 14.5-3.5L20 9M20 4v5h-5M20 13a8 8 0 0 1-14.5 3.5L4 15M4 20v-5h5",
  unauthorized: "M6 11h12v9H6ZM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
  failed: "M12 4 2.5 20h19ZM12 10v4.5M12 17h.01",
  outdated: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 16V8.5M8.5 11.5 12 8l3.5 3.5",
};

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * The window in which a node is, which may be another one than the page's own.
 * @param {Element | ShadowRoot} node
 * @returns {Window}
 */
export function windowOf({ ownerDocument }) {
  return ownerDocument.defaultView ?? window;
}

/** Both: a person may be in either. */
export function windowsOf(node) {
  return new Set([window, windowOf(node)]);
}

/** A picture beside words, hidden from screen readers. */
export function icon(name, outline = OUTLINES[name]) {
  const make = (tag, attributes, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);
  const looks = { viewBox: "0 0 24 24", "aria-hidden": "true", class: `icon ${name}` };
  return make("svg", looks, make("path", { d: outline }));
}

/** A real button: picture and word; `onClick` gets the button. One whose look is "bare" shows its picture alone. */
export function button({ part, name, label, look = "", type = "button" }, onClick = () => {}) {
  const text = element("span", { class: look === "bare" ? "hearable" : "label" }, label);
  const node = element("button", { type, part, class: look }, ...(name ? [icon(name)] : []), text);
  node.addEventListener("click", () => onClick(node));
  return node;
}

/** Set a node's text only if it differs, so that selections and screen readers are left alone. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Busy controls keep the focus (`disabled` would lose it), count as disabled, and are skipped by `isBusy`. */
export function setBusy(control, busy) {
  control.ariaBusy = busy ? "true" : null;
  if ("disabled" in control) control.ariaDisabled = control.ariaBusy; // a group would disable all that is in it
}

export function isBusy(control) {
  return control.ariaBusy === "true";
}
