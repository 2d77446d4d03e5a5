/**
 * <sip-phone-widget>: draws the state of a SipClient and calls its methods. It knows no message and keeps no state but
 * what is being typed, and the number dialled last.
 *
 * Importing this file defines the element, unless its address ends in `?define=false`: then `SipPhoneWidget.define` does.
 * Attributes, properties, methods, events, slots, parts, states and custom properties stand in custom-elements.json, and
 * the types of them in sip-phone-widget.d.ts.
 */

import { CheckDoor } from "./sip-phone-check-door.js";
import { addCommands } from "./sip-phone-commands.js";
import { isBusy, setBusy } from "./sip-phone-dom.js";
import { news, NOTHING } from "./sip-phone-events.js";
import { fetchLanguage, Language, languageOf, languages } from "./sip-phone-language.js";
import { Panel } from "./sip-phone-panel.js";
import { borrowClient, giveBackClient } from "./sip-phone-shared-client.js";
import { labelShortcuts, listenForShortcuts } from "./sip-phone-shortcuts.js";
import { style } from "./sip-phone-style.js";

/** @typedef {import("./sip-client.js").SipClient} SipClient */

const DEFAULT_API = "/api/sip";
const DEFAULT_WORKER = new URL("./sip-worker.js", import.meta.url).href;
const FRAME = 17; // milliseconds; at most 60 draws a second, however fast the state changes; timers drop fractions

/** The attributes that make it another client. */
const WHICH_PHONE = ["api", "worker", "session", "extended-lifetime"];

/** What is shown where no client could be made. */
const NO_PHONE = {
  connectionStatus: "failed",
  operatorStatus: null,
  statusSince: null,
  activeCall: null,
  calls: [],
  lastCall: null,
};

export class SipPhoneWidget extends HTMLElement {
  static observedAttributes = [...WHICH_PHONE, "ringtone", "silent", "tel-links", "no-shortcuts", "docked", "check", "lang"];

  /** The languages it speaks, by tag: one plain object each, as sip-phone-english.js is. Add yours before you use it. */
  static languages = languages;

  static {
    addCommands(this);
  }

  /** Define the element, unless the name is taken. A class has one name, so a second one is for a class of its own. */
  static define(name = "sip-phone-widget") {
    if (customElements.get(name)) return;
    customElements.define(name, customElements.getName(this) ? class extends this {} : this);
  }

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: "open" });
  /** @type {Language | null} */ #language = null;
  /** @type {Panel | null} */ #panel = null;
  #check = new CheckDoor(this);
  /** @type {SipClient | null} given by the page, never closed here */ #given = null;
  /** @type {SipClient | null} the one in use */ #client = null;
  /** @type {AbortController | null} */ #listening = null;
  /** @type {AbortSignal | null} that of the listening for which links are taken */ #taking = null;
  /** @type {Panel | null} the one that has what a phone in a corner needs */ #docked = null;
  #told = NOTHING;
  #drawn = null;
  #drawTimer = 0;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [style];
    this.#adoptEarlyProperties();
  }

  /** The backend's path. An attribute that is no path of this origin counts as absent. */
  get api() {
    return sameOrigin(this.getAttribute("api"))?.pathname ?? DEFAULT_API;
  }

  set api(value) {
    this.#reflect("api", value);
  }

  /** The worker script's address. An attribute that is no address of this origin counts as absent. */
  get worker() {
    return sameOrigin(this.getAttribute("worker"))?.href ?? DEFAULT_WORKER;
  }

  set worker(value) {
    this.#reflect("worker", value);
  }

  /** Whether the phone is to live on for a while when no page shows it, where browsers offer that. */
  get extendedLifetime() {
    return this.hasAttribute("extended-lifetime");
  }

  set extendedLifetime(value) {
    this.toggleAttribute("extended-lifetime", value);
  }

  /** Whether the keys that work anywhere on the page are off. */
  get noShortcuts() {
    return this.hasAttribute("no-shortcuts");
  }

  set noShortcuts(value) {
    this.toggleAttribute("no-shortcuts", value);
  }

  /** Who is signed in: a string that is another with every sign-in, so that no one sees the phone of the one before. */
  get session() {
    return this.getAttribute("session") ?? "";
  }

  set session(value) {
    this.#reflect("session", value);
  }

  /** The address of the sound that rings, or null. An attribute that is no address of this origin counts as absent. */
  get ringtone() {
    return sameOrigin(this.getAttribute("ringtone"))?.href ?? null;
  }

  set ringtone(value) {
    this.#reflect("ringtone", value);
  }

  /** Whether this page does not ring. */
  get silent() {
    return this.hasAttribute("silent");
  }

  set silent(value) {
    this.toggleAttribute("silent", value);
  }

  /** Whether a click on a `tel:` link of the page dials. */
  get telLinks() {
    return this.hasAttribute("tel-links");
  }

  set telLinks(value) {
    this.toggleAttribute("tel-links", value);
  }

  /** The corner of the page in which the phone lies, the right one unless it names the left; null where it stands in the text. */
  get docked() {
    if (!this.hasAttribute("docked")) return null;
    return this.getAttribute("docked") === "bottom-left" ? "bottom-left" : "bottom-right";
  }

  set docked(corner) {
    this.#reflect("docked", corner);
  }

  /** Whether the self-check is open, for whoever looks why something is wrong. */
  get check() {
    return this.hasAttribute("check");
  }

  set check(value) {
    this.toggleAttribute("check", value);
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
    if (name === "no-shortcuts") return this.#labelShortcuts();
    if (name === "tel-links") return this.#takeTelLinks();
    if (name === "docked") return this.#dock();
    if (!WHICH_PHONE.includes(name) || !this.#client || this.#client === this.#given) return;
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
    this.#dock();
  }

  /** A page may set properties before this file has loaded; the plain ones then hide the accessors. */
  #adoptEarlyProperties() {
    for (const name of ["api", "worker", "extendedLifetime", "session", "ringtone", "silent", "telLinks", "noShortcuts", "docked", "check", "client"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
  }

  /** Frameworks say by null or undefined that there is nothing. */
  #reflect(name, value) {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  #relabel() {
    this.#choosePanel();
    if (this.#client?.outdated) this.#panel.showOutdated();
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
    this.#tellFirst(this.#client);
  }

  #detach() {
    this.#listening?.abort();
    this.#check.leave();
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
      return borrowClient({ worker, api, session, extendedLifetime });
    } catch ({ message }) {
      queueMicrotask(() => this.#complain({ code: "hub_failed", message }));
      return null;
    }
  }

  #listen(client) {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    client.addEventListener("statechange", () => this.#follow(), { signal });
    client.addEventListener("progress", ({ detail }) => this.#panel.showProgress(detail), { signal });
    client.addEventListener("error", ({ detail }) => this.#pass(detail), { signal });
    client.addEventListener("outdated", ({ detail }) => this.#showOutdated(detail), { signal });
    listenForShortcuts(this.#root, () => !this.noShortcuts, signal);
    client.audible = !this.silent;
    this.#ringInTime(client, signal);
    this.#takeTelLinks();
  }

  /** Browsers let no page play before the first click or key in it, so what rings comes with that, or with a call. */
  #ringInTime(client, signal) {
    const begun = new AbortController();
    const options = { signal: AbortSignal.any([signal, begun.signal]), capture: true };
    const begin = async () => {
      begun.abort();
      const { Ringer } = (await fetched(import("./sip-phone-ringer.js"))) ?? {};
      if (Ringer && !signal.aborted) new Ringer(this, client, () => this.#language, signal);
    };
    const look = () => client.state.calls.some(({ state }) => state === "ringing") && begin();
    for (const name of ["click", "keydown"]) addEventListener(name, begin, options);
    client.addEventListener("statechange", look, options);
    look();
  }

  async #takeTelLinks() {
    const { signal } = this.#listening ?? {};
    if (!this.telLinks || !signal || signal.aborted || this.#taking === signal) return;
    this.#taking = signal;
    const { takeTelLinks } = (await fetched(import("./sip-phone-tel-links.js"))) ?? {};
    takeTelLinks?.(this, (link, phone) => this.#run(link, (client) => client.dial(phone)), signal);
  }

  async #dock() {
    const panel = this.#panel;
    if (!this.docked || this.#docked === panel) return;
    this.#docked = panel;
    const { Dock, dockStyle } = (await fetched(import("./sip-phone-dock.js"))) ?? {};
    if (!Dock) return;
    this.#root.adoptedStyleSheets = [style, dockStyle];
    panel.add(new Dock(this.#language));
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
    const { told, events } = news(this.#told, this.state);
    this.#told = told;
    for (const [name, detail] of events) this.#dispatch(name, detail);
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
    this.#panel.draw(state);
    this.#labelShortcuts();
    this.#drawHostStates(state);
    this.#drawn = state;
  }

  #labelShortcuts() {
    labelShortcuts(this.#root, !this.noShortcuts);
  }

  #drawHostStates({ connectionStatus, calls }) {
    this.#internals.states.clear();
    for (const name of [connectionStatus, ...calls.map(({ state }) => state)]) this.#internals.states.add(name);
  }

  #showOutdated(newer) {
    this.#panel.showOutdated();
    this.#draw();
    this.#dispatch("outdated", newer);
  }

  /** The phone itself says what is wrong. */
  #pass(error) {
    this.#panel.tellError(error);
    this.#dispatch("phone-error", error);
  }

  /** What a person asked for was not done, which no promise tells the page. */
  #complain({ code = "unknown", message }) {
    this.#panel.showError({ code, message });
    this.#dispatch("phone-error", { code, message });
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
      if (client === this.#client) this.#complain(error); // else it has been let go, and its farewell is no news
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

/** What only some pages need comes in files of its own; a phone without it is better than none. */
async function fetched(module) {
  try {
    return await module;
  } catch (reason) {
    console.warn(`A part of the phone could not be loaded: ${reason.message}`);
    return null;
  }
}

/** @returns {URL | null} the address if it is one of this origin */
function sameOrigin(value) {
  if (!value || !URL.canParse(value, document.baseURI)) return null;
  const url = new URL(value, document.baseURI);
  return url.origin === location.origin ? url : null;
}

await fetchLanguage(languageOf(document.documentElement));
if (new URL(import.meta.url).searchParams.get("define") !== "false") SipPhoneWidget.define();
