/**
 * Makes stdlib.zip: Python's standard library as bytecode, compiled by the pinned Pyodide in Node.
 *
 *   node compile-stdlib.mjs IN_DIR OUT_DIR
 *
 * IN_DIR has pyodide/. Compiled here, the library leaves no litter of the compiler in the memory that is frozen, an
 * ordinary boot is quicker too, and a changed hub is frozen in half the time.
 */

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { ENVIRONMENT } from "../worker/environment.js";
import { standStill } from "./stand-still.mjs";

const [folder, out] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide/pyodide.mjs`));

standStill();
const pyodide = await loadPyodide({ indexURL: `${folder}/pyodide/`, env: ENVIRONMENT });
pyodide.runPython(`
import importlib._bootstrap_external as bootstrap, importlib.util, zipfile
with zipfile.ZipFile("/lib/python" + "".join(map(str, __import__("sys").version_info[:2])) + ".zip") as source:
    with zipfile.ZipFile("/tmp/stdlib.zip", "w") as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name.endswith(".py"):
                code = compile(data, name, "exec", dont_inherit=True)
                data = bytes(bootstrap._code_to_hash_pyc(code, importlib.util.source_hash(data), checked=False))
                name += "c"
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
`);
writeFileSync(`${out}/stdlib.zip`, pyodide.FS.readFile("/tmp/stdlib.zip"));
