/** The top line: how the phone is connected, and the operator's status with its choice and since when it holds. */

import { element, icon, isBusy, setText } from "../dom.js";
import { word } from "../languages/language.js";

export class Header {
  /** @type {HTMLElement} */ element;
  #connection = element("span", { part: "connection" });
  #connected = element("span");
  #choice;
  #time = element("span", { part: "status-time", role: "timer" });
  #since = null;
  #other = element("option"); // a status that only the backend knows, while it is in use
  #status = "";
  #language;
  #run;

  /**
   * @param {import("../languages/language.js").Language} language
   * @param {import("../panel.js").Run} run
   */
  constructor(language, run) {
    const { words } = language;
    this.#language = language;
    this.#run = run;
    this.#choice = element("select", { part: "status", "aria-label": words.operatorStatus });
    this.#connection.append(element("span", { part: "indicator", class: "light", "aria-hidden": "true" }), this.#connected);
    const options = Object.entries(words.status).map(([value, text]) => element("option", { value }, text));
    this.#choice.append(...options);
    this.#choice.addEventListener("change", () => this.#choose());
    const light = element("span", { class: "light", "aria-hidden": "true" });
    const status = element("label", { class: "status" }, light, this.#choice, this.#time, icon("chevron"));
    const slot = element("slot", { name: "header" });
    this.element = element("header", { part: "header" }, this.#connection, status, slot);
  }

  draw({ connectionStatus, operatorStatus, statusSince }) {
    this.#connection.dataset.status = connectionStatus;
    setText(this.#connected, word(this.#language.words.connection, connectionStatus));
    this.#status = operatorStatus ?? "";
    this.#since = statusSince ?? null; // not every hub knows it
    if (!isBusy(this.#choice)) this.#show();
    this.tick(Date.now());
  }

  /** The choice leaves just as much room as the time takes. */
  tick(now) {
    const time = this.#language.clock(this.#since, now);
    setText(this.#time, time);
    this.#choice.style.setProperty("--signs", time.length);
  }

  #show() {
    const known = !this.#status || Object.hasOwn(this.#language.words.status, this.#status);
    if (known) this.#other.remove();
    else this.#choice.append(this.#other);
    this.#other.value = this.#status;
    setText(this.#other, this.#status);
    this.#choice.value = this.#status;
    this.#choice.parentElement.dataset.status = this.#status;
  }

  /** Someone who walks the list by arrow keys chooses faster than the backend answers: the last choice counts. */
  async #choose() {
    if (isBusy(this.#choice)) return;
    let chosen;
    let done;
    do {
      chosen = this.#choice.value;
      done = await this.#run(this.#choice, (client) => client.setStatus(chosen));
    } while (done && this.#choice.value !== chosen);
    this.#show();
  }
}
