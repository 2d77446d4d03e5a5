/** The desktop notification of a call that rings. One replaces another of the same call, whichever tab shows it. */

export class CallNotification {
  /** @type {Notification | null} */ #shown = null;
  #id = null;

  /** Show it, where the person has allowed that. One that was dismissed does not come back. */
  show({ id }, title, options) {
    if (this.#id === id || globalThis.Notification?.permission !== "granted") return;
    this.close();
    this.#id = id;
    this.#shown = notification(title, { tag: `sip-phone-${id}`, requireInteraction: true, ...options });
    this.#shown?.addEventListener("click", () => {
      window.focus();
      this.#shown?.close();
    });
  }

  close() {
    this.#shown?.close();
    this.#shown = null;
    this.#id = null;
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
