/**
 * Clicks and keys that were meant for what stood there before. What has just come to stand where another control was,
 * or under the pointer, takes no click for half a second, and what was just clicked takes no second one.
 */

import { windowOf, windowsOf } from "../dom.js";
import { controlFor, letterOf, LETTERS } from "./shortcuts.js";

const SETTLING = 500; // ms; the two clicks of a double click are closer, and nobody reads a new word sooner
const ROW = 40; // px; only what stands in the same rows is compared, so that many calls cost no more than their number
const TOGGLES = /(mute|hold|resume)$/; // of one call: to press such a key again is to take back what it did

/** @type {WeakMap<ShadowRoot, Hands>} */ const guards = new WeakMap();
/** @type {WeakMap<Window, {x: number, y: number}>} where the pointer was seen last, in each window */ const pointers = new WeakMap();
watchPointer(window);

/**
 * @param {ShadowRoot} root
 * @param {AbortSignal} signal ends it
 */
export function guardHands(root, signal) {
  if (!signal.aborted) guards.set(root, new Hands(root, signal));
}

/** Click a control for a person who cannot, if it takes a click that was made then. */
export function clickFor(root, control, timeStamp) {
  if (guards.get(root).takes(control, timeStamp)) control.click();
}

/** Begin to note where the pointer is in a window. */
function watchPointer(here) {
  if (pointers.has(here)) return;
  const pointer = { x: NaN, y: NaN };
  pointers.set(here, pointer);
  const note = ({ x, y }) => Object.assign(pointer, { x, y });
  here.addEventListener("pointermove", note, { capture: true, passive: true });
}

class Hands {
  #root;
  #window; // in which the phone is; each has its own pointer, frames, and clock of events
  /** @type {Map<Element, {x: number, y: number, right: number, bottom: number, word: string}>} */ #places = new Map();
  #origin = { x: 0, y: 0 }; // from which places are measured
  /** @type {WeakMap<Element, number>} the time of events from which each takes clicks */ #settled = new WeakMap();
  #pressed = { key: "", target: null, at: -Infinity }; // the last key, while nothing else was done
  /** @type {Element | null} which the phone itself gave the focus since then */ #given = null;
  /** @type {Map<string, {call?: Element, left?: number}>} the call of each letter, and when the last one went */
  #shortcuts = new Map();
  #frame = 0;
  #sizes = new ResizeObserver(() => this.#change());
  #sized = new WeakSet();

  constructor(root, signal) {
    this.#root = root;
    this.#window = windowOf(root);
    watchPointer(this.#window);
    const changes = new MutationObserver(() => this.#change());
    changes.observe(root, { subtree: true, childList: true, attributeFilter: ["hidden", "aria-expanded", "popover"] });
    const on = (target, name, act) => target.addEventListener(name, act, { signal, capture: true });
    on(root, "click", (event) => this.#click(event));
    on(root, "keydown", (event) => this.#press(event));
    on(root, "pointerdown", () => (this.#pressed.key = ""));
    on(root, "focusin", ({ target }) => target.matches(":focus-visible") && (target.style.pointerEvents = ""));
    for (const each of windowsOf(root)) on(each, "keydown", (event) => this.#pressShortcut(event));
    // What a person has moved did not come by itself. A page that became shorter scrolls too, with the change.
    const survey = () => this.#frame || this.#survey();
    on(root, "scroll", survey);
    on(this.#window, "scroll", survey);
    on(this.#window, "resize", survey);
    signal.addEventListener("abort", () => {
      changes.disconnect();
      this.#sizes.disconnect();
      this.#window.cancelAnimationFrame(this.#frame);
    });
    this.#survey();
    this.#noteCalls();
    const clicked = root.querySelector("button:focus:not(:focus-visible)"); // by the click that has brought this
    if (clicked) this.#rest(clicked);
  }

  /** That was clicked: a second click belongs to the first. Digits are pressed as fast as somebody can. */
  #rest(control) {
    if (!control.part.contains("key")) this.#settle(control);
  }

  #click(event) {
    const control = event.target.closest("button");
    // Scripts and keys click too, and they point at nothing; and what the page has put into a slot is its own.
    if (!event.isTrusted || event.detail === 0 || control?.getRootNode() !== this.#root) return;
    if (!this.takes(control, event.timeStamp)) ignore(event);
  }

  /** True if a click is meant for what stands there. */
  takes(control, timeStamp) {
    if (this.#frame) this.#look();
    if (this.#settled.get(control) > timeStamp) return false;
    this.#rest(control);
    return true;
  }

  /** The same key again, on what the phone has put in the place of what it was pressed on, was meant for that. */
  #press(event) {
    const { key, target, timeStamp } = event;
    const last = this.#pressed;
    const isAgain = (key === "Enter" || key === " ") && key === last.key && timeStamp - last.at < SETTLING;
    const isForLast = isAgain && target === this.#given && target !== last.target && !areToggles(target, last.target);
    this.#pressed = { key, target: isForLast ? last.target : target, at: timeStamp };
    if (isForLast) ignore(event);
    else this.#given = null;
  }

  /** A shortcut that is for another call now than it was just before. */
  #pressShortcut(event) {
    const letter = letterOf(event, this.#root);
    const isForAnother = performance.now() - this.#shortcuts.get(letter)?.left < SETTLING;
    if (isForAnother && !this.#root.host.noShortcuts && controlFor(this.#root, letter)) event.preventDefault();
  }

  /** Note for which call each shortcut is. */
  #noteCalls() {
    for (const letter of LETTERS) {
      const { call: before, left } = this.#shortcuts.get(letter) ?? {};
      const call = controlFor(this.#root, letter)?.closest("article");
      this.#shortcuts.set(letter, { call, left: before && before !== call ? performance.now() : left });
    }
  }

  #change() {
    this.#noteCalls();
    this.#noteFocus();
    this.#frame ||= this.#window.requestAnimationFrame(() => this.#look());
  }

  #noteFocus() {
    const { activeElement } = this.#root;
    if (activeElement !== this.#pressed.target) this.#given = activeElement;
  }

  /** See what has changed since the last look, and let it settle. */
  #look() {
    this.#window.cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#noteFocus();
    const [before, origin] = [this.#places, this.#origin];
    this.#survey();
    const rows = byRows(before);
    for (const [control, place] of this.#places) {
      if (control.localName !== "button") continue;
      const old = before.get(control);
      const cameUnderPointer = this.#isPointedAt(place, this.#origin) && !(old && this.#isPointedAt(old, origin));
      const takesPlace = (row) => rows.get(row)?.some(([other, its]) => other !== control && meet(its, place));
      const isNew = () => (old && old.word !== place.word) || rowsOf(place).some(takesPlace);
      const stays = old && isSame(old, place);
      if (cameUnderPointer || (!stays && isNew())) this.#settle(control);
    }
  }

  /** True if the pointer is over what stands there, measured from an origin. */
  #isPointedAt({ x, y, right, bottom }, origin) {
    const pointer = pointers.get(this.#window);
    const [left, top] = [pointer.x - origin.x, pointer.y - origin.y];
    return x <= left && left < right && y <= top && top < bottom;
  }

  /** Measure where each control stands: in the phone, or if that floats, in the window. */
  #survey() {
    const root = this.#root;
    const isFloating = getComputedStyle(root.host).position === "fixed" || root.querySelector("[popover]");
    this.#origin = isFloating ? { x: 0, y: 0 } : root.host.getBoundingClientRect();
    const { x: left, y: top } = this.#origin;
    this.#places = new Map();
    for (const control of root.querySelectorAll("button, input, select")) {
      const { x, y, right, bottom } = control.getBoundingClientRect();
      if (right === x) continue; // it is not shown
      const [here, end] = [[x - left, y - top], [right - left, bottom - top]].map((point) => point.map(Math.round));
      this.#places.set(control, { x: here[0], y: here[1], right: end[0], bottom: end[1], word: wordOf(control) });
    }
    for (const box of root.querySelectorAll("article")) {
      if (!this.#sized.has(box)) this.#sizes.observe(box);
      this.#sized.add(box); // the page may put something into it, late
    }
  }

  /**
   * The cursor shows that it takes no click, and drivers of tests wait. Not so the pill of a docked phone, under which
   * lies the page, nor what a keyboard has reached.
   */
  #settle(control) {
    const end = new this.#window.Event("").timeStamp + SETTLING; // the time of events, which no test's clock hurries
    this.#settled.set(control, end);
    if (!control.closest("[part=panel]") || control.matches(":focus-visible")) return;
    control.style.pointerEvents = "none";
    setTimeout(() => this.#settled.get(control) === end && (control.style.pointerEvents = ""), SETTLING);
  }
}

function ignore(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** A button may get another word, as Decline does when somebody else answers. */
function wordOf(control) {
  return control.lastElementChild?.textContent ?? "";
}

function areToggles(...controls) {
  const [card, other] = controls.map((control) => control.closest("article"));
  return card && card === other && controls.every(({ part }) => TOGGLES.test(part.value));
}

function isSame(one, other) {
  return Object.keys(one).every((name) => one[name] === other[name]);
}

function meet(one, other) {
  return one.x < other.right && other.x < one.right && one.y < other.bottom && other.y < one.bottom;
}

/** The numbers of the rows in which something stands. */
function rowsOf({ y, bottom }) {
  const first = Math.floor(y / ROW);
  return Array.from({ length: Math.floor(bottom / ROW) - first + 1 }, (_, at) => first + at);
}

function byRows(places) {
  const rows = new Map();
  for (const entry of places) {
    for (const row of rowsOf(entry[1])) {
      if (rows.has(row)) rows.get(row).push(entry);
      else rows.set(row, [entry]);
    }
  }
  return rows;
}
