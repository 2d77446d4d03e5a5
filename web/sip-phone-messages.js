/** What needs the person's attention in words: a notice about the phone itself, and the error of the last command. */

import { button, element, setText } from "./sip-phone-dom.js";

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

/** A line about the phone itself, with the one thing that can be done about it. */
export class Notice {
  #text = element("p");
  #retry;
  #reload;
  /** @type {HTMLElement} */ element;
  #outdated = false;
  #words;

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {(button: HTMLButtonElement) => void} retry
   */
  constructor({ words }, retry) {
    this.#words = words;
    this.#reload = button({ part: "reload", label: words.reload }, () => location.reload());
    this.#retry = button({ part: "retry", label: words.retry }, retry);
    this.element = element("div", { part: "notice" }, this.#text, this.#retry, this.#reload);
  }

  /** A newer build has taken over; only a reload of the page ends that. */
  outdated() {
    this.#outdated = true;
  }

  draw({ connectionStatus }) {
    const broken = ["failed", "unauthorized"].includes(connectionStatus);
    const subject = broken ? connectionStatus : this.#outdated && "outdated";
    this.element.hidden = !subject;
    this.#retry.hidden = subject !== "failed";
    this.#reload.hidden = !subject || subject === "failed";
    setText(this.#text, subject ? this.#words.notice[subject] : "");
  }
}
