/**
 * The parts of the phone that come in files of their own, when a page or a person needs them. They lie in a folder whose
 * name the build makes of their content: a page that stays through an update never gets those of another build.
 */

const FOLDER = import.meta.parts ?? ".";
const again = {}; // what makes an address another one
let failures = 0;

/** Resolves to the module; rejects if it cannot be had. */
export async function load(name) {
  try {
    return await import(`${FOLDER}/sip-phone-${name}.js${again[name] ?? ""}`);
  } catch (reason) {
    // Some browsers keep in mind that a file could not be had, and never ask for it again.
    again[name] = `?${(failures += 1)}`;
    throw reason;
  }
}

/** Resolves to the module, or to null: a phone without a part is better than none, and the next call asks again. */
export async function part(name) {
  try {
    return await load(name);
  } catch ({ message }) {
    console.warn(`A part of the phone could not be loaded: ${message}`);
    return null;
  }
}
