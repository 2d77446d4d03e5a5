/**
 * Watches whether the hub lives and answers. It waits for the hub's lock, which is released in the moment that the hub
 * dies; and it PINGs, which finds a hub that hangs, and where there are no locks also one that has died.
 */

import { haveLocks, hubLock, released, steal } from "../wire/locks.js";

const BEAT = 3_000; // ms between two PINGs
// Beats are counted, and no time is measured: a page that slept must not think that the hub did.
const MISSED = 2; // beats without a word after which a hub hangs
const MISSED_AT_START = 7; // the same for one that loads, and may be too busy to answer
const SLOWLY = 15_000; // ms between two PINGs of a hidden tab; but all may be hidden, and one has to notice

export class HubWatch {
  #tell;
  #timer = 0;
  #missed = 0;
  #pingedAt = 0;
  #answered = false; // the worker has spoken
  #started = false; // Python has
  #epoch = null; // of the hub whose lock is waited for
  #dead = null; // the epoch of the hub that died last; one that speaks on has no lock, and is not asked for it again
  #waiting = new AbortController();

  /** @param {{ping: () => void, unanswered: () => void, died: () => void, hangs: () => void}} tell what it may say */
  constructor(tell) {
    this.#tell = tell;
  }

  /** From now on a hub is to answer. */
  start() {
    this.stop();
    this.#missed = 0;
    this.#answered = this.#started = false;
    this.#epoch = null;
    this.#timer = setInterval(() => this.#beat(), BEAT);
    this.#ping();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#waiting.abort();
  }

  /** The hub has said something. */
  heard({ type, epoch, rev }) {
    this.#missed = 0;
    this.#answered = true;
    if (rev > 0) this.#started = true;
    // A hub says PONG when it holds its lock; who asks before it does would take it for dead.
    if (type === "PONG" && haveLocks && this.#timer && ![this.#epoch, this.#dead].includes(epoch)) this.#await(epoch);
  }

  /** Takes its lock from a hub that hangs: it ends itself if it ever wakes, and the other tabs know. */
  depose() {
    this.stop();
    if (this.#epoch) steal(hubLock(this.#epoch));
  }

  async #await(epoch) {
    this.#waiting.abort();
    this.#waiting = new AbortController();
    this.#epoch = epoch;
    if (!(await released(hubLock(epoch), this.#waiting.signal))) return;
    this.stop();
    this.#dead = epoch;
    this.#tell.died();
  }

  /** With locks, a hub that hangs is looked for where somebody sees it, and slowly elsewhere: hidden tabs may sleep. */
  #beat() {
    const rests = this.#known && haveLocks && document.visibilityState === "hidden";
    if (rests && performance.now() - this.#pingedAt < SLOWLY) return;
    if (this.#missed >= (this.#started ? MISSED : MISSED_AT_START)) return this.#tell.hangs();
    // A worker that is closing takes a port and never answers, and one that dies before its first PONG does so unseen.
    if (!this.#known && this.#missed > 0 && this.#missed % MISSED === 0) this.#tell.unanswered();
    this.#ping();
  }

  /** True if the worker has spoken, and where there are locks, so that its death will be noticed. */
  get #known() {
    return haveLocks ? this.#epoch !== null : this.#answered;
  }

  #ping() {
    this.#missed += 1;
    this.#pingedAt = performance.now();
    this.#tell.ping();
  }
}
