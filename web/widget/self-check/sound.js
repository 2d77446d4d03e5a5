/** Whether this page may play a sound. Most browsers allow that only after a click or a key, and on some sites always. */

const PATIENCE = 500; // ms in which a sound that may play begins

export class Sound {
  #tried = wasActive() ? true : starts();

  /** @returns {Promise<boolean>} */
  async mayPlay() {
    const policy = navigator.getAutoplayPolicy?.("audiocontext");
    if (policy) return policy === "allowed";
    return wasActive() || this.#tried;
  }
}

/** True if somebody has clicked here or pressed a key since the page was loaded. */
function wasActive() {
  return navigator.userActivation?.hasBeenActive === true;
}

/** Once is enough: a browser that refuses says so in the console each time. */
async function starts() {
  if (!globalThis.AudioContext) return false;
  const context = new AudioContext();
  await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  const started = context.state === "running";
  context.close();
  return started;
}
