/** The desktop notifications of calls that ring. One replaces another of the same call, whichever tab shows it. */

import { KnownCalls } from "../calls/known-calls.js";

export class CallNotifications {
  /** @type {Map<string, Notification | null>} by the id of the call; null for one that is not to be had */
  #shown = new Map();
  #dismissed = new KnownCalls();
  /** @type {BroadcastChannel | null} while there are calls to ring for */ #channel = null;
  #phone;

  /** @param {string} phone all tabs with the same one share what a person has dismissed */
  constructor(phone) {
    this.#phone = phone;
  }

  /**
   * Show one for each of these calls, where the person has allowed that. One that was dismissed, in whichever tab, does
   * not come back.
   * @param {object[]} calls those to ring for
   * @param {object} [state]
   * @param {boolean} [isAway] the person looks elsewhere, and it is this tab that notifies
   * @param {(call: object) => {title: string} & NotificationOptions} [describe]
   */
  update(calls, state, isAway = false, describe) {
    if (state) this.#dismissed.follow(state);
    this.#listen(calls.length > 0);
    for (const [id, note] of this.#shown) {
      const isOver = !calls.some((call) => call.id === id);
      if (isOver || (note && !isAway)) this.#close(id, note);
    }
    if (!isAway || globalThis.Notification?.permission !== "granted") return;
    for (const call of calls) {
      if (!this.#shown.has(call.id) && !this.#dismissed.has(call)) this.#show(call.id, describe(call));
    }
  }

  #listen(isNeeded) {
    if (isNeeded === Boolean(this.#channel)) return;
    this.#channel?.close();
    this.#channel = isNeeded ? new BroadcastChannel(`sip-phone-notifications ${this.#phone}`) : null;
    // What another tab shows replaces what this one shows, which is closed by that, and not dismissed.
    const hear = ({ data: { id, isShown } }) => (isShown ? this.#shown.delete(id) : this.#dismiss(id));
    this.#channel?.addEventListener("message", hear);
  }

  #show(id, { title, ...options }) {
    this.#channel.postMessage({ id, isShown: true });
    const note = notification(title, { tag: `sip-phone-${id}`, requireInteraction: true, ...options });
    this.#shown.set(id, note);
    note?.addEventListener("click", () => {
      window.focus();
      this.#tellDismissed(id);
    });
    note?.addEventListener("close", () => this.#shown.get(id) === note && this.#tellDismissed(id));
  }

  #tellDismissed(id) {
    this.#channel?.postMessage({ id, isShown: false });
    this.#dismiss(id);
  }

  #dismiss(id) {
    this.#dismissed.add({ id });
    this.#close(id, this.#shown.get(id));
  }

  #close(id, note) {
    this.#shown.delete(id);
    note?.close();
  }
}

/** Null where a page may make none, as in Android's Chromium. */
function notification(title, options) {
  try {
    return new Notification(title, options);
  } catch {
    return null;
  }
}
