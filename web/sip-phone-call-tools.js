/** What opens inside a card: the keypad that sends DTMF, and the field for the number of a transfer. */

import { element, isBusy, setText } from "./sip-phone-dom.js";
import { keypad } from "./sip-phone-keypad.js";
import { NumberForm } from "./sip-phone-number-form.js";

/** Digits go out in the order they are pressed: one command at a time, and what is pressed meanwhile goes in the next. */
export class DtmfPad {
  /** @type {HTMLElement} */ element;
  #digits = element("div", { part: "digits", dir: "ltr" });
  #waiting = "";

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {(digits: string, control: Element) => Promise<boolean>} send
   */
  constructor({ words }, send) {
    const pad = keypad(words.action.dtmf, words, (digit) => {
      this.#waiting += digit;
      setText(this.#digits, this.#digits.textContent + digit);
      this.#flush(pad, send);
    });
    this.element = element("div", { class: "drawer" }, this.#digits, pad);
  }

  focus() {
    this.element.querySelector("button").focus();
  }

  clear() {
    setText(this.#digits, "");
  }

  async #flush(pad, send) {
    if (isBusy(pad)) return;
    while (this.#waiting) {
      const digits = this.#waiting;
      this.#waiting = "";
      if (!(await send(digits, pad))) this.#waiting = ""; // digits after a lost one would mean something else
    }
  }
}

export class TransferField {
  /** @type {HTMLElement} */ element;
  #form;

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {(phone: string, control: Element) => Promise<boolean>} send
   */
  constructor({ words }, send) {
    this.#form = new NumberForm(
      { label: words.transferTo, action: words.transferNow, part: "transfer-submit" },
      send,
    );
    this.element = element("div", { class: "drawer", part: "transfer-form" }, this.#form.element);
  }

  focus() {
    this.#form.input.focus();
  }

  clear() {
    this.#form.input.value = "";
  }
}
