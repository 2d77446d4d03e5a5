/**
 * Keeps account of Python's proxies in the worker that imports it first: Pyodide registers each with a
 * FinalizationRegistry, and takes it out when it is destroyed.
 */

let proxies = 0;
const tokens = new WeakSet(); // by which they are taken out

globalThis.FinalizationRegistry = class extends FinalizationRegistry {
  constructor(collected) {
    super((held) => {
      if (isProxy(held)) proxies -= 1;
      collected(held);
    });
  }

  register(target, held, token) {
    if (isProxy(held)) {
      proxies += 1;
      tokens.add(token);
    }
    super.register(target, held, token);
  }

  unregister(token) {
    if (tokens.delete(token)) proxies -= 1;
    return super.unregister(token);
  }
};

/** Pyodide keeps for each proxy where its object is. */
function isProxy(held) {
  return typeof held === "object" && "ptr" in held;
}

globalThis.pythonProxies = () => proxies;
