/**
 * Finds the wheels of the packages that a hub is built with: micropip resolves them inside the pinned Pyodide, in Node.
 *
 *   node resolve-packages.mjs IN_DIR OUT_DIR
 *
 * IN_DIR has pyodide/, stdlib.zip (see compile-stdlib.mjs), micropip.whl, in given/ the wheels that are files, and
 * wanted.json, {requirements, constraints, index}. OUT_DIR gets wheels/ with what was picked, and picked.json: the
 * SHA-256 of each wheel, the modules in them, and what came along without being asked for.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { NO_PACKAGES } from "../worker/boot.js";
import { ENVIRONMENT } from "../worker/environment.js";

const [folder, out] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide/pyodide.mjs`));

const RESOLVE = `
import json, re, sys
from importlib.metadata import packages_distributions

sys.path.append("/micropip.whl")
import micropip

def explain(told, index):
    unknown = re.match("Can't fetch metadata for '([^']+)'", told)
    if unknown and answered(f"{index}/{unknown[1]}/"):
        return f"there is no package {unknown[1]} at {index}."
    if unknown:
        return f"{index} cannot be reached (is the network there?)."
    missing = re.match("Can't find a pure Python 3 wheel for '([^']+)'", told)
    return f"there is no wheel of {missing[1]} for Pyodide, or no such version." if missing else told

async def install(requirement, constraints, index):
    try:
        await micropip.install(requirement, constraints=constraints, index_urls=index)
    except ValueError as reason:
        told = str(reason).split("\\n")[0]  # what follows is advice for those who call micropip
        raise LookupError(f"{requirement.rpartition('/')[2]}: {explain(told, index)}") from None

async def resolve(requirements, constraints, index):
    for requirement in requirements:  # one after the other, so that the outcome is always the same
        await install(requirement, constraints, index)
    picked = json.loads(micropip.freeze())["packages"]
    names = {package["name"] for package in picked.values()}
    pinned = {re.sub("[-_.]+", "-", re.split("==| @ ", pin)[0]).lower() for pin in constraints}
    return {
        "wheels": [[package["file_name"], package["sha256"]] for package in picked.values()],
        "modules": sorted(module for module, owners in packages_distributions().items() if names & set(owners)),
        "besides": [f"{name}=={package['version']}" for name, package in picked.items() if name not in pinned],
    }

try:
    outcome = await resolve(**json.loads(wanted))
except LookupError as refused:
    outcome = {"refused": str(refused)}
json.dumps(outcome)
`;

/** One request after the other: what is picked must not depend on which answer comes first. What came is kept. */
function fetchInOrder() {
  const { fetch } = globalThis;
  const came = new Map();
  let last = Promise.resolve();
  const take = async (request) => {
    const response = await fetch(request);
    came.set(request.url, new Uint8Array(await response.clone().arrayBuffer()));
    return response;
  };
  globalThis.fetch = (resource, init) => {
    const taken = last.then(() => take(new Request(resource, init)));
    last = taken.catch(() => {});
    return taken;
  };
  return came;
}

/** The wheels that were picked, with their SHA-256 as micropip knows it. */
function writeWheels(wheels, read) {
  mkdirSync(`${out}/wheels`);
  return wheels.map(([url, expected]) => {
    const { pathname } = new URL(url);
    const name = decodeURIComponent(pathname.slice(pathname.lastIndexOf("/") + 1));
    const bytes = read(url, pathname);
    const digest = createHash("sha256").update(bytes).digest("hex");
    if (digest !== expected) throw new Error(`${name} is not what micropip installed.`);
    writeFileSync(`${out}/wheels/${name}`, bytes);
    return [name, digest];
  });
}

const came = fetchInOrder();
const pyodide = await loadPyodide({
  indexURL: `${folder}/pyodide/`,
  stdLibURL: `${folder}/stdlib.zip`,
  env: ENVIRONMENT,
  lockFileContents: NO_PACKAGES,
});
const { FS, globals } = pyodide;
FS.writeFile("/micropip.whl", readFileSync(`${folder}/micropip.whl`));
FS.mkdir("/given");
const given = existsSync(`${folder}/given`) ? readdirSync(`${folder}/given`) : [];
for (const name of given) FS.writeFile(`/given/${name}`, readFileSync(`${folder}/given/${name}`));
globals.set("wanted", readFileSync(`${folder}/wanted.json`, "utf8"));
globals.set("answered", (url) => came.has(url));
const picked = JSON.parse(await pyodide.runPythonAsync(RESOLVE));
if (picked.refused) throw new Error(picked.refused);
const wheels = writeWheels(picked.wheels, (url, path) => came.get(url) ?? FS.readFile(path));
writeFileSync(`${out}/picked.json`, JSON.stringify({ ...picked, wheels: Object.fromEntries(wheels) }));
