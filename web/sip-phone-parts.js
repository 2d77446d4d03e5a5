/** The parts of the phone that come in files of their own, when a page or a person needs them. */

const parts = {
  announcements: () => import("./sip-phone-announcements.js"),
  check: () => import("./sip-phone-check.js"),
  dock: () => import("./sip-phone-dock.js"),
  drawers: () => import("./sip-phone-drawers.js"),
  "last-call": () => import("./sip-phone-last-call.js"),
  ringer: () => import("./sip-phone-ringer.js"),
  "tel-links": () => import("./sip-phone-tel-links.js"),
};
let failures = 0;

/** Resolves to the module, or to null: a phone without a part is better than none, and the next call asks again. */
export async function part(name) {
  try {
    return await parts[name]();
  } catch (reason) {
    console.warn(`A part of the phone could not be loaded: ${reason.message}`);
    // Some browsers keep in mind that a file could not be had, and never ask for it again.
    const again = new URL(`./sip-phone-${name}.js?${(failures += 1)}`, import.meta.url);
    parts[name] = () => import(again);
    return null;
  }
}
