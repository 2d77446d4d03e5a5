/** The second hand of the phone: it moves at every full second, for as long as something shows a time. */

export class Clock {
  #tick;
  #timer = 0;

  /** @param {(now: number) => void} tick gets the time in milliseconds since the epoch */
  constructor(tick) {
    this.#tick = tick;
  }

  /** @param {boolean} isNeeded */
  run(isNeeded) {
    if (!isNeeded) this.stop();
    else if (!this.#timer) this.#timer = setTimeout(() => this.#beat(), 1000 - (Date.now() % 1000));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #beat() {
    this.#timer = 0;
    this.#tick(Date.now());
    this.run(true);
  }
}
