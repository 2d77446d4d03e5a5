/** The pill of a phone that is docked in a corner of the page: it tells the most important, and opens and closes the rest. */

import { timedFrom } from "./sip-phone-call-times.js";
import css from "./sip-phone-dock.css";
import { element, icon, setText } from "./sip-phone-dom.js";
import { nameOf, word } from "./sip-phone-language.js";
import { adopt } from "./sip-phone-style-sheets.js";


/** @type {WeakSet<Panel>} those that have a pill */ const docked = new WeakSet();

/**
 * Give a panel its pill.
 * @param {import("./sip-phone-panel.js").Panel} panel
 * @param {import("./sip-phone-language.js").Language} language
 */
export function dock(panel, language) {
  if (docked.has(panel)) return;
  docked.add(panel);
  adopt(panel.element, css);
  const pill = new Dock(language);
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
  #ringing = [];

  /** @param {import("./sip-phone-language.js").Language} language */
  constructor(language) {
    this.#language = language;
    const name = element("span", { class: "hearable" }, `${language.words.phone}:`);
    const light = element("span", { class: "light", "aria-hidden": "true" });
    const shown = [light, icon("call"), name, this.#text, this.#timer, icon("chevron")];
    this.element = element("button", { type: "button", part: "toggle" }, ...shown);
    this.element.addEventListener("click", () => this.#open(this.element.ariaExpanded !== "true"));
    this.#open(false);
  }

  /** A call that begins to ring opens the phone by itself; one that went on ringing while a person closed it does not. */
  draw({ connectionStatus, activeCall, calls }) {
    const ringing = calls.filter(({ state }) => state === "ringing").map(({ id }) => id);
    if (ringing.some((id) => !this.#ringing.includes(id))) this.#open(true);
    this.#ringing = ringing;
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
    this.element.ariaExpanded = String(open);
  }
}
