/** The list of calls: one card a call, kept while the call lives; and the line about the last one. */

import { CallCard } from "./sip-phone-call-card.js";
import { element, icon, setText } from "./sip-phone-dom.js";
import { isMissed } from "./sip-phone-language.js";

/**
 * The call of the state before that `call` continues: the one of its id, else a dialing one that is gone, since a
 * call we dial gets its true id when the backend names it.
 */
export function predecessor(call, before, after) {
  const isGone = (old) => !after.some(({ id }) => id === old.id);
  const named = (old) => call.direction === "outbound" && old.state === "dialing" && isGone(old);
  return before.find(({ id }) => id === call.id) ?? before.find(named);
}

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
    this.#matchCards(calls);
    this.#empty.hidden = calls.length > 0 || connectionStatus !== "connected";
    this.#placeCards(calls);
    for (const call of calls) this.#cards.get(call.id).draw(call, call.id === activeCall?.id);
    this.#calls = calls;
  }

  tick(now) {
    for (const card of this.#cards.values()) card.tick(now);
  }

  #matchCards(calls) {
    const old = this.#cards;
    this.#cards = new Map();
    for (const call of calls) {
      const before = predecessor(call, this.#calls, calls)?.id;
      this.#cards.set(call.id, old.get(before) ?? new CallCard(this.#language, this.#run));
      old.delete(before);
    }
    for (const card of old.values()) card.element.remove();
  }

  /** Moves only what stands in the wrong place: a moved node loses the focus. */
  #placeCards(calls) {
    calls.forEach(({ id }, at) => {
      const node = this.#cards.get(id).element;
      const there = this.#list.children[at] ?? null;
      if (there !== node) this.#list.insertBefore(node, there);
    });
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
    setText(this.#name, lastCall.displayName || lastCall.phone);
    this.#name.dir = lastCall.displayName ? "auto" : "ltr";
    setText(this.#reason, this.#language.ending(lastCall));
    setText(this.#time, lastCall.endedAt === null ? "" : this.#language.timeOfDay(lastCall.endedAt));
  }
}
