/**
 * Tells the person of a call, wherever they look: a sound and a notification in the one tab that the hub has chosen for
 * it, the title and what moves in all tabs, and an event when the talk begins. A file of its own, since a widget is drawn without it.
 */

import { say } from "./sip-phone-language.js";
import { CallNotification } from "./sip-phone-notification.js";
import { RingTone } from "./sip-phone-ring-tone.js";
import css from "./sip-phone-ringer.css";
import { blinkTitle } from "./sip-phone-title.js";
import { adopt, styleSheet } from "./sip-phone-style-sheets.js";

const style = styleSheet(css);
const MOST_DIGITS = 2; // in a name beside its letters, as in "Gate 12"; three are an extension

/** Those of this page. Where phones share a client, the first one rings for all. @type {Set<Ringer>} */
const ringers = new Set();

/** @type {WeakSet<AbortSignal>} for which there is a ringer */ const begun = new WeakSet();

/**
 * Ring for a phone from now on.
 * @param {SipPhoneWidget} phone its attributes say how it rings, and it dispatches the event
 * @param {SipClient} client
 * @param {() => import("./sip-phone-language.js").Language} language
 * @param {AbortSignal} signal ends it
 */
export function ring(phone, client, language, signal) {
  if (signal.aborted || begun.has(signal)) return;
  begun.add(signal);
  new Ringer(phone, client, language, signal);
}

/** The caller's name, or nothing if it looks like a telephone number: it might be another one than the caller's. */
function nameOf({ displayName, phone }) {
  const name = displayName ?? "";
  const digits = name.match(/\p{N}/gu)?.length ?? 0;
  const isNumber = digits > MOST_DIGITS || (digits > 0 && (!/\p{L}/u.test(name) || (phone && name.includes(phone))));
  return isNumber ? "" : name;
}

class Ringer {
  #phone;
  #client;
  #language;
  #tone = new RingTone(() => this.#update());
  #notification = new CallNotification();

  constructor(phone, client, language, signal) {
    this.#phone = phone;
    this.#client = client;
    this.#language = language;
    ringers.add(this);
    adopt(phone.shadowRoot.firstChild, style);
    this.#listen(signal);
    this.#update();
  }

  #listen(signal) {
    const update = () => this.#update();
    const attributes = new MutationObserver(update);
    attributes.observe(this.#phone, { attributeFilter: ["silent", "ringtone"] });
    signal.addEventListener("abort", () => {
      attributes.disconnect();
      this.#end();
    });
    this.#client.addEventListener("statechange", update, { signal });
    this.#client.addEventListener("screenpop", ({ detail }) => this.#popScreen(detail), { signal });
    for (const name of ["focus", "blur"]) addEventListener(name, update, { signal });
    for (const name of ["click", "keydown"]) {
      addEventListener(name, () => this.#tone.unlock(), { signal, capture: true });
    }
    addEventListener("pagehide", () => this.#rest(), { signal }); // or the browser's history would keep the caller's name
  }

  get #isFirst() {
    return this === [...ringers].find((ringer) => ringer.#client === this.#client);
  }

  #update() {
    if (!this.#isFirst) return;
    const call = this.#client.state.calls.find(({ state }) => state === "ringing");
    const { silent, ringtone } = this.#phone;
    this.#client.audible = !silent && !this.#tone.refused;
    blinkTitle(this, call && this.#titleOf(call));
    if (this.#client.attention && !silent) this.#tone.play(ringtone);
    else this.#tone.stop();
    if (this.#client.attention && !document.hasFocus()) this.#notify(call);
    else this.#notification.close();
  }

  /** No number: titles are put down in the browser's history. */
  #titleOf(call) {
    return `☎ ${nameOf(call) || this.#language().words.state.ringing}`;
  }

  #notify(call) {
    const { announce, lang } = this.#language().words;
    const name = nameOf(call);
    const title = say(announce.ringing, { caller: name || call.phone });
    this.#notification.show(call, title, { body: name ? call.phone : "", silent: this.#phone.silent, lang });
  }

  #popScreen(call) {
    const event = new CustomEvent("screen-pop", { bubbles: true, composed: true, detail: call });
    if (this.#isFirst) this.#phone.dispatchEvent(event);
  }

  #rest() {
    blinkTitle(this);
    this.#tone.stop();
    this.#notification.close();
  }

  /** What is left of a shared client's ringers goes on; without one, the page rings no more. */
  #end() {
    this.#rest();
    this.#tone.close();
    ringers.delete(this);
    this.#client.audible = false;
    for (const ringer of ringers) ringer.#update();
  }
}
