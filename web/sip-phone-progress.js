/** How far the phone has come on its way here: on a first visit over a slow line that takes seconds. */

import { element } from "./sip-phone-dom.js";

export class Progress {
  /** @type {HTMLProgressElement} */ element;

  /** @param {import("./sip-phone-language.js").Language} language */
  constructor({ words }) {
    this.element = element("progress", { part: "progress", max: "1", "aria-label": words.notice.connecting, hidden: "" });
  }

  /** @param {number} part from 0 to 1 */
  show(part) {
    this.element.value = part;
    this.element.hidden = false;
  }

  draw({ connectionStatus }) {
    if (connectionStatus !== "connecting") this.element.hidden = true;
  }
}
