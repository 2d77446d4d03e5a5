/**
 * What a browser has and Node lacks, as far as the scripts in web/ use it. Some scripts look only once, when they are
 * loaded: so a test first gives them what there is, and then imports them.
 */

Promise.withResolvers ??= () => {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}; // Node 20 lacks it

/** Makes these the global ones, also where Node has its own. */
export function give(things) {
  for (const [name, value] of Object.entries(things)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

/** Resolves when all is done that waits for no timer. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Web Locks. Node 24 has some of its own, but never lets go of a request that is aborted. */
export class Locks {
  #held = [];
  #pending = [];

  async request(name, ...given) {
    const callback = given.pop();
    const [{ mode = "exclusive", signal, steal = false } = {}] = given;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers();
    const lock = { name, mode, callback, resolve, reject };
    if (steal) this.#steal(name);
    this.#pending[steal ? "unshift" : "push"](lock);
    signal?.addEventListener("abort", () => this.#abandon(lock, signal.reason));
    this.#grant();
    return promise;
  }

  async query() {
    const told = (locks) => locks.map(({ name, mode }) => ({ name, mode }));
    return { held: told(this.#held), pending: told(this.#pending) };
  }

  #steal(name) {
    const [lost, kept] = [[], []];
    for (const lock of this.#held) (lock.name === name ? lost : kept).push(lock);
    this.#held = kept;
    for (const { reject } of lost) reject(new DOMException("The lock was stolen.", "AbortError"));
  }

  #abandon(lock, reason) {
    if (!this.#pending.includes(lock)) return;
    this.#pending = without(this.#pending, lock);
    lock.reject(reason);
    this.#grant();
  }

  /** First come, first served: who may not have a lock yet is overtaken by nobody that wants the same one. */
  #grant() {
    for (const lock of [...this.#pending]) {
      const before = this.#pending.slice(0, this.#pending.indexOf(lock));
      if ([...this.#held, ...before].some((other) => excludes(other, lock))) continue;
      this.#pending = without(this.#pending, lock);
      this.#held.push(lock);
      queueMicrotask(() => this.#run(lock));
    }
  }

  async #run(lock) {
    try {
      lock.resolve(await lock.callback({ name: lock.name, mode: lock.mode }));
    } catch (reason) {
      lock.reject(reason);
    }
    this.#held = without(this.#held, lock);
    this.#grant();
  }
}

function excludes(one, other) {
  return one.name === other.name && (one.mode === "exclusive" || other.mode === "exclusive");
}

function without(list, item) {
  return list.filter((other) => other !== item);
}

/** BroadcastChannels of one page and its workers. What one says the others have heard at once. */
export class Channel {
  /** @type {Channel[]} */
  static open = [];
  onmessage = null;

  constructor(name) {
    this.name = name;
    Channel.open.push(this);
  }

  postMessage(message) {
    if (!Channel.open.includes(this)) throw new DOMException("The channel is closed.", "InvalidStateError");
    const others = Channel.open.filter((channel) => channel !== this && channel.name === this.name);
    for (const { onmessage } of others) onmessage?.({ data: structuredClone(message) });
  }

  close() {
    Channel.open = without(Channel.open, this);
  }
}

/** localStorage. */
export class MemoryStorage {
  #items = new Map();

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  clear() {
    this.#items.clear();
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }
}

/** A tab's end of a port. What the tab posts is in `heard`, and what the hub says is there at once. */
export class Port extends EventTarget {
  heard = [];

  postMessage(message) {
    this.heard.push(structuredClone(message));
  }

  say(message) {
    this.dispatchEvent(new MessageEvent("message", { data: structuredClone(message) }));
  }
}

/** What a document tells of itself. */
export class Page extends EventTarget {
  baseURI = "https://site.test/page";
  visibilityState = "visible";

  hasFocus() {
    return this.visibilityState === "visible";
  }
}

/**
 * A watch that has started, all that it has told, and what it tells in each of the next beats.
 */
export function watching(t, HubWatch) {
  const told = [];
  const tell = ["ping", "unanswered", "died", "hangs"].map((name) => [name, () => told.push(name)]);
  const watch = new HubWatch(Object.fromEntries(tell));
  const beat = () => {
    const before = told.length;
    t.mock.timers.tick(3_000);
    return told.slice(before).join(" ");
  };
  watch.start();
  return { watch, told, beats: (count) => Array.from({ length: count }, beat) };
}
