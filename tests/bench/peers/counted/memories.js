/**
 * Keeps account of every WebAssembly memory of the worker that imports it first. (The debugger can list them too, but
 * its query for objects crashes Chromium 156.)
 */

const memories = new Set();

function keep(instance, imports = {}) {
  for (const values of [instance.exports, ...Object.values(imports)]) {
    for (const value of Object.values(values)) if (value instanceof WebAssembly.Memory) memories.add(value);
  }
}

for (const name of ["instantiate", "instantiateStreaming"]) {
  const native = WebAssembly[name];
  WebAssembly[name] = async (source, imports, ...options) => {
    const result = await native(source, imports, ...options);
    keep(result.instance ?? result, imports);
    return result;
  };
}

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module, imports) {
    super(module, imports);
    keep(this, imports);
  }
};

globalThis.wasmBytes = () => [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
