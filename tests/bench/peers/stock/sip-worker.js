/**
 * A peer of the benchmark: the same Python hub, started as Pyodide's manual says, and nothing done to be faster.
 * It answers ports while Python loads, as the protocol asks; what it does not have is care for a boot that fails.
 */

import hub from "./hub.js"; // the benchmark puts the hub's source there

const api = new URL(self.location.href).searchParams.get("api") ?? "/api/sip";
const epoch = crypto.randomUUID();
navigator.locks?.request(`sip-phone-hub-${epoch}`, () => new Promise(() => {})); // tabs wait for its release
const runtime = new URL(`./${hub.runtime}/`, import.meta.url).href;

/** @type {Map<number, MessagePort>} */
const ports = new Map();
/** @type {Array<[number, string]>} what tabs said before the hub was there */
const early = [];
let receive = null;
let count = 0;

self.onconnect = ({ ports: [port] }) => {
  const number = ++count;
  port.onmessage = ({ data }) => {
    ports.set(number, port);
    if (receive) return receive(number, JSON.stringify(data));
    early.push([number, JSON.stringify(data)]);
    if (data?.type === "INIT_PORT") port.postMessage({ type: "SYNC_STATE", payload: hub.state, epoch, rev: 0 });
  };
};

const host = {
  send(numbers, text) {
    const message = JSON.parse(text);
    for (const number of JSON.parse(numbers)) ports.get(number)?.postMessage(message);
  },
  drop(number) {
    ports.delete(number);
  },
  open(url) {
    return new EventSource(url);
  },
  fetch(url, options) {
    return fetch(url, options).catch(() => {});
  },
  text(response) {
    return response.text().catch(() => {});
  },
};

const { loadPyodide } = await import(`${runtime}pyodide.mjs`);
const pyodide = await loadPyodide();
for (const [path, source] of Object.entries(hub.python)) {
  pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  pyodide.FS.writeFile(path, source);
}
const start = pyodide.pyimport("worker_py.browser").start;
const loaded = start(host, epoch, api);
for (const [number, text] of early) loaded(number, text);
receive = loaded;
