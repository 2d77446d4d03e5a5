/** All that a person sees and hears of the phone, in one language: it draws states and tells what went wrong. */

import { announcements } from "./sip-phone-announcements.js";
import { CallList, LastCall } from "./sip-phone-calls.js";
import { Clock } from "./sip-phone-clock.js";
import { Dialer } from "./sip-phone-dialer.js";
import { element } from "./sip-phone-dom.js";
import { Header } from "./sip-phone-header.js";
import { ErrorLine, Notice } from "./sip-phone-messages.js";
import { NotifyOffer } from "./sip-phone-notify-offer.js";

/** @typedef {(control: Element, command: (client: SipClient) => unknown) => Promise<boolean>} Run true if it was done */

export class Panel {
  /** @type {HTMLElement} */ element;
  #language;
  #panel;
  #header;
  #dialer;
  #calls;
  #notifyOffer;
  #notice;
  #error;
  #lastCall;
  #spoken = element("div", { class: "hearable", role: "status" });
  #clock = new Clock((now) => this.#timed.forEach((piece) => piece.tick(now)));
  #pieces;
  #timed;
  #drawn = null;

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {{run: Run, retry: (button: HTMLButtonElement) => void}} does what a person asks for
   */
  constructor(language, { run, retry }) {
    this.#language = language;
    this.#header = new Header(language, run);
    this.#dialer = new Dialer(language, run);
    this.#calls = new CallList(language, run);
    this.#notifyOffer = new NotifyOffer(language, () => this.#keepFocus(() => this.#notifyOffer.draw(this.#drawn ?? {})));
    this.#notice = new Notice(language, retry);
    this.#error = new ErrorLine(language, () => this.clearError());
    this.#lastCall = new LastCall(language);
    this.#panel = this.#assemble(language.words);
    this.#timed = [this.#header, this.#calls];
    const asked = [this.#notifyOffer, this.#notice, this.#error];
    this.#pieces = [this.#header, this.#dialer, this.#calls, ...asked, this.#lastCall];
    this.element = element("div", { class: "phone", lang: language.words.lang }, this.#panel, this.#spoken);
  }

  draw(state) {
    const { connectionStatus, statusSince, calls } = state;
    this.#panel.dataset.connection = connectionStatus;
    this.#keepFocus(() => this.#pieces.forEach((piece) => piece.draw(state)));
    this.#clock.run(Boolean(statusSince) || calls.length > 0);
    this.#speak(announcements(this.#language, this.#drawn, state));
    this.#drawn = state;
  }

  /** @param {import("./sip-phone-dock.js").Dock} dock what a phone in a corner of the page has besides */
  add(dock) {
    this.#pieces.unshift(dock);
    this.#timed.unshift(dock);
    this.element.prepend(dock.element);
    if (this.#drawn) dock.draw(this.#drawn);
  }

  /** No state follows for now; what does is not news compared to the last one. */
  rest() {
    this.#drawn = null;
    this.#clock.stop();
  }

  /** @param {number} part of a start that takes its time, from 0 to 1 */
  showProgress(part) {
    this.#notice.showProgress(part);
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
      { part: "panel", "aria-label": words.phone },
      this.#header.element,
      this.#dialer.element,
      this.#calls.element,
      this.#notifyOffer.element,
      this.#notice.element,
      this.#error.element,
      this.#lastCall.element,
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
    const isLost = () => !root.activeElement?.checkVisibility({ visibilityProperty: true });
    if (hadFocus && isLost()) this.#dialer.focus();
    if (hadFocus && isLost()) this.#notice.focus();
  }
}
