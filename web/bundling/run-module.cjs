/**
 * Runs a module with Pyodide in it, and tells in few words why that failed: node run-module.cjs MODULE [arguments...]
 *
 * Pyodide keeps the name of the program, which must not tell where the project lies, and asks for the constants of files
 * in a way that a Node with permissions refuses. Left alone, Node shows the whole line that threw: in Pyodide that is a
 * megabyte, and what was thrown no longer fits into the pipe.
 */

const [, module_] = process.argv.splice(1, 2, "make-snapshot");
process.binding = () => ({ fs: require("node:fs").constants });
const stuck = () => {
  console.error("Pyodide never ends its start.");
  process.exitCode = 1;
};
const fail = (error) => {
  console.error(error.stack);
  process.exit(1);
};
process.on("exit", stuck);
import(module_).finally(() => process.off("exit", stuck)).catch(fail);
