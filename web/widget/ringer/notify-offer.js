/** The offer to show calls on the desktop. A person is asked for that on a click only, and decides once. */

import { button } from "../dom.js";

export class NotifyOffer {
  /** @type {HTMLElement} */ element;

  /**
   * @param {import("../languages/language.js").Language} language
   * @param {() => void} decided
   */
  constructor({ words }, decided) {
    this.element = button({ part: "notify", label: words.notify }, async () => {
      await Notification.requestPermission();
      decided();
    });
    this.element.hidden = true;
  }

  /** Where there is nothing to decide, as on plain http, browsers say "denied". */
  draw({ connectionStatus }) {
    this.element.hidden = connectionStatus !== "connected" || globalThis.Notification?.permission !== "default";
  }
}
