/** How a tab comes by a port to the hub: of the SharedWorker of the site, or where there is none, of one that a tab hosts. */

const PARTS = import.meta.parts ?? ".";

/**
 * @param {URL} url of the worker script
 * @param {boolean} extendedLifetime whether the worker is to outlive its last tab for a while
 * @param {{failed: (message: string) => void, instead: (port: MessagePort) => void, again: () => void}} tell that it
 *   could not start, that another port takes the place of the first, that a worker is to be asked for again
 * @param {boolean} [mayChange] whether to try the other lifetime
 * @returns {MessagePort}
 */
export function openWorker(url, extendedLifetime, tell, mayChange = true) {
  const failed = async (why) => tell.failed(`The phone could not start: ${why || (await trouble(url))}`);
  if (!globalThis.SharedWorker) return portToElected(trusted(url), { failed, again: tell.again });
  let known = false; // whether this browser knows of extended lifetimes: one that does reads the option
  const options = { type: "module", get extendedLifetime() { known = true; return extendedLifetime; } };
  const worker = new SharedWorker(trusted(url), options);
  worker.addEventListener("error", ({ message }) => {
    // A worker refuses pages that want another lifetime than the page that started it: then do as that one did. Not
    // in other browsers: Firefox never answers a worker that is made in the moment another one failed.
    if (known && mayChange) return tell.instead(openWorker(url, !extendedLifetime, tell, false));
    failed(message);
  });
  return worker.port;
}

/** Browsers do not say why they could not load a worker. */
async function trouble(url) {
  try {
    return await (await import(`${PARTS}/sip-client-trouble.js`)).trouble(url);
  } catch {
    return `${url.pathname} could not be loaded.`;
  }
}

/** Any other script would run as a worker of the page's own, also one that somebody could write: a blob: or an upload. */
function createScriptURL(text) {
  if (text.startsWith(`${origin}/`) && new URL(text).pathname.endsWith("/sip-worker.js")) return text;
  throw new TypeError(`${text} is no sip-worker.js of this site.`);
}

/** Under Trusted Types a worker is made of a TrustedScriptURL only; one policy serves all copies of this script in a page. */
function trusted({ href }) {
  const rules = { createScriptURL };
  const policy = (globalThis[Symbol.for("sip-phone")] ??= globalThis.trustedTypes?.createPolicy("sip-phone", rules) ?? rules);
  return policy.createScriptURL(href);
}

/** Where there is no SharedWorker, one tab hosts the hub for all. */
function portToElected(address, tell) {
  const { port1, port2 } = new MessageChannel();
  import(`${PARTS}/sip-elected-worker.js`)
    .then(({ elect }) => elect(address, port2, tell))
    .catch(({ message }) => tell.failed(message));
  return port1;
}
