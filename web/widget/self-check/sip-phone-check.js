/** The self-check: a panel that tells whoever helps an operator how hub and page are, and saves the journal. */

import { answer, NO_ANSWER, TOO_OLD } from "./answer.js";
import { Sound } from "./sound.js";
import css from "./check.css";
import { say, TERMS, texts } from "./texts.js";
import { checkWords } from "./words.js";
import { button, element, isBusy, setBusy, setText } from "../dom.js";
import { setReason } from "../messages/reason.js";
import { adopt } from "../style-sheets.js";

const EVERY = 1_000; // ms between two looks
const PATIENCE = 3_000; // ms in which a hub answers
const PATIENCE_FOR_JOURNAL = 15_000; // ms; it is written when it is asked for
const SAVING = 60_000; // ms in which a browser has saved a file

/** @type {WeakMap<SipPhoneWidget, SelfCheck>} those that are open */
const opened = new WeakMap();

/**
 * Open, close, or open anew in another panel or language, as the phone's attribute says now.
 * @param {import("../sip-phone-widget.js").SipPhoneWidget} phone
 * @param {HTMLElement} panel
 * @param {import("../languages/language.js").Language} language
 * @param {boolean} isAsked somebody wants it now, so it gets the focus; what is open from the beginning does not
 */
export function turnCheck(phone, panel, language, isAsked) {
  const before = isAsked ? focused(document) : null;
  opened.get(phone)?.close();
  opened.delete(phone);
  if (!phone.check || !phone.isConnected) return;
  const check = new SelfCheck(phone, language);
  opened.set(phone, check);
  check.open(panel, before);
}

/** What has the focus, in whatever shadow tree it may be. */
function focused({ activeElement }) {
  return activeElement?.shadowRoot?.activeElement ? focused(activeElement.shadowRoot) : activeElement;
}

class SelfCheck {
  #phone;
  #language;
  #words;
  #sound = new Sound();
  #texts = Object.fromEntries(TERMS.map((name) => [name, element("dd")]));
  #list;
  #problem = element("p", { part: "check-problem", role: "alert" });
  #said = element("p", { part: "check-said", role: "status" });
  #element;
  #before = null;
  #timer = 0;
  #closed = false;

  /**
   * @param {import("../sip-phone-widget.js").SipPhoneWidget} phone
   * @param {import("../languages/language.js").Language} language
   */
  constructor(phone, language) {
    this.#phone = phone;
    this.#language = language;
    this.#words = checkWords(language.words);
    const row = (name) => element("div", {}, element("dt", {}, this.#words[name]), this.#texts[name]);
    this.#list = element("dl", { part: "check-list" }, ...TERMS.map(row));
    this.#element = this.#assemble(this.#words);
    this.#element.addEventListener("keydown", ({ key }) => key === "Escape" && this.#leave());
  }

  /**
   * Stand at the end of that panel, and look every second.
   * @param {HTMLElement} panel
   * @param {HTMLElement | null} before has the focus and gets it back; null if it is to keep it
   */
  open(panel, before) {
    adopt(panel, css);
    panel.append(this.#element);
    this.#before = before;
    if (before) this.#element.focus();
    this.#look();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    const panel = this.#element.parentElement;
    const hadFocus = this.#element.matches(":focus-within");
    this.#element.remove();
    if (hadFocus) (this.#before?.isConnected ? this.#before : panel.querySelector("input"))?.focus();
  }

  #assemble(words) {
    const close = { part: "check-close", name: "close", label: words.close, look: "bare" };
    const head = element("header", {}, element("h2", { id: "check" }, words.title), button(close, () => this.#leave()));
    const save = button({ part: "check-save", label: words.save }, (control) => this.#do(control, () => this.#save()));
    const copy = button({ part: "check-copy", label: words.copy }, (control) => this.#do(control, () => this.#copy()));
    const buttons = element("div", { class: "check-buttons" }, save, copy);
    const region = { part: "check", role: "region", tabindex: "-1", "aria-labelledby": "check" };
    return element("section", region, head, this.#problem, this.#list, buttons, this.#said);
  }

  #leave() {
    this.#phone.check = false;
  }

  async #look() {
    const { hub, problem } = await this.#ask();
    const said = texts(this.#language, this.#words, hub, await this.#page());
    if (this.#closed) return;
    for (const name of TERMS) setText(this.#texts[name], said[name]);
    if (problem) this.#tell(this.#problem, problem);
    else setText(this.#problem, "");
    if (problem?.code !== TOO_OLD) this.#timer = setTimeout(() => this.#look(), EVERY);
  }

  /** The hub's answer, or what is wrong. */
  async #ask() {
    try {
      return { hub: await this.#answer((client) => client.check(), PATIENCE) };
    } catch (problem) {
      return { hub: null, problem };
    }
  }

  #answer(ask, patience) {
    const { client } = this.#phone;
    if (!client) return Promise.reject({ code: NO_ANSWER, message: this.#language.words.notStarted });
    return answer(client, ask, patience, this.#words);
  }

  async #page() {
    return {
      mayPlay: await this.#sound.mayPlay(),
      notifications: globalThis.Notification?.permission ?? "none",
      shared: globalThis.SharedWorker !== undefined,
      locks: navigator.locks !== undefined,
      secure: isSecureContext,
    };
  }

  /** Do what a button is for, and say what came of it. */
  async #do(control, work) {
    if (isBusy(control)) return;
    setBusy(control, true);
    await work().then((said) => setText(this.#said, said), (problem) => this.#tell(this.#said, problem));
    setBusy(control, false);
  }

  /** Say what is wrong: hub and backend do that in English, the self-check in the panel's language. */
  #tell(node, problem) {
    if ([NO_ANSWER, TOO_OLD].includes(problem.code)) setText(node, problem.message);
    else setReason(node, this.#language, problem);
  }

  async #save() {
    const text = await this.#answer((client) => client.journal(), PATIENCE_FOR_JOURNAL);
    const name = `sip-phone-journal-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.jsonl`;
    const href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    element("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), SAVING);
    return say(this.#words.saved, { name });
  }

  async #copy() {
    const lines = TERMS.map((name) => `${this.#words[name]}: ${this.#texts[name].textContent.replaceAll("\n", "; ")}`);
    try {
      await navigator.clipboard.writeText(lines.join("\n")); // plain http has no clipboard
      return this.#words.copied;
    } catch {
      getSelection().selectAllChildren(this.#list);
      return this.#words.notCopied;
    }
  }
}
