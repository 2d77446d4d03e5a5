/**
 * The event stream, opened while Python loads, so that its way there and back costs the start no time. What it says
 * meanwhile is kept, and said again, in order, when the hub listens.
 */

export class EarlyStream {
  #url;
  #source = null;
  #kept = [];
  #keep = (event) => this.#kept.push(event);
  #names;

  /**
   * @param {string} url of the stream; only one of this site is opened
   * @param {string[]} names of the events that the hub knows
   */
  constructor(url, names) {
    this.#url = url;
    this.#names = ["open", "error", ...names];
    if (new URL(url, self.location.href).origin !== self.location.origin) return;
    this.#source = new EventSource(url);
    for (const name of this.#names) this.#source.addEventListener(name, this.#keep);
  }

  /** The EventSource for that address, once: this one if it fits, else a new one. Whoever asks must listen at once. */
  take(url) {
    const source = this.#source;
    if (!source || url !== this.#url) return new EventSource(url);
    this.#source = null;
    for (const name of this.#names) source.removeEventListener(name, this.#keep);
    queueMicrotask(() => this.#kept.forEach((event) => source.dispatchEvent(again(event))));
    return source;
  }

  close() {
    this.#source?.close();
  }
}

/** An event cannot be dispatched twice. */
function again({ type, data, lastEventId }) {
  return data === undefined ? new Event(type) : new MessageEvent(type, { data, lastEventId });
}
