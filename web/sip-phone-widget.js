/**
 * <sip-phone-widget>: draws the state of a SipClient and calls its methods. It knows no message and keeps no state but
 * what is being typed.
 *
 * Attributes and properties: `lang` (the language; else that of what is around the element, else the browser's), `api`
 *   (path of the backend, this origin; default /api/sip), `worker` (address of the worker script, this origin; default
 *   sip-worker.js beside this file), `extended-lifetime`, property `extendedLifetime` (the worker outlives its last page
 *   for a while; a page without our script must then say so too), `session` (a string that is another with every sign-in),
 *   `check` (the self-check is open; Alt+Shift+I opens it too).
 *   Property only: `client`, a SipClient of your own. Static: `languages`.
 * Host states, for `:state()`: connecting, connected, reconnecting, unauthorized, failed; dialing, ringing, talking, held
 *   while there is such a call.
 * Parts: panel, header, connection, indicator, status, progress, dialer, number, dialpad-toggle, dial, keypad, key, empty, calls,
 *   call (with its state, and active), name, phone, direction, state, timer, badge, actions, action (with its name:
 *   answer, hangup, hold, resume, mute, unmute, dtmf, transfer), digits, transfer-form, transfer-submit, notice, retry,
 *   reload, error, dismiss, last-call, last-call-name, last-call-reason; and those of the self-check: check, check-close,
 *   check-problem, check-list, check-save, check-copy, check-said.
 * Custom properties: see sip-phone-style.js.
 */

import { SipClient } from "./sip-client.js";
import { CheckDoor } from "./sip-phone-check-door.js";
import { isBusy, setBusy } from "./sip-phone-dom.js";
import { fetchLanguage, Language, languageOf, languages } from "./sip-phone-language.js";
import { Panel } from "./sip-phone-panel.js";
import { style } from "./sip-phone-style.js";

const DEFAULT_API = "/api/sip";
const DEFAULT_WORKER = new URL("./sip-worker.js", import.meta.url).href;
const FRAME = 17; // milliseconds; at most 60 draws a second, however fast the state changes; timers drop fractions

/** What is shown where no client could be made. */
const NO_PHONE = { connectionStatus: "failed", operatorStatus: null, activeCall: null, calls: [], lastCall: null };

export class SipPhoneWidget extends HTMLElement {
  static observedAttributes = ["api", "worker", "session", "extended-lifetime", "check", "lang"];

  /** The languages it speaks, by tag: one plain object each, as sip-phone-english.js is. Add yours before you use it. */
  static languages = languages;

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: "open" });
  /** @type {Language | null} */ #language = null;
  /** @type {Panel | null} */ #panel = null;
  #check = new CheckDoor(this);
  /** @type {SipClient | null} given by the page, never closed here */ #given = null;
  /** @type {SipClient | null} the one in use */ #client = null;
  /** @type {AbortController | null} */ #listening = null;
  #drawn = null;
  #drawTimer = 0;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [style];
    this.#adoptEarlyClient();
  }

  /** The backend's path. An attribute that is no path of this origin counts as absent. */
  get api() {
    return sameOrigin(this.getAttribute("api"))?.pathname ?? DEFAULT_API;
  }

  set api(value) {
    this.setAttribute("api", value);
  }

  /** The worker script's address. An attribute that is no address of this origin counts as absent. */
  get worker() {
    return sameOrigin(this.getAttribute("worker"))?.href ?? DEFAULT_WORKER;
  }

  set worker(value) {
    this.setAttribute("worker", value);
  }

  /** Whether the phone is to live on for a while when no page shows it, where browsers offer that. */
  get extendedLifetime() {
    return this.hasAttribute("extended-lifetime");
  }

  set extendedLifetime(value) {
    this.toggleAttribute("extended-lifetime", value);
  }

  /** Who is signed in: a string that is another with every sign-in, so that no one sees the phone of the one before. */
  get session() {
    return this.getAttribute("session") ?? "";
  }

  set session(value) {
    this.setAttribute("session", value);
  }

  /** Whether the self-check is open, for whoever looks why something is wrong. */
  get check() {
    return this.hasAttribute("check");
  }

  set check(value) {
    this.toggleAttribute("check", value);
  }

  /** The client in use. Give one to share it; give null to have the element make its own again. */
  get client() {
    return this.#client ?? this.#given;
  }

  set client(client) {
    this.#detach();
    this.#given = client ?? null;
    if (this.isConnected) this.#attach();
  }

  connectedCallback() {
    this.#attach();
  }

  /** Being moved is a removal and an insertion in one go: the client is kept if the element is back by then. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#detach());
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#panel) return;
    if (name === "lang") return this.#relabel();
    if (name === "check") return this.#check.turn();
    if (!this.#client || this.#client === this.#given) return;
    this.#detach();
    this.#attach();
  }

  /** Speak the language that is asked for now. A panel is made anew, for a word may stand anywhere in it. */
  #choosePanel() {
    const tag = languageOf(this);
    const language = new Language(tag);
    if (typeof languages[tag] === "function") fetchLanguage(tag).then(() => this.#relabel());
    if (language.words.lang === this.#language?.words.lang) return;
    this.#panel?.rest();
    this.#language = language;
    this.#panel = new Panel(language, {
      run: (control, command) => this.#run(control, command),
      retry: (control) => this.#retry(control),
    });
    this.#root.replaceChildren(this.#panel.element);
  }

  /** A page may set `client` before this file has loaded; the plain property then hides the accessor. */
  #adoptEarlyClient() {
    if (!Object.hasOwn(this, "client")) return;
    const { client } = this;
    delete this.client;
    this.client = client;
  }

  #relabel() {
    this.#choosePanel();
    this.#check.enter(this.#panel, this.#language);
    this.#draw();
  }

  #attach() {
    if (this.#client) return;
    this.#choosePanel();
    this.#client = this.#given ?? this.#connect();
    if (this.#client) this.#listen(this.#client);
    this.#check.enter(this.#panel, this.#language);
    this.#draw();
  }

  #detach() {
    this.#listening?.abort();
    this.#check.leave();
    if (this.#client !== this.#given) this.#client?.close();
    this.#client = null;
    this.#drawn = null;
    clearTimeout(this.#drawTimer);
    this.#drawTimer = 0;
    this.#panel?.rest();
  }

  #connect() {
    try {
      const { worker, api, session, extendedLifetime } = this;
      return SipClient.connect({ worker, api, session, extendedLifetime });
    } catch (error) {
      this.#panel.showError(error);
      return null;
    }
  }

  #listen(client) {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    client.addEventListener("statechange", () => this.#drawSoon(), { signal });
    client.addEventListener("progress", ({ detail }) => this.#panel.showProgress(detail), { signal });
    client.addEventListener("error", ({ detail }) => this.#panel.tellError(detail), { signal });
    client.addEventListener("outdated", () => this.#showOutdated(), { signal });
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
    const state = this.#client?.state ?? NO_PHONE;
    this.#panel.draw(state);
    this.#drawHostStates(state);
    this.#drawn = state;
  }

  #drawHostStates({ connectionStatus, calls }) {
    this.#internals.states.clear();
    for (const name of [connectionStatus, ...calls.map(({ state }) => state)]) this.#internals.states.add(name);
  }

  #showOutdated() {
    this.#panel.showOutdated();
    this.#draw();
  }

  /** Run a command for a control that is busy meanwhile; what it answers is told, and a second click is none. */
  async #run(control, command) {
    if (isBusy(control)) return false;
    const client = this.#client;
    setBusy(control, true);
    try {
      if (!client) throw new Error(this.#language.words.notStarted);
      await command(client);
      this.#panel.clearError();
      return true;
    } catch (error) {
      if (client === this.#client) this.#panel.showError(error); // else it has been let go, and its farewell is no news
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

/** @returns {URL | null} the address if it is one of this origin */
function sameOrigin(value) {
  if (!value || !URL.canParse(value, document.baseURI)) return null;
  const url = new URL(value, document.baseURI);
  return url.origin === location.origin ? url : null;
}

await fetchLanguage(languageOf(document.documentElement));
if (!customElements.get("sip-phone-widget")) customElements.define("sip-phone-widget", SipPhoneWidget);
