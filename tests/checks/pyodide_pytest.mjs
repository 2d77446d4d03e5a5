// Runs pytest inside Pyodide: node pyodide_pytest.mjs PYODIDE_DIR SITE_PACKAGES PROJECT_DIR [pytest arguments...]
import { pathToFileURL } from "node:url";

const [pyodideDir, sitePackages, project, ...pytestArguments] = process.argv.slice(2);

const { loadPyodide } = await import(pathToFileURL(`${pyodideDir}/pyodide.mjs`));
const pyodide = await loadPyodide({ env: { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" } });
pyodide.mountNodeFS("/site-packages", sitePackages);
pyodide.mountNodeFS("/project", project);
pyodide.globals.set("arguments", pyodide.toPy(pytestArguments));
process.exitCode = pyodide.runPython(`
import os
import sys

sys.path.insert(0, "/site-packages")
os.chdir("/project")

import pytest

int(pytest.main(arguments))
`);
