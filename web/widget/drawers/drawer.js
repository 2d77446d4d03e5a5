/** What a button opens below it, a keypad for one. What is in it comes in a file of its own, for most tabs do without. */

import { part } from "../feature-modules.js";
import { adopt } from "../style-sheets.js";

/** @type {typeof import("./sip-phone-drawers.js") | null} */ export let drawers = null;
let fetching = null;

/** Have them here; rejects if they cannot be had. */
export async function fetchDrawers() {
  fetching ??= part("drawers"); // one for all who wait for it, so that they go on in the order in which they came
  drawers = await fetching;
  if (drawers) return;
  fetching = null;
  throw { code: "part_not_loaded" };
}

export class Drawer {
  #button;
  #place;
  #run;
  #make;
  /** @type {HTMLElement | null} while it is open */ #content = null;

  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} place the drawer stands at its end, and Escape in it closes the drawer
   * @param {import("../panel.js").Run} run
   * @param {(drawers: typeof import("./sip-phone-drawers.js")) => HTMLElement} make
   */
  constructor(button, place, run, make) {
    this.#button = button;
    this.#place = place;
    this.#run = run;
    this.#make = make;
    place.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !this.#content) return;
      this.close();
      button.focus();
    });
    this.close();
  }

  get isOpen() {
    return Boolean(this.#content);
  }

  has(node) {
    return this.#content?.contains(node);
  }

  /** What is in it then, or null if it could not be had or nobody can want it any more. */
  async open() {
    if (!drawers && !(await this.#run(this.#button, fetchDrawers))) return null;
    if (this.#button.hidden || !this.#place.isConnected) return null;
    adopt(this.#place, drawers.css);
    this.#content = this.#make(drawers);
    this.#place.append(this.#content);
    this.#button.ariaExpanded = "true";
    return this.#content;
  }

  /** What was typed in it is forgotten. */
  close() {
    this.#content?.remove();
    this.#content = null;
    this.#button.ariaExpanded = "false";
  }
}
