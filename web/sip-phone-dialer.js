/** The number field with its dial pad and dial button. */

import { button, element, setOpen } from "./sip-phone-dom.js";
import { keyButton, keypad } from "./sip-phone-keypad.js";
import { NumberForm } from "./sip-phone-number-form.js";

export class Dialer {
  /** @type {HTMLElement} */ element;
  #form;
  #pad;
  #toggle;

  /**
   * @param {import("./sip-phone-language.js").Language} language
   * @param {import("./sip-phone-panel.js").Run} run
   */
  constructor({ words }, run) {
    this.#form = new NumberForm(
      { label: words.number, action: words.dial, name: "call", part: "dial" },
      (phone, control) => run(control, (client) => client.dial(phone)),
    );
    this.#pad = this.#makePad(words);
    this.#toggle = button(
      { part: "dialpad-toggle", name: "dtmf", label: words.dialPad, compact: true },
      () => this.#open(this.#pad.hidden),
    );
    this.#form.field.append(this.#toggle);
    this.element = element("div", { part: "dialer" }, this.#form.element, this.#pad);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#pad.hidden) this.#close();
    });
    this.#open(false);
  }

  focus() {
    this.#form.input.focus();
  }

  /** A phone that has dialled nothing has no last number. So it is as soon as it is another person's. */
  draw({ calls, lastCall }) {
    if (!lastCall && !calls.some(({ direction }) => direction === "outbound")) this.#form.remember("");
  }

  #makePad(words) {
    const type = (digit) => this.#form.type(digit);
    const erase = button(
      { part: "key", name: "backspace", label: words.backspace, compact: true },
      () => this.#form.erase(),
    );
    const extras = element("div", { class: "extras" }, keyButton("+", "", words, type), erase);
    return element("div", { class: "drawer" }, keypad(words.dialPad, words, type), extras);
  }

  #open(open) {
    setOpen(this.#toggle, this.#pad, open);
  }

  #close() {
    this.#open(false);
    this.#toggle.focus();
  }
}
