/**
 * A field for a phone number and the button that sends it; Enter sends too. Whether it is a number, the hub decides.
 * As on any telephone, to send nothing brings back the number that was sent last; so does the arrow up.
 */

import { button, element } from "../dom.js";

export class NumberForm {
  /** @type {HTMLFormElement} */ element;
  /** @type {HTMLElement} */ field;
  /** @type {HTMLInputElement} */ input;
  /** @type {HTMLButtonElement} */ button;
  #last = "";

  /**
   * @param {{label: string, action: string, part: string, name?: string}} texts words, the button's part and icon
   * @param {(phone: string, button: HTMLButtonElement) => Promise<boolean>} send true if it went out
   */
  constructor({ label, action, name, part }, send) {
    this.input = element("input", {
      type: "tel", part: "number", placeholder: label,
      required: "", maxlength: "256", autocomplete: "off", enterkeyhint: "go", spellcheck: "false",
    });
    const labelled = element("label", {}, element("span", { class: "hearable" }, label), this.input);
    this.field = element("div", { class: "field", dir: "ltr" }, labelled);
    this.button = button({ part, name, label: action, look: "filled", type: "submit" });
    this.element = element("form", {}, this.field, this.button);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(send);
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" || this.input.value || !this.#last) return;
      event.preventDefault(); // it would put the caret before the number
      this.#recall();
    });
  }

  /** Keep the number that can be brought back; with none, the field has to be filled in. */
  remember(number) {
    this.#last = number;
    this.input.required = !number;
  }

  #recall() {
    this.input.value = this.#last;
  }

  async #submit(send) {
    const typed = this.input.value;
    if (!typed) return this.#recall();
    if (!(await send(typed, this.button))) return;
    this.remember(typed);
    if (this.input.value === typed) this.input.value = "";
  }
}
