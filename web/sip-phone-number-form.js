/** A field for a phone number and the button that sends it; Enter sends too. Whether it is a number, the hub decides. */

import { element, icon } from "./sip-phone-dom.js";

export class NumberForm {
  /** @type {HTMLFormElement} */ element;
  /** @type {HTMLElement} */ field;
  /** @type {HTMLInputElement} */ input;
  /** @type {HTMLButtonElement} */ button;

  /**
   * @param {{label: string, action: string, part: string, name?: string}} texts words, the button's part and icon
   * @param {(phone: string, button: HTMLButtonElement) => Promise<boolean>} send true if it went out
   */
  constructor({ label, action, name, part }, send) {
    this.input = element("input", {
      type: "tel", part: "number", placeholder: label,
      required: "", autocomplete: "off", enterkeyhint: "go", spellcheck: "false",
    });
    const labelled = element("label", {}, element("span", { class: "hearable" }, label), this.input);
    this.field = element("div", { class: "field", dir: "ltr" }, labelled);
    this.button = element("button", { part }, ...(name ? [icon(name)] : []), element("span", { class: "label" }, action));
    this.element = element("form", {}, this.field, this.button);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(send);
    });
  }

  /** Put a key's digit where the caret is. */
  type(digit) {
    const { selectionStart, selectionEnd } = this.input;
    this.input.setRangeText(digit, selectionStart, selectionEnd, "end");
  }

  /** Delete the selection, else the character before the caret. */
  erase() {
    const { selectionStart: start, selectionEnd: end } = this.input;
    this.input.setRangeText("", start === end ? Math.max(0, start - 1) : start, end, "end");
  }

  async #submit(send) {
    const typed = this.input.value;
    const sent = await send(typed, this.button);
    if (sent && this.input.value === typed) this.input.value = "";
  }
}
