/**
 * Which worker the tabs of a site use. A page cannot end a worker that hangs, so the tabs leave it for another: the same
 * script with another `instance` in its address. They agree by a record in localStorage; without it each counts alone,
 * until the worker that started last sends all others to itself.
 */

const MOST = 3; // replacements in a minute, by all tabs together
const MINUTE = 60_000; // ms

export class Instance {
  #url;
  #key;
  #number = 0;
  #record = [0]; // the last one known: the number, and when workers were replaced lately
  #refused = false;

  /** @param {URL} url the address of the worker script */
  constructor(url) {
    this.#url = url;
    this.#key = `sip-phone-instance ${url.pathname}${url.search}`;
  }

  /** The address of the worker to use. */
  address() {
    this.follow();
    const url = new URL(this.#url);
    if (this.#number > 0) url.searchParams.set("instance", this.#number);
    return url;
  }

  /** Goes where the other tabs are; returns true if that is elsewhere. */
  follow() {
    const [number] = this.#read();
    const moved = number > this.#number;
    if (moved) this.#number = number;
    return moved;
  }

  /** Leaves a worker that hangs; returns false if that has happened too often. */
  replace() {
    if (this.follow()) return true;
    this.#refused = this.#recent().length >= MOST;
    if (!this.#refused) this.#leave();
    return !this.#refused;
  }

  /** A person asks again: leaves a worker that `replace` has refused to leave; returns true if there was one. */
  insist() {
    const refused = this.#refused;
    this.#refused = false;
    if (refused && !this.follow()) this.#leave();
    return refused;
  }

  /** The worker has made way for that one, or for another build of itself. */
  go(number = this.#number) {
    this.#number = number;
    this.#write([number, ...this.#recent()]);
  }

  #leave() {
    this.#number += 1;
    this.#write([this.#number, ...this.#recent(), Date.now()]);
  }

  #recent() {
    return this.#read().slice(1).filter((time) => Math.abs(Date.now() - time) < MINUTE);
  }

  /** No JSON: old libraries change what arrays are in it. */
  #read() {
    try {
      const text = localStorage.getItem(this.#key);
      if (/^\d{1,15}( \d{1,15})*$/.test(text)) this.#record = text.split(" ").map(Number);
    } catch {
      // There is no storage: what this tab knows has to do.
    }
    return this.#record;
  }

  #write(record) {
    this.#record = record;
    try {
      localStorage.setItem(this.#key, record.join(" "));
    } catch {
      // Then the other tabs find out by themselves.
    }
  }
}
