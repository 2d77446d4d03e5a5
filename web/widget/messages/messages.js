/** What needs the person's attention in words: a notice about the phone itself, and the error of the last command. */

import { button, element, icon, setText } from "../dom.js";
import { setReason } from "./reason.js";

/** Codes of errors that tell of something that has happened, and not of what is wrong now. */
const PAST = ["hub_lost", "bad_event"];

/** Codes of a command's errors whose cause is gone when the phone is connected again. */
const UNCONNECTED = ["not_connected", "unauthorized", "hub_failed"];

/** The error line: an alert that stays until it is dismissed, its cause is gone, or a command succeeds. */
export class ErrorLine {
  #text = element("p", { role: "alert", dir: "auto" });
  element = element("div", { part: "error", hidden: "" }, this.#text);
  #passes = false; // when the phone is connected again
  #before = null; // the status of the connection
  /** @type {Element | null} what was clicked, if it was still there */ #control = null;
  #language;

  /**
   * @param {import("../languages/language.js").Language} language
   * @param {() => void} dismiss
   */
  constructor(language, dismiss) {
    this.#language = language;
    const { words } = language;
    this.element.append(button({ part: "dismiss", name: "close", label: words.dismiss, look: "bare" }, dismiss));
  }

  /**
   * What a command was answered, or else what the phone says: unless that names a command, it is about the phone itself.
   * @param {{code: string, message?: string, command?: string, isAnswer?: boolean, control?: Element}} error
   */
  show(error) {
    const { code, command, isAnswer, control } = error;
    this.#passes = isAnswer || command ? UNCONNECTED.includes(code) : !PAST.includes(code);
    this.#control = control?.isConnected ? control : null;
    this.element.hidden = false;
    setReason(this.#text, this.#language, error);
  }

  /** True if it is about what was typed into that form. */
  isOf(form) {
    return form && this.#control?.form === form;
  }

  clear() {
    this.#passes = false;
    this.#control = null;
    this.element.hidden = true;
    setText(this.#text, "");
  }

  /** A phone that works again needs no reason why it did not, and a call that is gone needs nothing. */
  draw({ connectionStatus }) {
    const isBack = connectionStatus === "connected" && this.#before !== connectionStatus;
    this.#before = connectionStatus;
    if ((this.#passes && isBack) || this.#control?.isConnected === false) this.clear();
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
  #words;

  /**
   * @param {import("../languages/language.js").Language} language
   * @param {(button: HTMLButtonElement) => void} retry
   */
  constructor(language, retry) {
    const { words } = language;
    this.#words = words;
    this.#progress = element("progress", { part: "progress", max: "1", "aria-label": words.notice.connecting, hidden: "" });
    this.#reload = button({ part: "reload", label: words.reload, look: "filled" }, () => location.reload());
    this.#retry = button({ part: "retry", label: words.retry, look: "filled" }, retry);
    const sentence = element("div", {}, this.#text, this.#progress);
    this.element = element("div", { part: "notice" }, this.#sign, sentence, this.#retry, this.#reload);
  }

  /** The keyboard goes to what can be done. */
  focus() {
    (this.#retry.hidden ? this.#reload : this.#retry).focus();
  }

  /** @param {number} part of a start that takes its time: on a first visit over a slow line those are seconds; from 0 to 1 */
  showProgress(part) {
    this.#progress.value = part;
    this.#progress.hidden = false;
  }

  draw({ connectionStatus }, isOutdated) {
    const { notice } = this.#words;
    const subject = [connectionStatus, isOutdated && "outdated"].find((name) => Object.hasOwn(notice, name)) ?? "";
    if (subject !== "connecting") this.#progress.hidden = true;
    this.element.hidden = !subject;
    this.#retry.hidden = subject !== "failed";
    this.#reload.hidden = !["unauthorized", "outdated"].includes(subject);
    if (!subject || this.element.dataset.subject === subject) return;
    this.element.dataset.subject = subject;
    this.#sign.replaceChildren(icon(subject));
    setText(this.#text, notice[subject]);
  }
}
