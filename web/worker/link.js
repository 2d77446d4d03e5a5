/**
 * Links Pyodide's wasm with its JavaScript without what only libraries loaded later (`dlopen`) would need. Of the more
 * than 8000 exports JavaScript uses a few hundred; Emscripten gives each a table entry, a global and a name, and wraps
 * every JavaScript function that C points to in a wasm module of its own. That is a third of a start from a snapshot.
 *
 * The place of a function in the table is frozen with the memory, so freezing and thawing link in the same way.
 */

/**
 * A maker of Pyodide's module, which gets only the exports in use.
 * @param {Function} create Pyodide's own
 * @param {string[]} used the functions that JavaScript may call: see make-snapshot.mjs
 */
export function lean(create, used) {
  return async (settings) => {
    const module = await create({ ...settings, instantiateWasm: linking(settings.instantiateWasm, used) });
    delete module.wasmTable.length;
    return module;
  };
}

function linking(instantiate, used) {
  return (imports, done) =>
    instantiate(imports, ({ exports }, module) => {
      const table = exports.__indirect_function_table;
      pointToJavaScript(module, imports, table);
      // Before it adds a function, Emscripten reads the whole table to see whether it is there. None of them is.
      Object.defineProperty(table, "length", { value: 0, configurable: true });
      return done({ exports: keepUsed(exports, new Set(used)) }, module);
    });
}

/** Of the functions those in use, and all the rest: globals, memory and table. */
function keepUsed(exports, used) {
  const kept = {};
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== "function" || used.has(name)) kept[name] = value;
  }
  return kept;
}

/** Puts the JavaScript functions to which C has pointers into the table, all wrapped by one module. */
function pointToJavaScript(module, { env, "GOT.func": pointers }, table) {
  const names = WebAssembly.Module.imports(module)
    .filter((wanted) => wanted.module === "GOT.func" && typeof env[wanted.name]?.sig === "string")
    .map(({ name }) => name);
  const wrapper = new WebAssembly.Module(wrapping(names.map((name) => env[name].sig)));
  const { exports } = new WebAssembly.Instance(wrapper, { "": names.map((name) => env[name]) });
  const first = table.grow(names.length);
  names.forEach((name, number) => {
    table.set(first + number, exports[number]);
    pointers[name].value = first + number;
  });
}

// Emscripten's letters for the types of https://webassembly.github.io/spec/core/binary/types.html
const TYPES = { i: 0x7f, p: 0x7f, j: 0x7e, f: 0x7d, d: 0x7c, e: 0x6f };

/** The bytes of a module that imports functions of these signatures (result first) and exports them again. */
function wrapping(signatures) {
  const types = signatures.map(([result, ...taken]) => [0x60, ...list(typesOf(taken)), ...list(typesOf([result]))]);
  const imports = signatures.map((_, number) => [...text(""), ...text(number), 0, ...size(number)]);
  const exports = signatures.map((_, number) => [...text(number), 0, ...size(number)]);
  const sections = [[1, list(types)], [2, list(imports)], [7, list(exports)]];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return Uint8Array.from([...header, ...sections.flatMap(([id, body]) => [id, ...size(body.length), ...body])]);
}

function typesOf(letters) {
  return letters.filter((letter) => letter !== "v").map((letter) => [TYPES[letter]]);
}

function text(value) {
  return list([...String(value)].map((character) => [character.charCodeAt(0)]));
}

function list(items) {
  return [...size(items.length), ...items.flat()];
}

/** An unsigned number as LEB128. */
function size(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...size(value >>> 7)];
}
