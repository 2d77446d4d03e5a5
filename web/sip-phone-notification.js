/** The desktop notifications of calls that ring. One replaces another of the same call, whichever tab shows it. */

export class CallNotifications {
  /** @type {Map<string, Notification | null>} by the id of the call; null for one that was dismissed or is not to be had */
  #shown = new Map();

  /**
   * Show one for each of these calls, where the person has allowed that. One that was dismissed does not come back.
   * @param {object[]} calls those to ring for
   * @param {boolean} [isAway] the person looks elsewhere, and it is this tab that notifies
   * @param {(call: object) => {title: string} & NotificationOptions} [describe]
   */
  update(calls, isAway = false, describe) {
    for (const [id, note] of this.#shown) {
      const isOver = !calls.some((call) => call.id === id);
      if (isOver || (note && !isAway)) this.#close(id, note);
    }
    if (!isAway || globalThis.Notification?.permission !== "granted") return;
    for (const call of calls) if (!this.#shown.has(call.id)) this.#show(call.id, describe(call));
  }

  #show(id, { title, ...options }) {
    const note = notification(title, { tag: `sip-phone-${id}`, requireInteraction: true, ...options });
    this.#shown.set(id, note);
    note?.addEventListener("click", () => {
      window.focus();
      this.#close(id, note);
    });
    note?.addEventListener("close", () => this.#shown.get(id) === note && this.#shown.set(id, null));
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
