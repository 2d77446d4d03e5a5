/**
 * <sip-phone-widget>: draws the state of a SipClient and calls its methods. It knows no message and keeps no state but
 * what is being typed, and the number dialled last.
 *
 * Importing this file defines the element, unless its address ends in `?define=false`: then `SipPhoneWidget.define` does.
 * Attributes, properties, methods, events, slots, parts, states and custom properties stand in custom-elements.json, and
 * the types of them in sip-phone-widget.d.ts.
 */

import { addProperties, ATTRIBUTES, PROPERTIES, WHICH_PHONE } from "./attributes.js";
import { addCommands } from "./commands.js";
import { isBusy, setBusy } from "./dom.js";
import { news, NOTHING } from "./events.js";
import { csrfHeaders } from "./csrf.js";
import { keepKeys } from "./input/keys.js";
import { fetchLanguage, Language, languageOf, languages } from "./languages/language.js";
import { Panel } from "./panel.js";
import { part } from "./feature-modules.js";
import { borrowClient, giveBackClient, nobody } from "./shared-client.js";
import { labelShortcuts, listenForShortcuts } from "./input/shortcuts.js";
import { adopt, adoptAgain } from "./style-sheets.js";
import css from "./sip-phone-widget.css";

/** @typedef {import("../client/sip-client.js").SipClient} SipClient */

const PATIENCE = 500; // ms in which a page that is to ring can
const DEFAULT_CSRF_HEADER = "X-CSRFToken"; // that of Django
const FRAME = 17; // milliseconds; at most 60 draws a second, however fast the state changes; timers drop fractions

/** What is shown where no client could be made. */
const NO_PHONE = { ...nobody.state, connectionStatus: "failed" };

/** @type {Event | null} the latest screen pop of which the page was told */ let popped = null;

export class SipPhoneWidget extends HTMLElement {
  static observedAttributes = [...ATTRIBUTES, "lang"];

  /** The languages it speaks, by tag: one plain object each, as sip-phone-english.js is. Add yours before you use it. */
  static languages = languages;

  static {
    addProperties(this);
    addCommands(this);
  }

  /** Define the element, unless the name is taken. A class has one name, so a second one is for a class of its own. */
  static define(name = "sip-phone-widget") {
    if (customElements.get(name)) return;
    customElements.define(name, customElements.getName?.(this) ? class extends this {} : this);
  }

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: "open" });
  /** @type {Language | null} */ #language = null;
  /** @type {Panel | null} */ #panel = null;
  #checked = false;
  /** @type {SipClient | null} given by the page, never closed here */ #given = null;
  /** @type {SipClient | null} the one in use */ #client = null;
  /** @type {import("../client/credentials.js").HeadersSource | null} */ #headers = null;
  /** @type {AbortController | null} */ #listening = null;
  #told = NOTHING;
  #drawn = null;
  #drawTimer = 0;
  #around = new MutationObserver(() => this.#relabel());

  constructor() {
    super();
    adopt(this.#root, css);
    keepKeys(this.#root);
    this.#adoptEarlyProperties();
  }

  /** The phone as it is now: {connectionStatus, operatorStatus, statusSince, activeCall, calls, lastCall}. */
  get state() {
    return this.client?.state ?? NO_PHONE;
  }

  /** The client in use. Give one of your own; give null to have that again which all elements of the page share. */
  get client() {
    return this.#client ?? this.#given;
  }

  set client(client) {
    this.#detach();
    this.#panel = null; // the phone may be another person's: see #choosePanel
    this.#given = client ?? null;
    if (this.isConnected) this.#attach();
  }

  /** What goes with every request to the backend; see SipClient. It counts before `csrf-cookie`. */
  get headers() {
    return this.#headers;
  }

  set headers(source) {
    this.#headers = source ?? null;
    this.#useHeaders();
  }

  connectedCallback() {
    this.#watchLanguage();
    if (this.#client) this.#relabel();
    else this.#attach();
  }

  /** It goes to another window, maybe while it rings. */
  adoptedCallback() {
    adoptAgain(this.#root);
    if (!this.#client) return;
    this.#listen(this.#client);
    this.#draw();
  }

  /** Being moved is a removal and an insertion in one go: the client is kept if the element is back by then. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#detach());
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#panel) return;
    if (name === "lang") return this.#relabel();
    if (name === "check") return this.#turnCheck(true);
    if (name === "no-shortcuts") return this.#labelShortcuts();
    if (name === "tel-links") return this.#takeTelLinks();
    if (name === "docked") return this.#dock();
    if (name.startsWith("csrf-")) return this.#useHeaders();
    if (WHICH_PHONE.includes(name) && !this.#given) this.client = null;
  }

  /**
   * Speak the language that is asked for now. A panel is made anew: a word may stand anywhere in it, and what a person has
   * typed and read, if the phone is another person's now. Else they go on with the number that they began to type.
   * @param {boolean} [isOthers]
   * @returns {boolean} whether the panel is another one
   */
  #choosePanel(isOthers) {
    const tag = languageOf(this);
    const language = new Language(tag);
    if (typeof languages[tag] === "function") fetchLanguage(tag).then(() => this.#relabel());
    const before = isOthers ? null : this.#panel;
    if (before && language.words.lang === this.#language.words.lang) return false;
    const field = () => this.#root.querySelector("[part=number]");
    const typed = before && field().value;
    const hadFocus = this.#root.activeElement;
    this.#panel?.rest();
    this.#language = language;
    this.#panel = new Panel(language, {
      run: (control, command) => this.#run(control, command),
      retry: (control) => this.#retry(control),
    });
    this.#root.replaceChildren(this.#panel.element);
    if (before) field().value = typed;
    if (before && hadFocus) field().focus();
    this.#dock();
    return true;
  }

  /** The language may be set on whatever is around the element, out to the page. */
  #watchLanguage() {
    this.#around.disconnect();
    for (let root = this.getRootNode(); root; root = root.host?.getRootNode()) {
      this.#around.observe(root, { subtree: true, attributeFilter: ["lang"] });
    }
  }

  /** A page may set properties before this file has loaded; the plain ones then hide the accessors. */
  #adoptEarlyProperties() {
    for (const name of [...PROPERTIES, "headers", "client"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
  }

  #relabel(isOthers) {
    if (!this.#choosePanel(isOthers)) return;
    this.#turnCheck();
    this.#draw();
  }

  #attach() {
    if (this.#client) return;
    this.#choosePanel();
    this.#client = this.#given ?? this.#connect();
    if (this.#client) this.#listen(this.#client);
    this.#turnCheck();
    this.#draw();
    this.#tellFirst(this.#client);
  }

  #detach() {
    this.#around.disconnect();
    this.#listening?.abort();
    this.#turnCheck();
    if (this.#client && this.#client !== this.#given) giveBackClient(this.#client);
    this.#client = null;
    this.#told = NOTHING;
    this.#drawn = null;
    clearTimeout(this.#drawTimer);
    this.#drawTimer = 0;
    this.#panel?.rest();
  }

  #connect() {
    try {
      const { worker, api, session, extendedLifetime } = this;
      const client = borrowClient({ worker, api, session, extendedLifetime });
      if (this.#headersWanted) client.headers = this.#headersWanted;
      return client;
    } catch ({ message }) {
      queueMicrotask(() => this.#complain({ code: "hub_failed", message }));
      return null;
    }
  }

  get #headersWanted() {
    const { csrfCookie, csrfHeader } = this;
    return this.#headers ?? (csrfCookie ? csrfHeaders(csrfCookie, csrfHeader || DEFAULT_CSRF_HEADER) : null);
  }

  /** A client that the page has given has headers of its own. */
  #useHeaders() {
    if (this.#client && this.#client !== this.#given) this.#client.headers = this.#headersWanted;
  }

  #listen(client) {
    this.#listening?.abort();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    client.addEventListener("statechange", () => this.#follow(), { signal });
    client.addEventListener("handover", () => this.#relabel(true), { signal });
    client.addEventListener("progress", ({ detail }) => this.#panel.showProgress(detail), { signal });
    client.addEventListener("screenpop", (event) => this.#popScreen(event), { signal });
    client.addEventListener("error", ({ detail }) => this.#pass(detail), { signal });
    client.addEventListener("outdated", ({ detail }) => this.#showOutdated(detail), { signal });
    listenForShortcuts(this.#root, () => !this.noShortcuts, signal);
    client.audible = !this.silent;
    for (const name of ["click", "keydown"]) {
      this.ownerDocument.defaultView?.addEventListener(name, () => this.#ring(), { signal, capture: true, once: true });
    }
    this.#takeTelLinks();
  }

  /** Browsers let no page play before the first click or key in it, so what rings comes with that, or with a call. */
  async #ring() {
    const { signal } = this.#listening;
    const client = this.#client;
    const late = setTimeout(() => (client.audible = false), PATIENCE); // then another tab rings
    const ringer = await part("ringer");
    if (!ringer) return;
    clearTimeout(late);
    ringer.ring(this, client, () => this.#language, signal);
  }

  async #takeTelLinks() {
    const signal = this.#listening?.signal;
    if (!this.telLinks || !signal) return;
    const dial = (link, phone) => this.#run(link, (client) => client.dial(phone, { typed: true }));
    (await part("tel-links"))?.takeTelLinks(this, dial, signal);
  }

  /** Whoever looks why something is wrong opens the self-check. What is open once has to follow the phone. */
  async #turnCheck(isAsked = false) {
    if (!this.check && !this.#checked) return;
    this.#checked = true;
    const panel = this.#panel;
    const module = await part("check");
    if (panel !== this.#panel) return;
    if (module) return module.turnCheck(this, panel.element, this.#language, isAsked);
    this.check = false;
    this.#complain({ code: "check_not_loaded" });
  }

  async #dock() {
    if (this.docked) (await part("dock"))?.dock(this.#panel, this.#language);
  }

  /** Later, so that whoever has just put the element into the page can listen first. */
  #tellFirst(client) {
    queueMicrotask(() => {
      if (client !== this.#client) return;
      if (client?.outdated) this.#showOutdated(client.outdated);
      this.#tell();
    });
  }

  #follow() {
    this.#drawSoon();
    this.#tell();
  }

  /** Tell the page what is new. What is drawn may leave states out, what is told may not. */
  #tell() {
    const { told, events } = news(this.#told, this.state, this.client ?? nobody);
    this.#told = told;
    for (const [name, detail] of events) this.#dispatch(name, detail);
  }

  /** Where phones share a client, the first one tells the page. */
  #popScreen(event) {
    if (event !== popped) this.#dispatch("screen-pop", event.detail);
    popped = event;
  }

  #dispatch(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** The first change is drawn at once, those that follow within a frame together; hidden tabs have no animation frames. */
  #drawSoon() {
    if (this.#drawTimer) return;
    this.#draw();
    this.#drawTimer = setTimeout(() => {
      this.#drawTimer = 0;
      if (this.#drawn !== this.#client.state) this.#drawSoon();
    }, FRAME);
  }

  #draw() {
    const { state } = this;
    if (state.calls[0]) this.#ring();
    this.#panel.draw(state, Boolean(this.client?.outdated));
    this.#panel.announce(this.#drawn, state);
    this.#labelShortcuts();
    this.#drawHostStates(state);
    this.#drawn = state;
  }

  #labelShortcuts() {
    labelShortcuts(this.#root, !this.noShortcuts);
  }

  #drawHostStates({ connectionStatus, calls }) {
    const { states } = this.#internals;
    states.clear();
    for (const name of [connectionStatus, ...calls.map(({ state }) => state)]) {
      try {
        states.add(name);
      } catch {
        states.add(`--${name}`); // Chromium before 125
      }
    }
  }

  #showOutdated(newer) {
    this.#draw();
    this.#panel.announceOutdated();
    this.#dispatch("outdated", newer);
  }

  /** The phone itself says what is wrong. */
  #pass(error) {
    this.#panel.showError(error);
    this.#dispatch("phone-error", error);
  }

  /** What a person asked for was not done, which no promise tells the page. */
  #complain({ code = "unknown", message = "" }, control) {
    this.#draw(); // so that the error of a control that is gone stays
    this.#panel.showError({ code, message, control, isAnswer: true });
    this.#dispatch("phone-error", { code, message });
  }

  /** Run a command for a control that is busy meanwhile; what it answers is told, and a second click is none. */
  async #run(control, command) {
    if (isBusy(control)) return false;
    const client = this.#client;
    setBusy(control, true);
    try {
      await command(client ?? nobody);
      this.#panel.clearError();
      return true;
    } catch (error) {
      if (client === this.#client) this.#complain(error, control); // else it is let go, and its farewell is no news
      return false;
    } finally {
      setBusy(control, false);
    }
  }

  #retry(control) {
    if (this.#client) return this.#run(control, (client) => client.reconnect());
    this.#panel.clearError();
    return this.#attach();
  }
}

if (new URL(import.meta.url).searchParams.get("define") !== "false") SipPhoneWidget.define();
