/**
 * <sip-phone-widget>: draws the state of a SipClient and calls its methods. It knows no message and keeps no state but
 * what is being typed.
 *
 * Attributes and properties: `api` (path of the backend, this origin; default /api/sip), `worker` (address of the worker
 *   script, this origin; default sip-worker.js beside this file), `extended-lifetime`, property `extendedLifetime` (the
 *   worker outlives its last page for a while; a page without our script must then say so too), `session` (a string that
 *   is another with every sign-in). Property only: `client`, a SipClient of your own.
 * Host states, for `:state()`: connecting, connected, reconnecting, unauthorized, failed; dialing, ringing, talking, held
 *   while there is such a call.
 * Parts: panel, header, connection, indicator, status, progress, dialer, number, dialpad-toggle, dial, keypad, key, empty, calls,
 *   call (with its state, and active), name, phone, direction, state, timer, badge, actions, action (with its name:
 *   answer, hangup, hold, resume, mute, unmute, dtmf, transfer), digits, transfer-form, transfer-submit, notice, retry,
 *   reload, error, dismiss, last-call, last-call-name, last-call-reason.
 * Custom properties: see sip-phone-style.js.
 */

import { SipClient } from "./sip-client.js";
import { announcements } from "./sip-phone-announcements.js";
import { CallList, LastCall } from "./sip-phone-calls.js";
import { Dialer } from "./sip-phone-dialer.js";
import { element, isBusy, setBusy } from "./sip-phone-dom.js";
import { Header } from "./sip-phone-header.js";
import { ErrorLine, Notice } from "./sip-phone-messages.js";
import { Progress } from "./sip-phone-progress.js";
import { style } from "./sip-phone-style.js";
import { words } from "./sip-phone-words.js";

/** @typedef {(control: Element, command: (client: SipClient) => unknown) => Promise<boolean>} Run true if it was done */

const DEFAULT_API = "/api/sip";
const DEFAULT_WORKER = new URL("./sip-worker.js", import.meta.url).href;
const FRAME = 17; // milliseconds; at most 60 draws a second, however fast the state changes; timers drop fractions

/** What is shown where no client could be made. */
const NO_PHONE = { connectionStatus: "failed", operatorStatus: null, activeCall: null, calls: [], lastCall: null };

export class SipPhoneWidget extends HTMLElement {
  static observedAttributes = ["api", "worker", "session", "extended-lifetime"];

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: "open" });
  #header;
  #progress = new Progress();
  #dialer;
  #calls;
  #lastCall = new LastCall();
  #notice;
  #error = new ErrorLine(() => this.#clearError());
  #spoken = element("div", { class: "hearable", role: "status" });
  /** @type {SipClient | null} given by the page, never closed here */ #given = null;
  /** @type {SipClient | null} the one in use */ #client = null;
  /** @type {AbortController | null} */ #listening = null;
  #drawn = null;
  #drawTimer = 0;

  constructor() {
    super();
    const run = (control, command) => this.#run(control, command);
    this.#header = new Header(run);
    this.#dialer = new Dialer(run);
    this.#calls = new CallList(run);
    this.#notice = new Notice((control) => this.#retry(control));
    this.#root.adoptedStyleSheets = [style];
    this.#root.append(this.#makePanel());
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
    if (!this.#client || this.#client === this.#given || before === after) return;
    this.#detach();
    this.#attach();
  }

  #makePanel() {
    return element(
      "section",
      { part: "panel", lang: words.lang, "aria-label": words.phone },
      this.#header.element,
      this.#progress.element,
      this.#dialer.element,
      this.#calls.element,
      this.#notice.element,
      this.#error.element,
      this.#lastCall.element,
      this.#spoken,
    );
  }

  /** A page may set `client` before this file has loaded; the plain property then hides the accessor. */
  #adoptEarlyClient() {
    if (!Object.hasOwn(this, "client")) return;
    const { client } = this;
    delete this.client;
    this.client = client;
  }

  #attach() {
    if (this.#client) return;
    this.#client = this.#given ?? this.#connect();
    if (this.#client) this.#listen(this.#client);
    this.#draw();
  }

  #detach() {
    this.#listening?.abort();
    if (this.#client !== this.#given) this.#client?.close();
    this.#client = null;
    this.#drawn = null;
    clearTimeout(this.#drawTimer);
    this.#drawTimer = 0;
    this.#calls.stop();
  }

  #connect() {
    try {
      const { worker, api, session, extendedLifetime } = this;
      return SipClient.connect({ worker, api, session, extendedLifetime });
    } catch (error) {
      this.#error.show(error);
      return null;
    }
  }

  #listen(client) {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    client.addEventListener("statechange", () => this.#drawSoon(), { signal });
    client.addEventListener("progress", ({ detail }) => this.#progress.show(detail), { signal });
    client.addEventListener("error", ({ detail }) => this.#error.tell(detail), { signal });
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
    const pieces = [this.#header, this.#progress, this.#calls, this.#notice, this.#error, this.#lastCall];
    this.#keepFocus(() => pieces.forEach((piece) => piece.draw(state)));
    this.#drawHostStates(state);
    this.#speak(announcements(this.#drawn, state));
    this.#drawn = state;
  }

  #drawHostStates({ connectionStatus, calls }) {
    this.#internals.states.clear();
    for (const name of [connectionStatus, ...calls.map(({ state }) => state)]) this.#internals.states.add(name);
  }

  #speak(sentences) {
    if (sentences.length > 0) this.#spoken.replaceChildren(...sentences.map((text) => element("p", {}, text)));
  }

  /** What has the focus may go, with its call for one; a keyboard must not be left nowhere. */
  #keepFocus(change) {
    const hadFocus = this.#root.activeElement !== null;
    change();
    if (hadFocus && !this.#root.activeElement?.checkVisibility()) this.#dialer.focus();
  }

  #clearError() {
    this.#keepFocus(() => this.#error.clear());
  }

  #showOutdated() {
    this.#notice.outdated();
    this.#speak([words.notice.outdated]);
    this.#draw();
  }

  /** Run a command for a control that is busy meanwhile; what it answers is told, and a second click is none. */
  async #run(control, command) {
    if (isBusy(control)) return false;
    const client = this.#client;
    setBusy(control, true);
    try {
      if (!client) throw new Error(words.notStarted);
      await command(client);
      this.#clearError();
      return true;
    } catch (error) {
      if (client === this.#client) this.#error.show(error); // else it has been let go, and its farewell is no news
      return false;
    } finally {
      setBusy(control, false);
    }
  }

  #retry(control) {
    if (this.#client) return this.#run(control, (client) => client.reconnect());
    this.#clearError();
    return this.#attach();
  }
}

/** @returns {URL | null} the address if it is one of this origin */
function sameOrigin(value) {
  if (!value || !URL.canParse(value, document.baseURI)) return null;
  const url = new URL(value, document.baseURI);
  return url.origin === location.origin ? url : null;
}

if (!customElements.get("sip-phone-widget")) customElements.define("sip-phone-widget", SipPhoneWidget);
