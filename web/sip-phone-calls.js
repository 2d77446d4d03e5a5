/** The list of calls: one card a call, kept while the call lives; and the line about the last one. */

import { CallCard } from "./sip-phone-call-card.js";
import { compare } from "./sip-phone-call-changes.js";
import { element, icon, setText } from "./sip-phone-dom.js";
import { directionOf, isMissed, nameOf } from "./sip-phone-language.js";

export class CallList {
  #empty;
  #list;
  /** @type {HTMLElement} */ element;
  /** @type {Map<string, CallCard>} */ #cards = new Map();
  #calls = [];
  #language;
  #run;

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {import("./sip-phone-panel.js").Run} run
   */
  constructor(language, run) {
    this.#language = language;
    this.#run = run;
    const { words } = language;
    this.#empty = element("p", { part: "empty" }, icon("call"), words.empty);
    this.#list = element("div", { part: "calls", role: "group", "aria-label": words.calls });
    this.element = element("div", { class: "calls" }, this.#empty, this.#list);
  }

  draw({ calls, activeCall, connectionStatus }) {
    this.#empty.hidden = calls.length > 0 || connectionStatus !== "connected";
    this.#matchCards(calls);
    calls.forEach((call, at) => {
      const card = this.#cards.get(call.id);
      this.#place(card.element, at);
      card.draw(call, call.id === activeCall?.id);
    });
  }

  tick(now) {
    for (const card of this.#cards.values()) card.tick(now);
  }

  #matchCards(calls) {
    const { pairs, gone } = compare(this.#calls, calls);
    const kept = (old) => this.#cards.get(old?.id) ?? new CallCard(this.#language, this.#run);
    for (const { id } of gone) this.#cards.get(id).element.remove();
    this.#cards = new Map(pairs.map(([old, { id }]) => [id, kept(old)]));
    this.#calls = calls;
  }

  /** Moves only what stands in the wrong place: a moved node loses the focus. */
  #place(node, at) {
    const there = this.#list.children[at] ?? null;
    if (there !== node) this.#list.insertBefore(node, there);
  }
}

/** One quiet line about the call that ended last. */
export class LastCall {
  #name = element("bdi", { part: "last-call-name" });
  #reason = element("span", { part: "last-call-reason" });
  #time = element("time");
  /** @type {HTMLElement} */ element;
  #language;

  /** @param {import("./sip-phone-language.js").Language} language */
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
    setText(this.#time, lastCall.endedAt === null ? "" : this.#language.timeOfDay(lastCall.endedAt));
  }
}
