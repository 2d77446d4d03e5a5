/**
 * The bootstrap of the hub, a module SharedWorker, or where there is none a dedicated worker of one tab: it takes ports
 * at once, answers them while Python loads, and then hands everything to worker_py. It decides nothing about calls.
 */

import { apiPath, DEFAULT_API, isOwn } from "../wire/api-path.js";
import { loadHub } from "./boot.js";
import { openDoor } from "../wire/channels.js";
import { EarlyStream } from "./early-stream.js";
import { hold, hubLock, turn } from "../wire/locks.js";

const BUILD = null; // build.py puts the hub here

const BOOT_DEADLINE = 30_000; // ms after the last byte that came
const ENDING = 2_000; // ms in which a browser ends a worker, also one that hangs
const CLOSING = 250; // ms; by then the backend has seen that a stream was closed
const SILENCE = 1_000; // ms after which a tab that has said nothing is asked who it is
const PROGRESS_AFTER = 1_000; // ms; a quicker start shows none
const PROGRESS_EVERY = 100; // ms
const YOUNG = 1_000; // ms; workers no older than that start at the same time
const FOREIGN_API = `The address of the API is a path on the page's own site, such as ${DEFAULT_API}.`;

/** Names this hub; a tab that sees another one knows that the hub began anew. */
const epoch = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const locked = holdLock();
const isShared = "onconnect" in self;
if (!isShared) hold(self.name, () => end()); // the next one is started when this one is gone, and its stream
const api = apiPath(new URL(self.location.href).searchParams.get("api") ?? DEFAULT_API);
const events = `${api}/events`;

// Which of the workers that may take each other's place; see sip-client-instance.js.
const instance = Number(/[?&]instance=(\d+)/.exec(self.location.href)?.[1] ?? 0);
const site = self.location.href.replace(/[?&]instance=\d+/, "");
const others = new BroadcastChannel(`sip-phone-workers ${site}`);
// Firefox tells pages of an exception in here as of a worker that could not start: what is no word of ours must raise none.
others.onmessage = ({ data }) => typeof data?.epoch === "string" && hearOther(data);
const announce = () => others.postMessage({ epoch, instance });
announce();
// The worker before this one may still be there when its last page has gone, and its stream with it.
const alone = turn(`sip-phone-stream ${site}`, ENDING);
const stream = new EarlyStream(isOwn(events) ? events : null, BUILD.events, alone);

/** @typedef {MessagePort | import("../wire/channels.js").HubEnd} Port */
/** @type {Map<number, Port>} the ports that may still be reached, by the number under which Python knows them */
const ports = new Map();
/** @type {Array<[number, string, any]>} what tabs said before the hub was there */
const early = [];
/** What a tab that comes is told until the hub is there: that it is still starting, or that it could not. */
let current = syncState(BUILD.state, 0);
/** @type {((port: number, text: string) => void) | null} */
let hub = null;
/** @type {{code: string, message: string} | null} */
let failure = null;
let count = 0;
/** @type {Promise<void> | null} */
let booting = null;
let lastByteAt = 0; // by performance.now()

self.onconnect = ({ ports: [port] }) => take(port);
if (!isShared) openDoor(self.name, epoch, take);

/**
 * WebKit runs this script anew, on the same ports, when the page has gone that hosted the worker before. The tabs do not
 * know, and have said who they are already.
 * @param {Port} port a tab's that has just come
 */
function take(port) {
  const number = ++count;
  const silence = setTimeout(() => port.postMessage({ type: "REINIT", epoch }), SILENCE);
  port.onmessage = ({ data }) => {
    clearTimeout(silence);
    receive(number, port, data);
    booting ??= boot(); // not before: the first tab would wait for its answer, and draw late
  };
}

/** A tab that was dropped and speaks again (it came back from the bfcache) is taken in again with its first word. */
function receive(number, port, data) {
  ports.set(number, port);
  if (data?.type === "INIT_PORT" && !hub) port.postMessage(current);
  if (hub) hub(number, encode(data));
  else if (data?.type === "PING") answerPing(port);
  else if (failure) refuse(port, data);
  else early.push([number, encode(data), data]);
}

/** A tab that has heard PONG may ask for the hub's lock, and gets it when the hub is dead: so it must be held by then. */
async function answerPing(port) {
  await locked;
  port.postMessage({ type: "PONG", epoch, rev: current.rev });
}

/** Resolves when the hub's lock is held, or cannot be. A hub that hung until a tab took its lock is replaced: it ends. */
function holdLock() {
  return new Promise((resolve) => {
    if (!self.navigator.locks) return resolve();
    const forEver = () => new Promise(() => resolve());
    self.navigator.locks
      .request(hubLock(epoch), forEver)
      .catch(({ name }) => (name === "AbortError" ? end() : resolve()));
  });
}

/**
 * Another worker of the site has started: pages may forget which one they had agreed on. There is one hub all the same,
 * since the one that started last stays, and the tabs of this one follow. Of those that start at the same time the first
 * in place stays: a page with nothing of ours can follow to no other.
 */
function hearOther({ instance: place }) {
  if (place === instance) return; // a browser keeps those apart by itself
  if (performance.now() < YOUNG && instance < place) return announce();
  const farewell = { type: "OUTDATED", version: BUILD.version, retired: true, instance: place };
  for (const port of ports.values()) port.postMessage(farewell);
  stream.close();
  setTimeout(end, CLOSING, true); // the next hub opens its stream when this worker is gone
}

/** JSON, so that null stays null and nothing uncloneable crosses into Python. Of what is no JSON the hub refuses the payload. */
function encode(data) {
  try {
    return JSON.stringify(data) ?? "null";
  } catch {
    const [type, id] = [data.type, data.id].map((value) => (typeof value === "string" ? value : undefined));
    return JSON.stringify({ type, id, payload: "no JSON" });
  }
}

function syncState(payload, rev) {
  return { type: "SYNC_STATE", payload, epoch, rev };
}

/** What Python may ask of the bootstrap. */
const host = {
  send(numbers, text) {
    const message = JSON.parse(text);
    for (const number of JSON.parse(numbers)) ports.get(number)?.postMessage(message);
  },
  drop(number) {
    ports.get(number)?.drop?.();
    ports.delete(number);
  },
  open(url) {
    return stream.take(url);
  },
  // WebKit's error of a request that fails has no stack. Of such a one Pyodide makes no exception: Python would wait for ever.
  fetch(url, options) {
    return fetch(url, options).catch(() => {});
  },
  text(response) {
    return response.text().catch(() => {});
  },
  retire() {
    end();
  },
};

/**
 * Ends this worker, and its stream. A tab that hosts it is told, and whether it is any use to start another: it would not
 * notice.
 */
function end(isLast = failure !== null) {
  stream.close();
  if (!isShared) self.postMessage({ failed: isLast });
  self.close();
}

/** Rejects when the boot does not end; a download that goes on may take as long as it likes. */
function deadline() {
  lastByteAt = performance.now();
  return new Promise((_, reject) => {
    const look = () => {
      const rest = lastByteAt + BOOT_DEADLINE - performance.now();
      if (rest > 0) setTimeout(look, rest);
      else reject(new Error(`Python did not start in ${BOOT_DEADLINE / 1000} s.`));
    };
    look();
  });
}

/** Notes each byte that comes, and tells all tabs how far a long download is. */
function progress() {
  let next = performance.now() + PROGRESS_AFTER;
  return (part) => {
    lastByteAt = performance.now();
    if (part === undefined || lastByteAt < next) return;
    next = lastByteAt + PROGRESS_EVERY;
    for (const port of ports.values()) port.postMessage({ type: "PROGRESS", progress: part, epoch });
  };
}

async function boot() {
  try {
    if (!isOwn(events)) throw new Error(FOREIGN_API);
    const started = Promise.all([loadHub(BUILD, import.meta.url, progress()), locked, alone]);
    const [pyodide] = await Promise.race([started, deadline()]);
    hub = pyodide.pyimport("worker_py.browser").start(host, epoch, api, BUILD.version);
    for (const [number, text] of early) hub(number, text);
  } catch (reason) {
    fail(reason);
  }
  early.length = 0;
}

/** Tells every tab, and ends the worker, so that the next tab gets a fresh one. */
function fail(reason) {
  console.error(reason);
  const why = reason?.message?.trim().split("\n").at(-1) || String(reason);
  failure = { code: "hub_failed", message: `The phone could not start: ${why}` };
  current = syncState({ ...BUILD.state, connectionStatus: "failed" }, 1);
  for (const port of ports.values()) {
    port.postMessage(current);
    port.postMessage({ type: "ERROR", payload: failure });
  }
  for (const [number, , data] of early) refuse(ports.get(number), data);
  end();
}

function refuse(port, data) {
  const { type, id } = data ?? {};
  const error = { ...failure, retryable: true };
  if (typeof id === "string") port.postMessage({ type: "CMD_RESULT", id, ok: false, error });
  else if (!["INIT_PORT", "FOCUS"].includes(type)) port.postMessage({ type: "ERROR", payload: failure });
}
