/**
 * The event stream, opened while Python loads, so that its way there and back costs the start no time. What it says
 * meanwhile is kept, and said again, in order, when the hub listens.
 */

const { OPEN } = EventSource;

export class EarlyStream {
  #url;
  /** The one that is open, if there is one: the early one, or one that the hub has asked for. @type {EventSource | null} */
  #source = null;
  /** What is left of the early one when it has broken. @type {EventTarget & {readyState: number, close: () => void} | null} */
  #remains = null;
  #kept = [];
  #keep = (event) => {
    this.#kept.push(event);
    if (event.type === "error" && this.#source.readyState !== OPEN) this.#breakOff();
  };
  #names;

  /**
   * @param {string | null} url of the stream; without one none is opened
   * @param {string[]} names of the events that the hub knows
   * @param {Promise<void>} turn when it may be opened; the hub asks for none before
   */
  constructor(url, names, turn) {
    this.#url = url;
    this.#names = ["open", "error", ...names];
    if (url) turn.then(() => this.#open());
  }

  #open() {
    this.#source = new EventSource(this.#url);
    for (const name of this.#names) this.#source.addEventListener(name, this.#keep);
  }

  /** One that broke is not left to the browser's own retry, which a server can make a storm: the hub tries again. */
  #breakOff() {
    const { readyState } = this.#source;
    this.#source.close();
    this.#remains = Object.assign(new EventTarget(), { readyState, close() {} });
  }

  /** The EventSource for that address: once the early one if it fits, else a new one. Whoever asks must listen at once. */
  take(url) {
    const isEarly = this.#source !== null && url === this.#url;
    this.#url = null;
    if (!isEarly) return (this.#source = new EventSource(url));
    for (const name of this.#names) this.#source.removeEventListener(name, this.#keep);
    const source = this.#remains ?? this.#source;
    queueMicrotask(() => this.#kept.forEach((event) => source.dispatchEvent(again(event))));
    return source;
  }

  /** The worker ends: a browser may take its time to end what a worker has left open, and the next one has a stream too. */
  close() {
    this.#source?.close();
  }
}

/** An event cannot be dispatched twice. */
function again({ type, data, lastEventId }) {
  return data === undefined ? new Event(type) : new MessageEvent(type, { data, lastEventId });
}
