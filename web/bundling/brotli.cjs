/**
 * Compresses a file with brotli, as small as it gets: node brotli.cjs SOURCE TARGET
 *
 * A larger window than the usual 2 ** 22 makes Pyodide's wasm larger. The brotli of Node 20 (1.1.0) and of Node 24
 * (1.2.0) give the same bytes.
 */

const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants } = require("node:zlib");

const [source, target] = process.argv.slice(2);
const content = readFileSync(source);
const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_LGWIN: window, BROTLI_PARAM_SIZE_HINT: size } = constants;
writeFileSync(target, brotliCompressSync(content, { params: { [quality]: 11, [window]: 22, [size]: content.length } }));
