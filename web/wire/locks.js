/**
 * Web Locks, by which a tab and the hub learn at once that the other has died. A lock that is held says that its holder
 * lives, one that is granted says that it does not. Only secure contexts have them.
 */

const locks = globalThis.navigator?.locks;

export const haveLocks = locks !== undefined;

/** The lock that the hub of that epoch holds while it lives. */
export function hubLock(epoch) {
  return `sip-phone-hub-${epoch}`;
}

/**
 * Asks for a lock, without waiting for it, and keeps it until `release` is called or the page is gone.
 * @param {string} name
 * @param {() => void} lost called if the browser or somebody else takes it away
 * @returns {{name: string, release: () => void} | null} null where there are no locks
 */
export function hold(name, lost) {
  if (!locks) return null;
  let release;
  const held = new Promise((resolve) => (release = resolve)); // not every browser has Promise.withResolvers
  locks.request(name, () => held).catch(lost);
  return { name, release };
}

/**
 * Resolves to true when nobody holds that lock any more, and to false when `signal` aborts before.
 * @param {string} name
 * @param {AbortSignal} signal
 */
export function released(name, signal) {
  return locks.request(name, { mode: "shared", signal }, () => !signal.aborted).catch(ended);
}

/**
 * Resolves when that lock is held, from then on for ever, or could not be had for so long, and at once where there are none.
 * @param {string} name
 * @param {number} patience ms
 */
export async function turn(name, patience) {
  if (!locks) return;
  await new Promise((resolve) => {
    const forEver = () => new Promise(() => resolve());
    locks.request(name, { signal: AbortSignal.timeout(patience) }, forEver).catch(resolve);
  });
}

/**
 * Waits for that lock, and keeps it while `work` goes on; without locks nobody waits. Rejects with an AbortError when the
 * lock is taken away, or `signal` has ended the waiting.
 * @param {string} name
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} work
 */
export async function inTurn(name, signal, work) {
  await (locks ? locks.request(name, { signal }, work) : work());
}

/** Takes that lock from whoever holds it. A hub that has lost its lock ends itself as soon as it can. */
export function steal(name) {
  locks?.request(name, { steal: true }, () => {}).catch(ended);
}

function ended() {
  return false;
}
