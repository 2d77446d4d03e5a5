/**
 * Stands in for SharedWorker where a browser has none: of all pages one is elected by a Web Lock and hosts the hub in a
 * dedicated worker. Where it goes, freezes or lets go of the phone, the next one does. Where there are no locks either,
 * each page hosts a hub for itself.
 */

import { TabEnd } from "../wire/channels.js";
import { haveLocks, inTurn, released } from "../wire/locks.js";

if (!haveLocks) {
  console.warn(
    "This browser has no SharedWorker, and without https no Web Locks: each tab is a phone of its own, with a connection " +
      "of its own, and all of them ring.",
  );
}

/** @type {Map<string, Candidate>} this page's, by the address of the worker */
const candidates = new Map();

/**
 * Connects a client to the hub that all pages share, and lets this page host it when it is its turn.
 * @param {string | TrustedScriptURL} address of sip-worker.js
 * @param {MessagePort} port to the client
 * @param {{failed: (why: string) => void, again: () => void}} tell the client that the hub cannot start (`why` may be
 *   empty), and that it is to ask for another
 */
export function elect(address, port, tell) {
  const key = String(address);
  if (!candidates.has(key)) candidates.set(key, new Candidate(address, () => candidates.delete(key)));
  candidates.get(key).connect(port, tell);
}

/** One page that hosts a hub, or waits for its turn. */
class Candidate {
  #address;
  #withdrawn;
  #name; // of the worker, its lock and its door
  #door;
  #ends = new Set(); // one for each client of this page
  #page = new AbortController();
  #turn = new AbortController();
  #worker = null;
  #isOpen = false; // the worker has loaded

  constructor(address, withdrawn) {
    this.#address = address;
    this.#withdrawn = withdrawn;
    this.#name = `sip-phone-hosted-${haveLocks ? address : crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
    this.#door = new BroadcastChannel(this.#name);
    this.#door.onmessage = ({ data }) => this.#hear(data);
    this.#watchPage();
    this.#contend();
  }

  connect(port, tell) {
    this.#ends.add(new TabEnd(this.#door, port, tell, (end) => this.#disconnect(end)));
  }

  #disconnect(end) {
    this.#ends.delete(end);
    if (this.#ends.size === 0) this.#withdraw();
  }

  /** A page that is frozen must not host, nor get the lock while it cannot know of it. */
  #watchPage() {
    const { signal } = this.#page;
    addEventListener("pagehide", () => this.#leave(), { signal });
    document.addEventListener("freeze", () => this.#rest(), { signal });
    document.addEventListener("resume", () => this.#contend(), { signal });
  }

  #leave() {
    for (const end of this.#ends) end.leave();
    this.#withdraw();
  }

  #withdraw() {
    if (this.#page.signal.aborted) return;
    this.#page.abort();
    this.#rest();
    this.#door.close();
    this.#withdrawn();
  }

  #rest() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#turn.abort();
  }

  /** Hosts a hub when it is its turn; and again when that has ended, or somebody took the lock away. */
  async #contend() {
    this.#turn = new AbortController();
    const { signal } = this.#turn;
    try {
      await inTurn(`sip-phone-host-${this.#address}`, signal, () => this.#host(signal));
    } catch ({ name, message }) {
      if (name !== "AbortError") return this.#fail(message);
    }
    if (signal.aborted) return;
    this.#rest();
    this.#contend();
  }

  /** Resolves when the hub has ended, or this page has given up its turn. */
  async #host(signal) {
    // A worker that is ended in the midst of something takes a while, and keeps its stream and its lock for so long.
    if (haveLocks) await released(this.#name, signal);
    if (signal.aborted) return;
    this.#isOpen = false;
    await new Promise((ended) => {
      this.#worker = new Worker(this.#address, { type: "module", name: this.#name });
      this.#worker.onmessage = ({ data: { failed } }) => (failed ? this.#fail(null) : ended());
      this.#worker.onerror = ({ message }) => this.#isOpen || this.#fail(message ?? "");
      signal.addEventListener("abort", ended);
    });
  }

  /** Nobody tries again by himself. */
  #fail(why) {
    if (this.#page.signal.aborted) return;
    this.#door.postMessage({ failed: true, why });
    this.#giveUp(why);
  }

  /** @param {string | null} why if the clients have not heard it from the hub */
  #giveUp(why) {
    this.#withdraw();
    if (why === null) return;
    for (const end of this.#ends) end.fail(why);
  }

  #hear(data) {
    const { hub, failed, why } = data ?? {};
    if (failed) return this.#giveUp(why);
    if (!hub) return;
    this.#isOpen = true;
    for (const end of this.#ends) end.meet(hub);
  }
}
