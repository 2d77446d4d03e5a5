/**
 * Starts Python for sip-worker.js: from the frozen memory of a hub that had started already (see make-snapshot.mjs), or
 * the ordinary way where that cannot be. Everything is fetched at once, and nothing that is not needed.
 *
 * Pyodide's files are as they were published. What is leaned on of its inner life, and checked by every build:
 * the options `_loadSnapshot` and `createPyodideModule`, `API.restoreSnapshot`, `HEAPU8`, `FS.createLazyFile`,
 * the place of the trampoline, and that it instantiates its wasm by `instantiateStreaming`.
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
 * @param {{python: Record<string, string>, key: string, runtime: string, snapshot: string, packages: string[]}} build
 *   what build.py put into the worker: the hub's source, the build's key, the folders of Pyodide and of the snapshot, and
 *   the wheels of packages
 * @param {string} base the address of the bundle
 */
export async function loadHub(build, base) {
  const runtime = new URL(`./${build.runtime}/`, base).href;
  const wheels = build.packages.map((path) => new URL(`./${path}`, base).href);
  try {
    return await thaw(build, runtime, wheels, new URL(`./${build.snapshot}/hub.snapshot`, base).href);
  } catch (reason) {
    console.warn(`The phone starts without its snapshot, which takes longer: ${reason.message}`);
    return start(build, runtime, wheels);
  }
}

/** From the snapshot: memory, wasm and scripts come side by side. */
async function thaw({ key }, runtime, wheels, address) {
  const memory = kept(address).then((response) => response.arrayBuffer());
  const frozen = memory.then((buffer) => readSnapshot(buffer, key));
  const pyodide = await load(runtime, {
    stdlib: new Response(),
    needs: frozen,
    // The memory comes by another way: see `thawed`.
    options: { _loadSnapshot: new Uint8Array(), fsInit: lending(wheels) },
    makeModule: (create, settings) => thawed(create, frozen, `${runtime}stdlib.zip`)(settings),
  });
  setTimeout(keep, KEEPING_DELAY, address);
  return pyodide;
}

/** The ordinary way. */
function start({ python }, runtime, wheels) {
  const stdlib = download(`${runtime}stdlib.zip`);
  const files = Promise.all(wheels.map(wheel)).then((packed) => ({ ...python, ...Object.fromEntries(packed) }));
  return load(runtime, {
    stdlib,
    needs: Promise.all([stdlib, files]),
    options: { fsInit: installing(files) },
    makeModule: (create, settings) => create(settings),
  });
}

/**
 * Loads Pyodide out of parts that are all on their way at once. Pyodide never settles when its wasm cannot be had, nor
 * when something that it `needs` besides cannot: so whatever fails first is the answer.
 */
async function load(runtime, { stdlib, needs, options, makeModule }) {
  const compiled = WebAssembly.compileStreaming(download(`${runtime}pyodide.asm.wasm`));
  const scripts = [import(`${runtime}pyodide.mjs`), import(`${runtime}pyodide.asm.mjs`)];
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

/** A wheel by its name. */
async function wheel(url) {
  return [nameOf(url), new Uint8Array(await (await download(url)).arrayBuffer())];
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

/** A file of the bundle, or an error for people. */
async function download(url) {
  const name = nameOf(url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${name} cannot be loaded: the web server answered ${response.status}.`);
  if (response.headers.get("content-type")?.startsWith("text/html")) {
    throw new Error(`${name} cannot be loaded: the web server answered with a page.`);
  }
  return response;
}

function nameOf(url) {
  return url.slice(url.lastIndexOf("/") + 1);
}

const KEPT = "sip-phone"; // the name of our cache
const KEEPING_DELAY = 1000; // ms after the start, when nobody waits for anything

/**
 * A large file that never changes, from the Cache API if it is there. The browser's own cache keeps it as it came, in
 * brotli, and unpacking it at every start takes longer than reading it unpacked.
 */
async function kept(url) {
  const found = await globalThis.caches?.open(KEPT).then((cache) => cache.match(url)).catch(() => undefined);
  return found ?? download(url);
}

/** Keeps this file, and none that an older build kept. Without room, or on plain http, it comes the usual way. */
async function keep(url) {
  try {
    const cache = await globalThis.caches?.open(KEPT);
    const known = (await cache?.keys()) ?? [];
    await Promise.all(known.filter((request) => request.url !== url).map((request) => cache.delete(request)));
    if (known.every((request) => request.url !== url)) await cache?.add(url);
  } catch (reason) {
    console.warn(`The snapshot is not kept: ${reason.message}`);
  }
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
