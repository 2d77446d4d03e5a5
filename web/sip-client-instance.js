/**
 * Which worker the tabs of a site use. A page cannot end a worker that hangs, so the tabs leave it for another: the same
 * script with another `instance` in its address. They agree by a record in localStorage; without it each counts alone.
 */

const MOST = 3; // replacements in a minute, by all tabs together
const MINUTE = 60_000; // ms

export class Instance {
  #url;
  #key;
  #number = 0;
  #record = { number: 0, times: [] }; // the last one known; `times` are those of the last replacements
  #refused = false;

  /** @param {URL} url the address of the worker script */
  constructor(url) {
    this.#url = url;
    this.#key = `sip-phone-instance ${url.pathname}${url.search}`;
    this.follow();
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
    const { number } = this.#read();
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

  #leave() {
    this.#number += 1;
    this.#write({ number: this.#number, times: [...this.#recent(), Date.now()] });
  }

  #recent() {
    return this.#read().times.filter((time) => Math.abs(Date.now() - time) < MINUTE);
  }

  #read() {
    try {
      const { number, times } = JSON.parse(localStorage.getItem(this.#key));
      if (Number.isSafeInteger(number) && Array.isArray(times)) this.#record = { number, times };
    } catch {
      // There is no storage, or nothing readable in it: what this tab knows has to do.
    }
    return this.#record;
  }

  #write(record) {
    this.#record = record;
    try {
      localStorage.setItem(this.#key, JSON.stringify(record));
    } catch {
      // Then the other tabs find out by themselves.
    }
  }
}
