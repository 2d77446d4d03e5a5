/** All that a person sees and hears of the phone, in one language: it draws states and tells what went wrong. */

import { CallList } from "./calls/calls.js";
import { Clock } from "./header/clock.js";
import { Dialer } from "./dialer/dialer.js";
import { element } from "./dom.js";
import { Header } from "./header/header.js";
import { ErrorLine, Notice } from "./messages/messages.js";
import { NotifyOffer } from "./ringer/notify-offer.js";
import { part } from "./feature-modules.js";

/** @typedef {(control: Element, command: (client: SipClient) => unknown) => Promise<boolean>} Run true if it was done */

export class Panel {
  /** @type {HTMLElement} */ element;
  #language;
  #panel;
  #dialer;
  #notice;
  #error;
  #spoken = element("div", { class: "hearable", role: "status" });
  #clock = new Clock((now) => this.#pieces.forEach((piece) => piece.tick?.(now)));
  #pieces;
  #drawn = null;

  /**
   * @param {import("./languages/language.js").Language} language
   * @param {{run: Run, retry: (button: HTMLButtonElement) => void}} does what a person asks for
   */
  constructor(language, { run, retry }) {
    const { words } = language;
    const notifyOffer = new NotifyOffer(language, () => this.#keepFocus(() => notifyOffer.draw(this.#drawn)));
    this.#language = language;
    this.#dialer = new Dialer(language, run);
    this.#notice = new Notice(language, retry);
    this.#error = new ErrorLine(language, () => this.clearError());
    this.#pieces = [
      new Header(language, run),
      this.#dialer,
      new CallList(language, run),
      notifyOffer,
      this.#notice,
      this.#error,
    ];
    const nodes = this.#pieces.map((piece) => piece.element);
    this.#panel = element("section", { part: "panel", "aria-label": words.phone }, ...nodes);
    this.element = element("div", { class: "phone", lang: words.lang }, this.#panel, this.#spoken);
    // What was wrong with a number does not matter to the next one.
    this.#panel.addEventListener("input", ({ target }) => this.#error.isOf(target.form) && this.clearError());
  }

  /** @param {boolean} isOutdated a newer build has taken over */
  draw(state, isOutdated) {
    const { connectionStatus, statusSince, calls, lastCall } = state;
    this.#panel.classList.toggle("off", connectionStatus === "unauthorized" || connectionStatus === "failed");
    this.#keepFocus(() => this.#pieces.forEach((piece) => piece.draw(state, isOutdated)));
    this.#clock.run(Boolean(statusSince) || calls.length > 0);
    this.#drawn = state;
    // With the first call already, since the line may be down when that is over.
    if (calls[0] || lastCall) part("last-call").then((module) => module?.showLastCall(this, this.#panel, this.#language));
  }

  /** Read aloud what leads from one state to another; from null, if that is the first that there is. */
  async announce(before, after) {
    const isKnown = before?.calls[0] ?? after.calls[0] ?? before?.statusSince;
    // Of a start there is nothing to say, and most tabs see no more for long.
    if (!isKnown && /^connect/.test(after.connectionStatus)) return;
    this.#speak((await part("announcements"))?.announcements(this.#language, before, after) ?? []);
  }

  /** @param {{draw: Function, tick?: Function}} piece that has come in a file of its own */
  add(piece) {
    this.#pieces.unshift(piece);
    piece.draw(this.#drawn);
  }

  /** No state follows for now. */
  rest() {
    this.#clock.stop();
  }

  /** @param {number} part of a start that takes its time, from 0 to 1 */
  showProgress(part) {
    this.#notice.showProgress(part);
  }

  showError(error) {
    this.#error.show(error);
  }

  clearError() {
    this.#keepFocus(() => this.#error.clear());
  }

  announceOutdated() {
    this.#speak([this.#language.words.notice.outdated]);
  }

  #speak(sentences) {
    if (sentences.length > 0) this.#spoken.replaceChildren(...sentences.map((text) => element("p", {}, text)));
  }

  /** What has the focus may go, with its call for one; a keyboard must not be left nowhere. */
  #keepFocus(change) {
    const root = this.element.getRootNode();
    const hadFocus = Boolean(root.activeElement);
    change();
    const isLost = () => !root.activeElement?.checkVisibility({ visibilityProperty: true });
    if (hadFocus && isLost()) this.#dialer.focus();
    if (hadFocus && isLost()) this.#notice.focus();
  }
}
