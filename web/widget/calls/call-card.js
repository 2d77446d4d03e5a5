/** One live call: who, in which state, for how long, and just the actions it allows. */

import { timedFrom } from "./call-times.js";
import { button, element, icon, setText } from "../dom.js";
import { Drawer, drawers, fetchDrawers } from "../drawers/drawer.js";
import { caller, directionOf, nameOf, word } from "../languages/language.js";

/** All actions, as they stand in a card. */
const ACTIONS = ["answer", "mute", "unmute", "hold", "resume", "dtmf", "transfer", "hangup"];

/** Those that nobody should have to look for. */
const FILLED = ["answer", "hangup"];

/** What takes the place of a button that goes; else the nearest one after it, else before it. */
const SUCCESSOR = { mute: "unmute", unmute: "mute", hold: "resume", resume: "hold" };

export class CallCard {
  #name = element("bdi", { part: "name" });
  #phone = element("bdi", { part: "phone", dir: "ltr" });
  #direction = element("span", { part: "direction" });
  #state = element("span", { part: "state" });
  #timer = element("span", { part: "timer", role: "timer" });
  #muted;
  #remoteHold;
  #avatar = element("span", { class: "avatar", "aria-hidden": "true" }, icon("call"), icon("inbound"), icon("outbound"));
  #slot = element("slot"); // for what the page knows about this call
  /** @type {Record<string, HTMLButtonElement>} */ #buttons = {};
  /** @type {Record<string, Drawer>} by the action that opens it */ #drawers;
  #call;
  #language;
  #run;
  /** @type {HTMLElement} */ element;

  /**
   * @param {import("../languages/language.js").Language} language
   * @param {import("../panel.js").Run} run
   */
  constructor(language, run) {
    this.#language = language;
    this.#run = run;
    this.#muted = element("span", { part: "badge" }, language.words.muted);
    this.#remoteHold = element("span", { part: "badge" }, language.words.remoteHold);
    for (const action of ACTIONS) this.#buttons[action] = this.#makeButton(action);
    const actions = element("div", { part: "actions" }, ...Object.values(this.#buttons));
    this.element = element("article", {}, this.#makeSummary(), this.#slot, actions);
    this.#drawers = this.#makeDrawers();
    // Before a click needs them, which will tell why they are not there.
    fetchDrawers().then(() => this.#offerDigits(), () => {});
  }

  /** Show the call as it is now; the focus stays, or moves to what takes the place of its button. */
  draw(call, isActive) {
    const focused = this.#focusedAction();
    this.#call = call;
    this.element.part.value = `call ${call.state}${isActive ? " active" : ""}`;
    this.element.ariaLabel = caller(call, this.#language.words);
    this.#slot.name = `call-${call.id}`;
    this.#drawSummary(call);
    this.#drawActions(call);
    this.#offerDigits();
    this.tick(Date.now());
    if (focused) this.#keepFocus(focused);
  }

  tick(now) {
    setText(this.#timer, this.#language.clock(timedFrom(this.#call), now));
  }

  #makeSummary() {
    const who = element("div", { class: "who" }, this.#name, this.#phone);
    const what = element("div", { class: "what" }, this.#direction, this.#state, this.#timer);
    const badges = element("div", { class: "badges" }, this.#muted, this.#remoteHold);
    return element("div", { class: "summary" }, this.#avatar, who, what, badges);
  }

  #send(method, input, control) {
    return this.#run(control, (client) => client[method](input, this.#call.id, { typed: true }));
  }

  /** Digits that were typed after the number go out when the person says so. */
  #offerDigits() {
    drawers?.offerDigits(this.element, this.#language, this.#call, (...given) => this.#send("dtmf", ...given));
  }

  #makeDrawers() {
    const drawer = (action) => {
      const make = (tools) => {
        for (const other of Object.values(this.#drawers)) other.close();
        return tools[action](this.#language, (...given) => this.#send(action, ...given));
      };
      return [action, new Drawer(this.#buttons[action], this.element, this.#run, make)];
    };
    return Object.fromEntries(["dtmf", "transfer"].map(drawer));
  }

  #makeButton(action) {
    const look = FILLED.includes(action) ? "filled" : "";
    const label = this.#language.words.action[action];
    const node = button({ part: `action ${action}`, name: action, label, look }, () => {
      if (action in this.#drawers) this.#toggle(this.#drawers[action]);
      else this.#run(node, (client) => client[action](this.#call.id));
    });
    return node;
  }

  #drawSummary(call) {
    const { displayName, phone, direction, state, muted, remoteHold } = call;
    const { words } = this.#language;
    setText(this.#name, nameOf(call, words));
    setText(this.#phone, displayName ? phone : "");
    this.#name.dir = directionOf(call);
    this.#avatar.dataset.direction = direction;
    setText(this.#direction, word(words.direction, direction));
    setText(this.#state, word(words.state, state));
    this.#muted.hidden = !muted;
    this.#remoteHold.hidden = !remoteHold;
  }

  #drawActions({ actions, state }) {
    for (const action of ACTIONS) this.#buttons[action].hidden = !actions.includes(action);
    setText(this.#buttons.hangup.lastElementChild, this.#hangupWord(state));
    for (const [action, drawer] of Object.entries(this.#drawers)) if (!actions.includes(action)) drawer.close();
  }

  #hangupWord(state) {
    const { decline, cancel, action } = this.#language.words;
    return { ringing: decline, dialing: cancel }[state] ?? action.hangup;
  }

  /** Open a drawer and lead there, or close it. */
  async #toggle(drawer) {
    if (drawer.isOpen) return drawer.close();
    const opened = await drawer.open();
    opened?.querySelector("input, button").focus();
  }

  /** The action whose button, or open drawer, has the focus. */
  #focusedAction() {
    const focused = this.element.getRootNode().activeElement;
    return ACTIONS.find((action) => this.#buttons[action] === focused || this.#drawers[action]?.has(focused));
  }

  #keepFocus(action) {
    if (this.#isShown(action)) return;
    const at = ACTIONS.indexOf(action);
    const neighbours = [SUCCESSOR[action], ...ACTIONS.slice(at + 1), ...ACTIONS.slice(0, at).reverse()];
    this.#buttons[neighbours.find((name) => this.#isShown(name))]?.focus();
  }

  #isShown(action) {
    return this.#buttons[action]?.hidden === false;
  }
}
