/**
 * Makes hub.snapshot: runs the pinned Pyodide in Node, imports and warms the hub, and keeps its memory.
 *
 *   node make-snapshot.mjs IN_DIR OUT_DIR
 *
 * IN_DIR has pyodide/, stdlib.zip (see compile-stdlib.mjs), wheels/ and wanted.json, {key, python, wheels, modules}: the
 * names of the wheels, and the modules of them that are frozen with the hub. OUT_DIR gets exports.json too, the exports
 * of the wasm that the memory was linked with. The same input gives the same bytes: clock and chance stand still while Python starts.
 * What a snapshot freezes must not matter: the hub takes its epoch and its clock from outside, and seeds chance anew.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { NO_PACKAGES, installing, readSnapshot, thawed, trampolineOf } from "../worker/boot.js";
import { ENVIRONMENT } from "../worker/environment.js";
import { lean } from "../worker/link.js";
import { NO_NETWORK, NO_SIGNALS, standAlone } from "./stand-alone.mjs";
import { standStill } from "./stand-still.mjs";

const [given, out] = process.argv.slice(2).map((path) => resolve(path));
const folder = `${given}/pyodide`;
const stdlib = `${given}/stdlib.zip`;
const { key, python, wheels, modules } = JSON.parse(readFileSync(`${given}/wanted.json`, "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const { default: create } = await import(pathToFileURL(`${folder}/pyodide.asm.mjs`));
const usual = { indexURL: `${folder}/`, env: ENVIRONMENT };

const exports = usedExports();

/** The modules of packages, so that they are in the memory. */
function importModules(pyodide) {
  for (const name of modules) {
    try {
      pyodide.runPython(`__import__(${JSON.stringify(name)})`);
    } catch ({ message }) {
      const told = message.trim().split("\n").at(-1);
      const refused = REFUSED.find(([sign]) => sign.test(message))?.[1];
      const why = refused ? `${refused} when it is imported, which a build refuses` : `cannot be imported: ${told}`;
      throw new Error(`the package module ${name} ${NETWORK_WANTED.test(message) ? `${NEEDS_NETWORK}: ${told}` : why}`);
    }
  }
}

/** What Python says of sockets, of XMLHttpRequest (which Node has not), and of the rest. */
const NETWORK_WANTED = new RegExp(`Host is unreachable|XMLHttpRequest|${NO_NETWORK}`);
const NEEDS_NETWORK = "needs the network when it is imported, which a build has not";
/** What a module did, by what Node says when it refuses that. */
const REFUSED = [
  [/--allow-fs-read/, "reads a file of this machine"],
  [/--allow-fs-write/, "writes a file of this machine"],
  [/--allow-child-process/, "starts another program"],
  [new RegExp(NO_SIGNALS), "sends a signal"],
  [/access to this API has been restricted|native addon/i, "reaches for this machine"],
];

/** A hub that has been through a call. */
async function freeze() {
  let blank = null;
  const packed = Object.fromEntries(wheels.map((name) => [name, readFileSync(`${given}/wheels/${name}`)]));
  const pyodide = await loadPyodide({
    ...usual,
    stdLibURL: stdlib,
    fsInit: installing({ ...python, ...packed }),
    _makeSnapshot: true,
    createPyodideModule: lean((settings) => create(keepingBlank(settings, (memory) => (blank = memory))), exports),
  });
  importModules(pyodide);
  pyodide.runPython(WARM_UP);
  const { references, memory } = takeApart(pyodide.makeMemorySnapshot());
  new Int32Array(memory.buffer, memory.byteOffset)[trampolineOf(pyodide._module).place] = 0;
  return writeSnapshot({ key, references, memory, blank });
}

/** What is frozen has run once, so that nothing is done for the first time while a call rings. */
const WARM_UP = `
import gc, random
import worker_py.browser
from worker_py.hub import Hub

def warm_up():
    hub = Hub("warm-up")
    hub.start()
    hub.receive_text(1, '{"type": "INIT_PORT"}', 0)
    hub.stream_opened(1, 0)
    hub.stream_event(1, "snapshot", '{"operatorStatus": "ready", "calls": []}', "", 0)
    hub.stream_event(1, "call_incoming", '{"id": "1", "phone": "1"}', "", 0)
    hub.receive_text(1, '{"type": "CMD_ANSWER", "id": "a"}', 0)
    hub.post_answered(1, 204, "", "", 0)
    hub.stream_event(1, "call_ended", '{"id": "1"}', "", 0)

warm_up()
del warm_up, Hub
random.seed(0)  # the worker seeds it anew
gc.collect()
`;

/**
 * The functions of the wasm that Pyodide's scripts name anywhere but where Emscripten makes `_NAME` of each that it
 * exports (`_NAME=Module["_NAME"]=wasmExports["NAME"]`, after one `var _NAME`). Too many do no harm.
 */
function usedExports() {
  const scripts = ["pyodide.mjs", "pyodide.asm.mjs"].map((name) => readFileSync(`${folder}/${name}`, "utf8")).join("\n");
  const counts = new Map();
  for (const [word] of scripts.matchAll(/[\w$]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const count = (word) => counts.get(word) ?? 0;
  const module = new WebAssembly.Module(readFileSync(`${folder}/pyodide.asm.wasm`));
  return WebAssembly.Module.exports(module)
    .filter(({ name, kind }) => kind === "function" && (count(`_${name}`) > 3 || count(name) > (count(`_${name}`) ? 1 : 0)))
    .map(({ name }) => name);
}

/** Pyodide's settings, such that the memory of the wasm is kept as it is before anything has run in it. */
function keepingBlank(settings, keep) {
  const usually = settings.instantiateWasm;
  const instantiateWasm = (imports, done) =>
    usually(imports, (instance, module) => {
      keep(new Uint8Array(instance.exports.memory.buffer).slice());
      return done(instance, module);
    });
  return { ...settings, instantiateWasm };
}

/** Pyodide's own snapshot: its head of 48 bytes, references to JavaScript as JSON, and the memory. */
function takeApart(bytes) {
  const [, start, length] = new Uint32Array(bytes.buffer, bytes.byteOffset, 3);
  return { references: JSON.parse(new TextDecoder().decode(bytes.subarray(48, 48 + length))), memory: bytes.subarray(start) };
}

const PAGE = 4096;

/** The bytes of a snapshot: see `readSnapshot`. `blank` is the memory of the wasm when it was just instantiated. */
function writeSnapshot({ key, references, memory, blank }) {
  const runs = differences(memory, blank);
  const text = JSON.stringify({ key, references, heap: memory.length, runs });
  const head = new TextEncoder().encode(text.padEnd(Math.ceil((text.length + 4) / 16) * 16 - 4)); // pages are aligned
  const length = new Uint8Array(Uint32Array.of(head.length).buffer);
  const parts = [length, head, ...runs.map(([offset, size]) => memory.subarray(offset, offset + size))];
  return Buffer.concat(parts);
}

/** Where two memories differ: [offset, length] in whole pages, adjacent ones together. */
function differences(memory, blank) {
  const runs = [];
  for (let offset = 0; offset < memory.length; offset += PAGE) {
    if (Buffer.compare(memory.subarray(offset, offset + PAGE), blank.subarray(offset, offset + PAGE)) === 0) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === offset) last[1] += PAGE;
    else runs.push([offset, PAGE]);
  }
  return runs;
}

/** Thaws what was frozen and speaks to it: a Pyodide whose inner life has changed must fail the build, not a phone. */
async function prove() {
  const bytes = readFileSync(`${out}/hub.snapshot`);
  const frozen = readSnapshot(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), key);
  const pyodide = await loadPyodide({
    ...usual,
    lockFileContents: NO_PACKAGES,
    _loadSnapshot: new Uint8Array(),
    createPyodideModule: thawed(create, Promise.resolve(frozen), stdlib, exports),
  });
  const answer = pyodide.runPython(`
from worker_py.hub import Hub
Hub("proof").receive_text(1, '{"type": "PING"}', 0)[-1].message["epoch"]
`);
  if (answer !== "proof") throw new Error(`A thawed hub answered ${answer}.`);
}

standStill();
standAlone();
writeFileSync(`${out}/hub.snapshot`, await freeze());
await prove();
writeFileSync(`${out}/exports.json`, JSON.stringify(exports));
