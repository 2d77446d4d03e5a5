/** The call that ended last, below all others. A file of its own, which comes with the first call that a page sees. */

import { element, icon, setText } from "../dom.js";
import { directionOf, isMissed, nameOf, timeOfDay } from "../languages/language.js";
import css from "./last-call.css";
import { adopt } from "../style-sheets.js";


/** @type {WeakSet<Panel>} those that show it */ const shown = new WeakSet();

/**
 * Have a panel show it.
 * @param {import("../panel.js").Panel} panel
 * @param {Element} place it stands at the end of this
 * @param {import("../languages/language.js").Language} language
 */
export function showLastCall(panel, place, language) {
  if (shown.has(panel) || !place.isConnected) return; // another panel may have taken its place meanwhile
  shown.add(panel);
  const lastCall = new LastCall(language);
  adopt(place, css);
  place.append(lastCall.element);
  panel.add(lastCall);
}

/** One quiet line about the call that ended last. */
class LastCall {
  #name = element("bdi", { part: "last-call-name" });
  #reason = element("span", { part: "last-call-reason" });
  #time = element("time");
  /** @type {HTMLElement} */ element;
  #language;

  /** @param {import("../languages/language.js").Language} language */
  constructor(language) {
    this.#language = language;
    const title = element("span", { class: "title" }, language.words.lastCall);
    const ending = element("span", { class: "ending" }, this.#reason, this.#time);
    const line = element("span", { class: "line" }, this.#name, ending);
    this.element = element("p", { part: "last-call" }, icon("inbound"), icon("outbound"), title, line);
  }

  draw({ lastCall }) {
    this.element.hidden = !lastCall;
    if (!lastCall) return;
    this.element.dataset.direction = lastCall.direction;
    this.element.toggleAttribute("data-missed", isMissed(lastCall));
    setText(this.#name, nameOf(lastCall, this.#language.words));
    this.#name.dir = directionOf(lastCall);
    setText(this.#reason, this.#language.ending(lastCall));
    setText(this.#time, lastCall.endedAt === null ? "" : timeOfDay(this.#language, lastCall.endedAt));
  }
}
