/**
 * Calls that a person need not be told of again. A hub that only starts knows no calls, so one that is not there is not
 * over yet: it is when the hub says so.
 */

const MOST = 100; // whose end nobody has told; older ones are over

export class KnownCalls {
  /** @type {Set<string>} */ #ids = new Set();

  has({ id }) {
    return this.#ids.has(id);
  }

  add({ id }) {
    this.#ids.add(id);
    if (this.#ids.size > MOST) this.#ids.delete(this.#ids.values().next().value);
  }

  /** A call may begin anew under the id of one that is over. */
  follow({ calls, lastCall }) {
    if (lastCall && !calls.some(({ id }) => id === lastCall.id)) this.#ids.delete(lastCall.id);
  }
}
