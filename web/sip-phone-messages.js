/** What needs the person's attention in words: a notice about the phone itself, and the error of the last command. */

import { button, element, icon, setText } from "./sip-phone-dom.js";
import { Progress } from "./sip-phone-progress.js";

/** Codes of errors that tell of something that has happened, and not of what is wrong now. */
const PAST = ["hub_lost", "bad_event"];

/** The error line: an alert that stays until it is dismissed or a command succeeds. */
export class ErrorLine {
  #text = element("p", { role: "alert", dir: "auto" });
  element = element("div", { part: "error", hidden: "" }, this.#text);
  #passes = false; // when the phone is connected
  #language;

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {() => void} dismiss
   */
  constructor(language, dismiss) {
    this.#language = language;
    const { words } = language;
    this.element.append(button({ part: "dismiss", name: "close", label: words.dismiss, compact: true }, dismiss));
  }

  /**
   * Why a command was not carried out.
   * @param {{code?: string, message?: string}} error
   */
  show(error) {
    this.#passes = error.code === "hub_failed";
    this.element.hidden = false;
    setText(this.#text, this.#language.reason(error));
  }

  /**
   * What no command was answered: unless it names one, it is about the phone itself.
   * @param {{code?: string, message?: string, command?: string}} error
   */
  tell(error) {
    this.show(error);
    this.#passes = !error.command && !PAST.includes(error.code);
  }

  clear() {
    this.#passes = false;
    this.element.hidden = true;
    setText(this.#text, "");
  }

  /** A phone that works again needs no reason why it did not. */
  draw({ connectionStatus }) {
    if (this.#passes && connectionStatus === "connected") this.clear();
  }
}

/** What is the matter with the phone itself: a sign, a sentence, and the one thing that can be done about it. */
export class Notice {
  #sign = element("span", { class: "sign" });
  #text = element("p");
  #progress;
  #retry;
  #reload;
  /** @type {HTMLElement} */ element;
  #outdated = false;
  #words;

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {(button: HTMLButtonElement) => void} retry
   */
  constructor(language, retry) {
    const { words } = language;
    this.#words = words;
    this.#progress = new Progress(language);
    this.#reload = button({ part: "reload", label: words.reload }, () => location.reload());
    this.#retry = button({ part: "retry", label: words.retry }, retry);
    const sentence = element("div", {}, this.#text, this.#progress.element);
    this.element = element("div", { part: "notice" }, this.#sign, sentence, this.#retry, this.#reload);
  }

  /** The keyboard goes to what can be done. */
  focus() {
    (this.#retry.hidden ? this.#reload : this.#retry).focus();
  }

  /** @param {number} part of a start that takes its time, from 0 to 1 */
  showProgress(part) {
    this.#progress.show(part);
  }

  /** A newer build has taken over; only a reload of the page ends that. */
  outdated() {
    this.#outdated = true;
  }

  draw(state) {
    const subject = this.#subject(state);
    this.#progress.draw(state);
    this.element.hidden = !subject;
    this.#retry.hidden = subject !== "failed";
    this.#reload.hidden = !["unauthorized", "outdated"].includes(subject);
    if (!subject || this.element.dataset.subject === subject) return;
    this.element.dataset.subject = subject;
    this.#sign.replaceChildren(icon(subject));
    setText(this.#text, this.#words.notice[subject]);
  }

  #subject({ connectionStatus }) {
    if (Object.hasOwn(this.#words.notice, connectionStatus)) return connectionStatus;
    return this.#outdated ? "outdated" : "";
  }
}
