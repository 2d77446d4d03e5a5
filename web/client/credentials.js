/**
 * The headers that a page wants to go with every request to the backend, such as a CSRF token: an object, or a function
 * that returns one or a promise of one.
 *
 * @typedef {Record<string, string>} Headers
 * @typedef {Headers | (() => Headers | Promise<Headers>)} HeadersSource
 */
export class Credentials {
  #source;
  #tell;
  /** @type {Promise<void> | null} settles when the page has said which headers it wants; commands wait for that */
  asking = null;
  /** @type {Headers | undefined} what the page said last */
  known;

  /**
   * @param {HeadersSource | null | undefined} source
   * @param {(headers: Headers) => void} tell is told of headers that the hub does not know
   * @param {(reason: Error) => void} failed is told why the page's function returned none
   */
  constructor(source, tell, failed) {
    this.#source = source;
    this.#tell = (headers) => tell((this.known = headers));
    this.failed = failed;
  }

  get source() {
    return this.#source;
  }

  /** Ask the page, at once where it answers at once. */
  ask() {
    if (!this.#source) return;
    try {
      const said = typeof this.#source === "function" ? this.#source() : this.#source;
      if (typeof said?.then !== "function") return this.#tell(said);
      const done = () => (this.asking = null);
      this.asking = Promise.resolve(said).then(this.#tell).catch(this.failed).then(done);
    } catch (reason) {
      this.failed(reason);
    }
  }

  /**
   * The backend refused them. Ask once more; several commands that were refused at the same time ask together.
   * @returns {Promise<boolean>} whether it makes sense to send a command again
   */
  async renew() {
    if (typeof this.#source !== "function") return false;
    if (!this.asking) this.ask();
    await this.asking;
    return true;
  }
}
