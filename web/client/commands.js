/** The commands of a tab that have no result yet. Each ends once: with its result, or with a SipError. */

/** Why a command was not carried out: `code` for programs, `message` for the person. */
export class SipError extends Error {
  /** @param {{code: string, message: string, retryable?: boolean}} error */
  constructor({ code, message, retryable = false }) {
    super(message);
    this.name = "SipError";
    this.code = code;
    this.retryable = retryable;
  }
}

export class Commands {
  /** @type {Map<string, {resolve: Function, reject: Function, epoch: string | null}>} */
  #open = new Map();

  /**
   * Gives the command with this id to the hub of `epoch`, which is null while it is not known.
   * @param {() => void} send if it throws, that is how the command ends
   * @returns {Promise} what becomes of the command
   */
  begin(id, epoch, send) {
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject, epoch });
      try {
        send();
      } catch (error) {
        this.#open.delete(id);
        reject(error);
      }
    });
  }

  /** The hub has said what became of a command. */
  settle({ id, ok, error, payload }) {
    const command = this.#open.get(id);
    this.#open.delete(id);
    if (ok) command?.resolve(payload);
    else command?.reject(new SipError(error));
  }

  /** No result will come: ends all, or those that were given to another hub than that of `epoch`. */
  reject(error, epoch = null) {
    for (const [id, command] of this.#open) {
      if (epoch && (command.epoch ?? epoch) === epoch) continue;
      this.#open.delete(id);
      command.reject(new SipError(error));
    }
  }
}
