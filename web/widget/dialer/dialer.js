/** The number field with its dial pad and dial button. */

import { button, element } from "../dom.js";
import { Drawer } from "../drawers/drawer.js";
import { NumberForm } from "./number-form.js";

export class Dialer {
  /** @type {HTMLElement} */ element;
  #form;

  /**
   * @param {import("../languages/language.js").Language} language
   * @param {import("../panel.js").Run} run
   */
  constructor(language, run) {
    const { words } = language;
    this.#form = new NumberForm(
      { label: words.number, action: words.dial, name: "call", part: "dial" },
      (phone, control) => run(control, (client) => client.dial(phone, { typed: true })),
    );
    this.element = element("div", { part: "dialer" }, this.#form.element);
    const toggle = button(
      { part: "dialpad-toggle", name: "dtmf", label: words.dialPad, look: "bare" },
      () => (pad.isOpen ? pad.close() : pad.open()),
    );
    const pad = new Drawer(toggle, this.element, run, ({ dialPad }) => dialPad(language, this.#form.input));
    this.#form.field.append(toggle);
  }

  focus() {
    this.#form.input.focus();
  }

  /** A phone that has dialled nothing has no last number. So it is as soon as it is another person's. */
  draw({ calls, lastCall }) {
    if (!lastCall && !calls.some(({ direction }) => direction === "outbound")) this.#form.remember("");
  }
}
