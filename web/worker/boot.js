/**
 * Starts Python for sip-worker.js: from the frozen memory of a hub that had started already (see make-snapshot.mjs), or
 * the ordinary way where that cannot be. Everything is fetched at once, and nothing that is not needed.
 *
 * Pyodide's files are as they were published. What is leaned on of its inner life, and checked by every build:
 * the options `_loadSnapshot` and `createPyodideModule`, `API.restoreSnapshot`, `HEAPU8`, `FS.createLazyFile`,
 * the place of the trampoline, and that it instantiates its wasm by `instantiateStreaming`.
 */

import { ENVIRONMENT } from "./environment.js";
import { lean } from "./link.js";

/**
 * Loads Pyodide with the hub in it.
 * @param {{key: string, runtime: string, snapshot: string, size: number, sha256: Record<string, string>,
 *   exports: string[], packages: string[]}} build what build.py put into the worker: the build's key, the folders of
 *   Pyodide and of the hub, how many bytes its snapshot has, the digests of the files that are kept, which exports of the
 *   wasm are in use, and the wheels of packages
 * @param {string} base the address of the bundle
 * @param {(part?: number) => void} tell is told of every byte that comes, and how far the longest download is, from 0 to 1
 */
export async function loadHub(build, base, tell) {
  alive = () => tell();
  const runtime = new URL(`./${build.runtime}/`, base).href;
  const hub = new URL(`./${build.snapshot}/hub`, base).href;
  const wheels = build.packages.map((path) => new URL(`./${path}`, base).href);
  try {
    return await thaw(build, runtime, wheels, `${hub}.snapshot`, tell);
  } catch (reason) {
    console.warn(`The phone starts without its snapshot, which takes longer: ${reason.message}`);
    await letGo();
    return start(runtime, wheels, `${hub}.json`);
  }
}

/** From the snapshot: memory, wasm and scripts come side by side. */
async function thaw({ key, size, sha256, exports }, runtime, wheels, address, tell) {
  const wasm = `${runtime}pyodide.asm.wasm`;
  const memory = kept(address, sha256, async (bytes) => bytes).then((found) => found ?? counted(address, size, tell));
  const compiled = kept(wasm, sha256, compile).then((found) => found ?? compileStreaming(watched(wasm)));
  const frozen = memory.then((buffer) => readSnapshot(buffer, key));
  const pyodide = await load(runtime, {
    compiled,
    stdlib: new Response(),
    needs: frozen,
    // The memory comes by another way: see `thawed`.
    options: { _loadSnapshot: new Uint8Array(), fsInit: lending(wheels) },
    makeModule: (create, settings) => thawed(create, frozen, `${runtime}stdlib.zip`, exports)(settings),
  });
  setTimeout(keep, KEEPING_DELAY, [address, wasm]);
  return pyodide;
}

/**
 * The ordinary way, with files that the browser asks the server about again: a broken one may be in its cache. A script
 * that was broken stays so in this worker, so it gets another address.
 */
async function start(runtime, wheels, sources) {
  mark("ordinary");
  await Promise.all(SCRIPTS.map((name) => watched(`${runtime}${name}${AGAIN}`, REVALIDATED).then((it) => it.text())));
  const stdlib = watched(`${runtime}stdlib.zip`, REVALIDATED);
  const python = watched(sources, REVALIDATED).then((response) => response.json());
  const files = Promise.all([python, ...wheels.map(wheel)]).then((parts) => Object.assign(...parts));
  return load(runtime, {
    compiled: compileStreaming(watched(`${runtime}pyodide.asm.wasm`, REVALIDATED)),
    stdlib,
    needs: Promise.all([stdlib, files]),
    version: AGAIN,
    options: { fsInit: installing(files) },
    makeModule: (create, settings) => create(settings),
  });
}

const SCRIPTS = ["pyodide.mjs", "pyodide.asm.mjs"];
const AGAIN = "?again";
const REVALIDATED = { cache: "no-cache" };

/**
 * Loads Pyodide out of parts that are all on their way at once. Pyodide never settles when its wasm cannot be had, nor
 * when something that it `needs` besides cannot: so whatever fails first is the answer.
 */
async function load(runtime, { compiled, stdlib, needs, version = "", options, makeModule }) {
  const scripts = SCRIPTS.map((name) => named(name, import(`${runtime}${name}${version}`)));
  const loading = Promise.all(scripts).then(([{ loadPyodide }, { default: create }]) => {
    const withdraw = offer(runtime, { "pyodide.asm.wasm": new Response(), "python_stdlib.zip": stdlib }, compiled);
    const createPyodideModule = (settings) => {
      withdraw();
      return makeModule(create, settings);
    };
    const common = { indexURL: runtime, env: ENVIRONMENT, lockFileContents: NO_PACKAGES };
    return loadPyodide({ ...common, ...options, createPyodideModule });
  });
  const pyodide = await Promise.race([loading, rejections(compiled, needs)]);
  mark("loaded");
  return pyodide;
}

const compile = (bytes) => usable(WebAssembly.compile(bytes));
const compileStreaming = (response) => usable(WebAssembly.compileStreaming(response));

/** Where the page's policy forbids wasm, WebKit compiles it and makes no instance; and of that, Pyodide says nothing. */
async function usable(module) {
  const both = Promise.all([module, WebAssembly.instantiate(SMALLEST)]);
  return (await named("pyodide.asm.wasm", both))[0];
}

const SMALLEST = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Of a file that it has and cannot run, a browser says only what is wrong, and not which it is. */
function named(name, promise) {
  return promise.catch((reason) => {
    const unusable = reason instanceof SyntaxError || reason instanceof WebAssembly.CompileError;
    throw unusable ? new Error(`${name} cannot be used: ${reason.message}`) : reason;
  });
}

/**
 * Pyodide fetches its parts, and then compiles its wasm, one after the other. Here it gets what is there already: of its
 * fetches, which are over when it asks for its module and this is withdrawn, and of its one instantiation.
 */
function offer(runtime, parts, compiled) {
  const { fetch } = globalThis;
  const { instantiateStreaming } = WebAssembly;
  globalThis.fetch = (resource, init) => {
    const url = String(resource);
    const part = url.startsWith(runtime) ? parts[url.slice(runtime.length)] : undefined;
    return part ? Promise.resolve(part) : fetch(resource, init);
  };
  WebAssembly.instantiateStreaming = async (_response, imports) => {
    WebAssembly.instantiateStreaming = instantiateStreaming;
    const module = await compiled;
    mark("compiled");
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  return () => (globalThis.fetch = fetch);
}

/** A wheel under its name. */
async function wheel(url) {
  const response = await watched(url, REVALIDATED);
  return { [nameOf(url)]: new Uint8Array(await response.arrayBuffer()) };
}

/** Pyodide's `fsInit`: puts Python source, and wheels, where Python finds them, before Python looks. */
export function installing(files) {
  return async (FS, { sitePackages }) => {
    for (const [path, source] of Object.entries(await files)) {
      const target = `${sitePackages}/${path}`;
      FS.mkdirTree(target.slice(0, target.lastIndexOf("/")));
      FS.writeFile(target, source);
    }
  };
}

/** Pyodide's `fsInit` too: a wheel is fetched only if something reads what of it is not in the memory. */
function lending(wheels) {
  return async (FS, { sitePackages }) => {
    for (const url of wheels) FS.createLazyFile(sitePackages, nameOf(url), url, true, false);
  };
}

/** No lock file is fetched: packages are frozen in, none is loaded by name. */
export const NO_PACKAGES = {
  info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.2", version: "314.0.7" },
  packages: {},
};

let alive = () => {}; // is called for every part of a file that comes
const ownFetch = globalThis.fetch; // what is `offer`ed is for Pyodide alone, however late we ask for a file

/** A file of the bundle, or an error for people. */
async function download(url, options = {}) {
  const name = nameOf(url);
  const response = await ownFetch(url, options);
  if (!response.ok) throw new Error(`${name} cannot be loaded: the web server answered ${response.status}.`);
  if (response.headers.get("content-type")?.startsWith("text/html")) {
    throw new Error(`${name} cannot be loaded: the web server answered with a page.`);
  }
  return response;
}

/** The same, and whoever waits knows that it comes: over a slow line that takes minutes. */
async function watched(url, options) {
  const { body, headers } = await download(url, options);
  const told = new TransformStream({
    transform(part, controller) {
      alive();
      controller.enqueue(part);
    },
  });
  return new Response(body.pipeThrough(told), { headers });
}

/** The body of a file of `size` bytes (unpacked), told as it comes. */
async function counted(url, size, tell) {
  const reader = (await download(url)).body.getReader();
  const bytes = new Uint8Array(size);
  let at = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes.set(part.value.subarray(0, size - at), at);
    at += part.value.length;
    tell(Math.min(at / size, 1));
  }
  return bytes.buffer.slice(0, Math.min(at, size));
}

function nameOf(url) {
  return url.slice(url.lastIndexOf("/") + 1).split("?")[0];
}

const KEPT = "sip-phone"; // the name of our cache
const KEEPING_DELAY = 1000; // ms after the start, when nobody waits for anything

/**
 * What `use` makes of a large file that never changes, if the Cache API has it. The browser's own cache keeps it as it
 * came, in brotli, and unpacking it at every start takes longer than reading it unpacked.
 *
 * Every script of this origin can put another file there, which would then run in all later pages. So nobody gets what
 * was made of it before its digest is known. Both are done at the same time: one after the other would take longer.
 * @template T
 * @param {string} url
 * @param {Record<string, string>} sha256 the digest that the file must have, by its name
 * @param {(bytes: ArrayBuffer) => Promise<T>} use must run nothing that is in the file
 * @returns {Promise<T | undefined>} undefined if the file is not there, or is another one
 */
async function kept(url, sha256, use) {
  const cache = await globalThis.caches?.open(KEPT).catch(() => undefined);
  const bytes = await (await cache?.match(url))?.arrayBuffer();
  if (!bytes) return undefined;
  const [used, digest] = await Promise.allSettled([use(bytes), crypto.subtle.digest("SHA-256", bytes)]);
  const name = nameOf(url);
  if (hex(digest.value) !== sha256[name]) {
    console.warn(`The kept ${name} is not the one of this build. It is fetched anew.`);
    await cache.delete(url);
    return undefined;
  }
  if (used.status === "rejected") throw used.reason;
  return used.value;
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps these files, and none that an older build kept. Without room, or on plain http, they come the usual way. */
async function keep(urls) {
  try {
    const cache = await globalThis.caches?.open(KEPT);
    const known = (await cache?.keys()) ?? [];
    await Promise.all(known.filter(({ url }) => !urls.includes(url)).map((request) => cache.delete(request)));
    await cache?.addAll(urls.filter((url) => known.every((request) => request.url !== url)));
  } catch (reason) {
    console.warn(`The snapshot is not kept: ${reason.message}`);
  }
}

/** What is kept may be what was broken. */
async function letGo() {
  await globalThis.caches?.delete(KEPT).catch(() => {});
}

/**
 * Never resolves, and rejects with the first of these that does: Pyodide keeps it to itself, or never settles, when a
 * part of it cannot be had.
 */
function rejections(...promises) {
  return new Promise((_, reject) => promises.forEach((promise) => promise.catch(reject)));
}

// --- the snapshot ---------------------------------------------------------------------------------

/**
 * A snapshot is the length of its head (32 bits), the head (JSON), and the pages of memory in which a hub that has
 * started differs from a wasm that was just instantiated.
 * @param {ArrayBuffer} buffer
 * @param {string} key names the build; memory of another one would be nonsense to this wasm or these scripts
 */
export function readSnapshot(buffer, key) {
  mark("snapshot");
  const size = buffer.byteLength < 4 ? 0 : new DataView(buffer).getUint32(0, true);
  if (size === 0 || buffer.byteLength < 4 + size) throw new Error("hub.snapshot is cut off.");
  let head;
  try {
    head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  } catch {
    throw new Error("hub.snapshot is damaged.");
  }
  if (head.key !== key) throw new Error("hub.snapshot belongs to another build.");
  const pages = new Uint8Array(buffer, 4 + size);
  const expected = head.runs.reduce((total, [, length]) => total + length, 0);
  if (pages.length !== expected) throw new Error("hub.snapshot is cut off.");
  return { ...head, pages };
}

/**
 * A maker of Pyodide's module that puts the frozen memory in the place of the fresh one. Pyodide's own way wants the
 * whole memory as one array, three times the size of what differs.
 * @param {Function} create Pyodide's maker
 * @param {Promise<ReturnType<typeof readSnapshot>>} frozen
 * @param {string} stdlib the address of the standard library, for a module that is imported later
 * @param {string[]} used the exports that were kept when the memory was frozen
 */
export function thawed(create, frozen, stdlib, used) {
  return async (settings) => {
    const module = await lean(create, used)(settings);
    mark("module");
    const { references, heap, runs, pages } = await frozen;
    if (heap > module.HEAPU8.length) module._emscripten_resize_heap(heap);
    const trampoline = trampolineOf(module);
    let at = 0;
    for (const [offset, size] of runs) {
      module.HEAPU8.set(pages.subarray(at, at + size), offset);
      at += size;
    }
    module.HEAP32[trampoline.place] = trampoline.value;
    replaceStdlib(module, stdlib);
    module.API.restoreSnapshot = () => references;
    mark("restored");
    return module;
  };
}

/**
 * How Python calls C functions that want other arguments than it has: at its start each engine puts the index of its
 * own way into this word of memory. The one of the engine that froze the memory is of no use to another.
 */
export function trampolineOf(module) {
  const place = (module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2]) >> 2;
  return { place, value: module.HEAP32[place] };
}

/** The file of the standard library is fetched only if something reads it. */
function replaceStdlib({ FS, API }, url) {
  const [major, minor] = API.pyVersionTuple;
  const name = `python${major}${minor}.zip`;
  FS.unlink(`/lib/${name}`);
  FS.createLazyFile("/lib", name, url, true, false);
}

/** For the boot profile, and for the self-check. */
function mark(name) {
  performance.mark(`boot:${name}`);
}
