/** All that a person sees and hears of the phone, in one language: it draws states and tells what went wrong. */

import { announcements } from "./sip-phone-announcements.js";
import { CallList, LastCall } from "./sip-phone-calls.js";
import { Dialer } from "./sip-phone-dialer.js";
import { element } from "./sip-phone-dom.js";
import { Header } from "./sip-phone-header.js";
import { ErrorLine, Notice } from "./sip-phone-messages.js";
import { NotifyOffer } from "./sip-phone-notify-offer.js";
import { Progress } from "./sip-phone-progress.js";

/** @typedef {(control: Element, command: (client: SipClient) => unknown) => Promise<boolean>} Run true if it was done */

export class Panel {
  /** @type {HTMLElement} */ element;
  #language;
  #header;
  #progress;
  #dialer;
  #calls;
  #notifyOffer;
  #notice;
  #error;
  #lastCall;
  #spoken = element("div", { class: "hearable", role: "status" });
  #drawn = null;

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {{run: Run, retry: (button: HTMLButtonElement) => void}} does what a person asks for
   */
  constructor(language, { run, retry }) {
    this.#language = language;
    this.#header = new Header(language, run);
    this.#progress = new Progress(language);
    this.#dialer = new Dialer(language, run);
    this.#calls = new CallList(language, run);
    this.#notifyOffer = new NotifyOffer(language, () => this.#keepFocus(() => this.#notifyOffer.draw(this.#drawn ?? {})));
    this.#notice = new Notice(language, retry);
    this.#error = new ErrorLine(language, () => this.clearError());
    this.#lastCall = new LastCall(language);
    this.element = this.#assemble(language.words);
  }

  draw(state) {
    const about = [this.#header, this.#progress, this.#calls, this.#notifyOffer];
    const pieces = [...about, this.#notice, this.#error, this.#lastCall];
    this.#keepFocus(() => pieces.forEach((piece) => piece.draw(state)));
    this.#speak(announcements(this.#language, this.#drawn, state));
    this.#drawn = state;
  }

  /** No state follows for now; what does is not news compared to the last one. */
  rest() {
    this.#drawn = null;
    this.#calls.stop();
  }

  /** @param {number} part of a start that takes its time, from 0 to 1 */
  showProgress(part) {
    this.#progress.show(part);
  }

  /** Why a command was not carried out. */
  showError(error) {
    this.#error.show(error);
  }

  /** What no command was answered. */
  tellError(error) {
    this.#error.tell(error);
  }

  clearError() {
    this.#keepFocus(() => this.#error.clear());
  }

  /** A newer build has taken over. */
  showOutdated() {
    this.#notice.outdated();
    this.#speak([this.#language.words.notice.outdated]);
  }

  #assemble(words) {
    return element(
      "section",
      { part: "panel", lang: words.lang, "aria-label": words.phone },
      this.#header.element,
      this.#progress.element,
      this.#dialer.element,
      this.#calls.element,
      this.#notifyOffer.element,
      this.#notice.element,
      this.#error.element,
      this.#lastCall.element,
      this.#spoken,
    );
  }

  #speak(sentences) {
    if (sentences.length > 0) this.#spoken.replaceChildren(...sentences.map((text) => element("p", {}, text)));
  }

  /** What has the focus may go, with its call for one; a keyboard must not be left nowhere. */
  #keepFocus(change) {
    const root = this.element.getRootNode();
    const hadFocus = Boolean(root.activeElement);
    change();
    if (hadFocus && !root.activeElement?.checkVisibility({ visibilityProperty: true })) this.#dialer.focus();
  }
}
