/**
 * A call that rings must be answered by a click, whatever the page has put over the phone. While something covers the
 * controls of such a call, the phone stands in the top layer, where no z-index reaches. Under a modal dialog browsers
 * make it inert even there; then clicks that fall on its buttons are passed on to them.
 */

import css from "./front.css";
import { element, windowOf } from "../dom.js";
import { clickFor } from "../input/hands.js";
import { adopt } from "../style-sheets.js";

const PACE = 250; // ms between two looks while a call rings
const OF_A_CLICK = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"];

/**
 * @param {SipPhoneWidget} phone
 * @param {SipClient} client
 * @param {AbortSignal} signal ends it
 */
export function keepInFront(phone, client, signal) {
  const front = new Front(phone.shadowRoot);
  client.addEventListener("statechange", () => front.look(), { signal });
  const here = windowOf(phone);
  for (const name of OF_A_CLICK) here.addEventListener(name, (event) => front.pass(event), { signal, capture: true });
  signal.addEventListener("abort", () => front.rest());
  front.look();
}

class Front {
  #root;
  #timer = 0;
  #cover = null; // what the phone has come in front of
  #place = element("div"); // keeps the place in the page

  constructor(root) {
    this.#root = root;
  }

  /** Come to the front if a call rings that cannot be clicked, and go back when none rings any more. */
  look() {
    const controls = [...this.#root.querySelectorAll("[part~=ringing] [part~=action]:not([hidden])")];
    if (!controls[0]) return this.rest();
    this.#timer ||= setInterval(() => this.look(), PACE);
    const cover = controls.map((control) => this.#coverOf(control)).find(Boolean);
    if (cover && cover !== this.#cover) this.#rise(cover);
  }

  rest() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#cover = null;
    const box = this.#box;
    if (!box?.popover) return;
    box.popover = null;
    box.style.inlineSize = "";
    this.#place.remove();
  }

  /** A click that falls on a button which the page's dialog has made inert. */
  pass(event) {
    const box = this.#box;
    if (!box?.popover || !event.isTrusted || event.composedPath().includes(box)) return;
    const isHit = (control) => inside(event, control.getBoundingClientRect());
    const button = [...box.querySelectorAll("button")].find(isHit);
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === "click") clickFor(this.#root, button, event.timeStamp);
  }

  get #box() {
    return this.#root.querySelector(".phone");
  }

  /** What lies over the middle of a control that is in the window. */
  #coverOf(control) {
    const { x, y, width, height } = control.getBoundingClientRect();
    const middle = [x + width / 2, y + height / 2];
    if (!width || this.#box.contains(this.#root.elementFromPoint(...middle))) return null;
    return this.#root.ownerDocument.elementFromPoint(...middle); // of the window in which the phone is now
  }

  #rise(cover) {
    this.#cover = cover;
    const box = this.#box;
    if (!box.showPopover) return; // a browser before 2024 has no top layer for it
    adopt(box, css);
    const { width, height } = box.getBoundingClientRect();
    if (!box.popover) {
      this.#place.style.blockSize = `${height}px`;
      box.after(this.#place);
      box.style.inlineSize = `${width}px`;
      box.popover = "manual";
    } else box.hidePopover(); // what is shown last is in front
    box.showPopover();
  }
}

function inside({ clientX, clientY }, { left, top, right, bottom }) {
  return left <= clientX && clientX < right && top <= clientY && clientY < bottom;
}
