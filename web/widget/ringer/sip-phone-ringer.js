/**
 * Tells the person of a call, wherever they look: a sound and a notification in the one tab that the hub has chosen for
 * it, the title and what moves in all tabs, and in front of what else is there. A file of its own, since a widget is
 * drawn without it; it comes with the first click, key or call, and so does the guard of clicks and keys.
 */

import { announceWords } from "../announcements/words.js";
import { heard } from "../calls/call-times.js";
import { windowsOf } from "../dom.js";
import { keepInFront } from "./front.js";
import { guardHands } from "../input/hands.js";
import { nameOf, say } from "../languages/language.js";
import { CallNotifications } from "./notification.js";
import { RingTone } from "./ring-tone.js";
import css from "./ringer.css";
import { blinkTitle, canHideTitle } from "./title.js";
import { adopt } from "../style-sheets.js";

const MOST_DIGITS = 2; // in a name beside its letters, as in "Gate 12"; three are an extension

/** Those of this page. Where phones share a client, the first one rings for all. @type {Set<Ringer>} */
const ringers = new Set();

/** @type {WeakSet<AbortSignal>} for which there is a ringer */ const begun = new WeakSet();

/**
 * Ring for a phone from now on.
 * @param {SipPhoneWidget} phone its attributes say how it rings
 * @param {SipClient} client
 * @param {() => import("../languages/language.js").Language} language
 * @param {AbortSignal} signal ends it
 */
export function ring(phone, client, language, signal) {
  if (signal.aborted || begun.has(signal)) return;
  begun.add(signal);
  new Ringer(phone, client, language, signal);
  guardHands(phone.shadowRoot, signal);
  keepInFront(phone, client, signal);
}

function isTalking({ state }) {
  return state === "talking";
}

/** The caller's name, or nothing if it looks like a telephone number: it might be another one than the caller's. */
function properName({ displayName, phone }) {
  const name = displayName ?? "";
  const digits = name.match(/\p{N}/gu)?.length ?? 0;
  const isNumber = digits > MOST_DIGITS || (digits > 0 && (!/\p{L}/u.test(name) || (phone && name.includes(phone))));
  return isNumber ? "" : name;
}

class Ringer {
  #phone;
  #client;
  #language;
  #windows;
  #tone = new RingTone(() => this.#update());
  #notifications;

  constructor(phone, client, language, signal) {
    this.#phone = phone;
    this.#client = client;
    this.#language = language;
    this.#notifications = new CallNotifications(`${phone.worker} ${phone.api}`);
    this.#windows = windowsOf(phone);
    ringers.add(this);
    adopt(phone.shadowRoot.firstChild, css);
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
    for (const view of this.#windows) {
      for (const name of ["focus", "blur"]) view.addEventListener(name, update, { signal });
      for (const name of ["click", "keydown"]) {
        view.addEventListener(name, () => this.#tone.unlock(), { signal, capture: true });
      }
    }
    addEventListener("pagehide", () => this.#rest(), { signal }); // or the browser's history would keep the caller's name
  }

  get #isFirst() {
    return this === [...ringers].find((ringer) => ringer.#client === this.#client);
  }

  #update() {
    if (!this.#isFirst) return;
    const { attention, state } = this.#client;
    const ringing = heard(this.#client, state);
    const calls = state.calls.filter(({ id }) => ringing.includes(id));
    const { silent, ringtone } = this.#phone;
    this.#client.audible = !silent && !this.#tone.refused;
    blinkTitle(this, calls[0] && this.#titleOf(calls[0]));
    if (attention && calls[0] && !silent) this.#tone.play(ringtone, state.calls.some(isTalking));
    else this.#tone.stop();
    const isAway = attention && ![...this.#windows].some((view) => view.document.hasFocus());
    this.#notifications.update(calls, state, isAway, (call) => this.#describe(call));
  }

  /** No number: titles are put down in the browser's history; and no name where it could not be taken out in time. */
  #titleOf(call) {
    const { state, unknownNumber } = this.#language().words;
    return `☎ ${(canHideTitle && properName(call)) || (call.phone ? state.ringing : unknownNumber)}`;
  }

  #describe(call) {
    const { words } = this.#language();
    const { phone } = call;
    const displayName = properName(call);
    const title = say(announceWords(words).ringing, { caller: nameOf({ displayName, phone }, words) });
    return { title, body: displayName && phone, silent: this.#phone.silent, lang: words.lang };
  }

  #rest() {
    blinkTitle(this);
    this.#tone.stop();
    this.#notifications.update([]);
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
