/**
 * Starts Python for sip-worker.js: from the frozen memory of a hub that had started already (see make-snapshot.mjs), or
 * the ordinary way where that cannot be. Everything is fetched at once, and nothing that is not needed.
 *
 * Pyodide's files are as they were published. What is leaned on of its inner life, and checked by every build:
 * the options `_loadSnapshot` and `createPyodideModule`, `API.restoreSnapshot`, `HEAPU8`, `FS.createLazyFile`
 * and the place of the trampoline.
 */

/** What the frozen Python was started with, and what its memory is laid out for. */
export const ENVIRONMENT = {
  HOME: "/home/pyodide",
  LANG: "C.UTF-8",
  PYTHONHASHSEED: "0",
  PYTHONNODEBUGRANGES: "1",
  PYTHONOPTIMIZE: "2",
  _: "./this.program",
};

/**
 * Loads Pyodide with the hub in it.
 * @param {{python: Record<string, string>, key: string, runtime: string, snapshot: string}} build what build.py put
 *   into the worker: the hub's source, the build's key, and the folders of Pyodide and of the snapshot
 * @param {string} base the address of the bundle
 */
export async function loadHub(build, base) {
  const runtime = new URL(`./${build.runtime}/`, base).href;
  try {
    return await thaw(build, runtime, new URL(`./${build.snapshot}/hub.snapshot`, base).href);
  } catch (reason) {
    console.warn(`The phone starts without its snapshot, which takes longer: ${reason.message}`);
    return start(build, runtime);
  }
}

/** From the snapshot: memory, wasm and scripts come side by side. */
async function thaw({ key }, runtime, address) {
  const memory = download(address).then((response) => response.arrayBuffer());
  const frozen = memory.then((buffer) => readSnapshot(buffer, key));
  const wasm = download(`${runtime}pyodide.asm.wasm`);
  const parts = { "pyodide.asm.wasm": wasm, "python_stdlib.zip": new Response() };
  const loading = load(runtime, parts, {
    _loadSnapshot: new Uint8Array(), // the memory comes by another way: see `thawed`
    makeModule: (create, settings) => thawed(create, frozen, `${runtime}stdlib.zip`)(settings),
  });
  return Promise.race([loading, rejections(wasm, frozen)]);
}

/** The ordinary way. */
async function start({ python }, runtime) {
  const wasm = download(`${runtime}pyodide.asm.wasm`);
  const stdlib = download(`${runtime}stdlib.zip`);
  const parts = { "pyodide.asm.wasm": wasm, "python_stdlib.zip": stdlib };
  const loading = load(runtime, parts, {
    fsInit: installing(python),
    makeModule: (create, settings) => create(settings),
  });
  return Promise.race([loading, rejections(wasm, stdlib)]);
}

/**
 * Calls loadPyodide, which fetches its parts by itself: it gets those of `parts`, which are on their way already or not
 * needed. All its fetches are made when it asks for its module; then fetch is what it was.
 */
async function load(runtime, parts, { makeModule, ...options }) {
  const scripts = [import(`${runtime}pyodide.mjs`), import(`${runtime}pyodide.asm.mjs`)];
  const [{ loadPyodide }, { default: create }] = await Promise.all(scripts);
  const usual = globalThis.fetch;
  globalThis.fetch = (resource, init) => {
    const url = String(resource);
    const part = url.startsWith(runtime) ? parts[url.slice(runtime.length)] : undefined;
    return part ? Promise.resolve(part) : usual(resource, init);
  };
  const createPyodideModule = (settings) => {
    globalThis.fetch = usual;
    return makeModule(create, settings);
  };
  const common = { indexURL: runtime, env: ENVIRONMENT, lockFileContents: NO_PACKAGES };
  const pyodide = await loadPyodide({ ...common, ...options, createPyodideModule });
  mark("loaded");
  return pyodide;
}

/** Pyodide's `fsInit`: puts Python source where Python finds it, before Python looks. */
export function installing(python) {
  return async (FS, { sitePackages }) => {
    for (const [path, source] of Object.entries(python)) {
      const target = `${sitePackages}/${path}`;
      FS.mkdirTree(target.slice(0, target.lastIndexOf("/")));
      FS.writeFile(target, source);
    }
  };
}

/** No lock file is fetched: packages are frozen in, none is loaded by name. */
export const NO_PACKAGES = {
  info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.2", version: "314.0.7" },
  packages: {},
};

/** A file of the bundle, or an error for people. */
async function download(url) {
  const name = url.slice(url.lastIndexOf("/") + 1);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${name} cannot be loaded: the web server answered ${response.status}.`);
  if (response.headers.get("content-type")?.startsWith("text/html")) {
    throw new Error(`${name} cannot be loaded: the web server answered with a page.`);
  }
  return response;
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
 */
export function thawed(create, frozen, stdlib) {
  return async (settings) => {
    const module = await create(settings);
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

/** For the boot profile. */
function mark(name) {
  performance.mark(`boot:${name}`);
}
