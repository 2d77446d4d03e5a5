/** The list of calls: one card a call, kept while the call lives. */

import { CallCard } from "./call-card.js";
import { compare } from "./call-changes.js";
import { element, icon } from "../dom.js";

export class CallList {
  #empty;
  #list;
  /** @type {HTMLElement} */ element;
  /** @type {Map<string, CallCard>} */ #cards = new Map();
  #calls = [];
  #language;
  #run;

  /**
   * @param {import("../languages/language.js").Language} language
   * @param {import("../panel.js").Run} run
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
