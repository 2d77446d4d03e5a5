/** The pill of a phone that is docked in a corner of the page: it tells the most important, and opens and closes the rest. */

import { timedFrom } from "../calls/call-times.js";
import css from "./dock.css";
import { element, icon, setText } from "../dom.js";
import { KnownCalls } from "../calls/known-calls.js";
import { nameOf, word } from "../languages/language.js";
import { adopt } from "../style-sheets.js";


/** @type {WeakSet<Panel>} those that have a pill */ const docked = new WeakSet();

/**
 * Whether each phone is open, and for which calls it has opened by itself: it gets another panel when it speaks another
 * language, and another hub when that was replaced.
 * @type {WeakMap<SipPhoneWidget, {isOpen: boolean, calls: KnownCalls}>}
 */
const memories = new WeakMap();

/**
 * Give a panel its pill.
 * @param {import("../panel.js").Panel} panel
 * @param {import("../languages/language.js").Language} language
 */
export function dock(panel, language) {
  if (docked.has(panel)) return;
  docked.add(panel);
  adopt(panel.element, css);
  const { host } = panel.element.getRootNode();
  const memory = memories.get(host) ?? { isOpen: false, calls: new KnownCalls() };
  memories.set(host, memory);
  const pill = new Dock(language, memory);
  panel.element.prepend(pill.element);
  panel.add(pill);
}

/** Open or closed is what `aria-expanded` says; the style sheet goes by it, and only where the phone is docked. */
class Dock {
  /** @type {HTMLButtonElement} */ element;
  #text = element("bdi");
  #timer = element("span", { class: "time", "aria-hidden": "true" }); // a name that changes each second is read out
  #language;
  #call = null;
  #memory;

  /**
   * @param {import("../languages/language.js").Language} language
   * @param {{isOpen: boolean, calls: KnownCalls}} memory
   */
  constructor(language, memory) {
    this.#language = language;
    this.#memory = memory;
    const name = element("span", { class: "hearable" }, `${language.words.phone}:`);
    const light = element("span", { class: "light", "aria-hidden": "true" });
    const shown = [light, icon("call"), name, this.#text, this.#timer, icon("chevron")];
    this.element = element("button", { type: "button", part: "toggle" }, ...shown);
    this.element.addEventListener("click", () => this.#open(this.element.ariaExpanded !== "true"));
    this.#open(memory.isOpen);
  }

  /**
   * A call that begins to ring opens the phone by itself, where its card is in sight; one that went on ringing while a
   * person closed the phone does not.
   */
  draw(state) {
    const { connectionStatus, activeCall, calls } = state;
    const known = this.#memory.calls;
    known.follow(state);
    const ringing = calls.filter((call) => call.state === "ringing");
    if (!ringing.every((call) => known.has(call))) {
      this.#open(true);
      this.element.nextElementSibling.scrollTo(0, 0);
    }
    for (const call of ringing) known.add(call);
    this.#call = activeCall;
    this.element.dataset.status = connectionStatus;
    this.element.dataset.state = ringing.length > 0 ? "ringing" : (activeCall?.state ?? "");
    setText(this.#text, this.#news(connectionStatus, activeCall));
    this.tick(Date.now());
  }

  tick(now) {
    setText(this.#timer, this.#language.clock(this.#call && timedFrom(this.#call), now));
  }

  #news(connectionStatus, call) {
    const isCall = call && connectionStatus === "connected";
    const { words } = this.#language;
    return isCall ? nameOf(call, words) : word(words.connection, connectionStatus);
  }

  #open(open) {
    this.#memory.isOpen = open;
    this.element.ariaExpanded = String(open);
  }
}
