/** Hangs up phones with a stand-in for their client, and finds what is wrong with how they look. */

import { SipPhoneWidget } from "/dist/sip-phone-widget.js";

const { default: russian } = await SipPhoneWidget.languages.ru();

const COMMANDS = ["dial", "answer", "hangup", "hold", "resume", "mute", "unmute", "dtmf", "transfer", "setStatus"];

/** Shows what a test says, and keeps what it is asked to do. */
class StandIn extends EventTarget {
  commands = [];

  constructor(state) {
    super();
    this.state = state;
    for (const name of COMMANDS) this[name] = async (...given) => void this.commands.push([name, ...given]);
  }

  show(state) {
    this.state = state;
    this.tell("statechange", state);
  }

  tell(name, detail) {
    if (name === "outdated") this.outdated = detail;
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Put up so many columns of that width, in px, for phones that speak a language. */
export function prepare({ count, width, lang, arabic }) {
  Object.assign(SipPhoneWidget.languages, { ru: russian, ar: arabic });
  document.documentElement.lang = lang;
  document.documentElement.dir = lang === "ar" ? "rtl" : "ltr";
  document.body.style.setProperty("--width", `${width}px`);
  document.body.append(...Array.from({ length: count }, () => document.createElement("div")));
}

export function hang({ name, state, tells, docked }) {
  const phone = document.createElement("sip-phone-widget");
  phone.id = name;
  phone.client = new StandIn(state);
  if (docked) phone.docked = "bottom-right";
  shortestColumn().append(framed(phone));
  for (const [event, detail] of tells) phone.client.tell(event, detail);
}

function framed(phone) {
  const [figure, caption, frame] = ["figure", "figcaption", "div"].map((tag) => document.createElement(tag));
  caption.textContent = phone.id;
  frame.className = phone.docked ? "docked" : "";
  frame.append(phone);
  figure.append(caption, frame);
  return figure;
}

function shortestColumn() {
  const end = (column) => column.lastElementChild?.getBoundingClientRect().bottom ?? 0;
  return [...document.body.children].reduce((a, b) => (end(b) < end(a) ? b : a));
}

/** What of a phone is cut off, stands out or lies upon something else, and whether what it `shows` is not to be seen. */
export function faults({ name, shows }) {
  const phone = document.getElementById(name);
  const isSeen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".hearable, svg");
  const nodes = [...phone.shadowRoot.querySelectorAll("*")].filter(isSeen);
  const those = (where, what) => nodes.filter(where).map((node) => `${title(node)} ${what}`);
  return [
    ...([...phone.shadowRoot.querySelectorAll(shows)].some(isSeen) ? [] : [`${shows} is not to be seen`]),
    ...those((node) => standsOut(node, phone), "stands out"),
    ...those(isCut, "is cut off"),
    ...those((node) => node.matches("select, input") && saysTooMuch(node), "has too little room"),
    ...collisions(nodes.flatMap(texts)),
  ];
}

function title(node) {
  return `<${node.localName} part="${node.part.value}">${node.textContent}`;
}

function standsOut(node, phone) {
  const [inner, outer] = [node, phone].map((each) => each.getBoundingClientRect());
  return inner.left < outer.left - 1 || inner.right > outer.right + 1;
}

/** What ends in an ellipsis is meant to be cut. */
function isCut(node) {
  return node.clientWidth > 0 && node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).textOverflow === "clip";
}

/** The choice and the placeholder are no text of the page, so they are measured apart. */
function saysTooMuch(node) {
  const said = node.selectedOptions ? node.selectedOptions[0]?.text : !node.value && node.placeholder;
  const style = getComputedStyle(node);
  const pencil = document.createElement("canvas").getContext("2d");
  const { fontSize } = node.placeholder ? getComputedStyle(node, "::placeholder") : style;
  pencil.font = `${style.fontWeight} ${fontSize} ${style.fontFamily}`;
  const room = node.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return pencil.measureText(said || "").width > room + 1; // the room is in whole pixels
}

function texts(node) {
  if (node.localName === "option") return [];
  const written = [...node.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());
  return written.map((text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    const lines = [...range.getClientRects()].map((line) => meet(line, node.getBoundingClientRect()));
    return { text: text.data, boxes: lines.filter(({ height }) => height > 0) }; // others are cut off, as is meant
  });
}

/** The part that two boxes have in common. */
function meet(a, b) {
  const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
  return new DOMRect(left, top, Math.min(a.right, b.right) - left, Math.min(a.bottom, b.bottom) - top);
}

function collisions(all) {
  const overlap = (a, b) => {
    const { width, height } = meet(a, b);
    return width > 2 && height > 4;
  };
  const collide = (a, b) => a.boxes.some((line) => b.boxes.some((other) => overlap(line, other)));
  const pairs = all.flatMap((a, at) => all.slice(at + 1).map((b) => [a, b]));
  return pairs.filter(([a, b]) => collide(a, b)).map(([a, b]) => `"${a.text}" and "${b.text}" lie upon each other`);
}
