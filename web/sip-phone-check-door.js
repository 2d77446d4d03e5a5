/** The way into the self-check, by the attribute `check` or by Alt+Shift+I: its file is fetched when somebody opens it. */

export class CheckDoor {
  #phone;
  /** @type {import("./sip-phone-panel.js").Panel | null} where it opens */ #panel = null;
  #language = null;
  #check = null;
  #listening = null;

  /** @param {import("./sip-phone-widget.js").SipPhoneWidget} phone */
  constructor(phone) {
    this.#phone = phone;
  }

  /** Be there for this panel, in its language. What is open from the beginning leaves the focus where it is. */
  enter(panel, language) {
    this.leave();
    if (!this.#phone.isConnected) return;
    this.#panel = panel;
    this.#language = language;
    this.#listening = new AbortController();
    addEventListener("keydown", (event) => this.#press(event), { signal: this.#listening.signal });
    if (this.#phone.check) this.#open(null);
  }

  leave() {
    this.#listening?.abort();
    this.#close();
    this.#panel = null;
  }

  /** The attribute has changed. */
  turn() {
    if (!this.#phone.check) return this.#close();
    if (this.#panel) return this.#open(focused(document));
  }

  /** @param {Element | null} before has the focus and gets it back; null if it is to keep it */
  async #open(before) {
    const panel = this.#panel;
    try {
      const { SelfCheck } = await import("./sip-phone-check.js");
      if (this.#check || panel !== this.#panel || !this.#phone.check) return;
      this.#check = new SelfCheck(this.#phone, this.#language);
      this.#check.open(panel.element, before);
    } catch (reason) {
      console.warn(`The self-check could not be loaded: ${reason.message}`);
      this.#phone.check = false;
      panel.showError({ code: "check_not_loaded" });
    }
  }

  #close() {
    this.#check?.close();
    this.#check = null;
  }

  #press(event) {
    const { altKey, shiftKey, ctrlKey, metaKey, code, defaultPrevented } = event;
    if (defaultPrevented || code !== "KeyI" || !altKey || !shiftKey || ctrlKey || metaKey) return;
    event.preventDefault();
    if (!event.repeat) this.#phone.check = !this.#phone.check;
  }
}

/** What has the focus, in whatever shadow tree it may be. */
function focused({ activeElement }) {
  return activeElement?.shadowRoot?.activeElement ? focused(activeElement.shadowRoot) : activeElement;
}
