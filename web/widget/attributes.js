/** The attributes of the element and the properties that reflect them; what is not valid counts as absent when it is read. */

const DEFAULT_WORKER = new URL("./sip-worker.js", import.meta.url).href;

/** Attributes that make it another client. */
export const WHICH_PHONE = ["api", "worker", "session", "extended-lifetime"];

/** Those with a value, and what the property says of it. They are documented in custom-elements.json. */
const VALUES = {
  api: (value) => sameOrigin(value)?.pathname ?? "/api/sip",
  worker: (value) => sameOrigin(value)?.href ?? DEFAULT_WORKER,
  session: (value) => value ?? "",
  ringtone: (value) => sameOrigin(value)?.href ?? null,
  docked: (value) => (value === null || value === "bottom-left" ? value : "bottom-right"),
};

/** Those with any text, by their properties. */
const TEXTS = { csrfCookie: "csrf-cookie", csrfHeader: "csrf-header" };

/** Those that are there or not, by their properties. */
const FLAGS = {
  extendedLifetime: "extended-lifetime",
  silent: "silent",
  telLinks: "tel-links",
  noShortcuts: "no-shortcuts",
  check: "check",
};

export const ATTRIBUTES = [...Object.keys(VALUES), ...Object.values(TEXTS), ...Object.values(FLAGS)];
export const PROPERTIES = [...Object.keys(VALUES), ...Object.keys(TEXTS), ...Object.keys(FLAGS)];

/** @param {typeof HTMLElement} element gets the properties */
export function addProperties({ prototype }) {
  for (const [name, read] of Object.entries(VALUES)) reflect(prototype, name, name, read, (given) => given);
  for (const [name, attribute] of Object.entries(TEXTS)) reflect(prototype, name, attribute, (value) => value, (given) => given);
  for (const [name, attribute] of Object.entries(FLAGS)) {
    reflect(prototype, name, attribute, (value) => value !== null, (given, now) => (given ? (now ?? "") : null));
  }
}

function reflect(prototype, name, attribute, read, write) {
  Object.defineProperty(prototype, name, {
    get() {
      return read(this.getAttribute(attribute));
    },
    /** Frameworks say by null or undefined that there is nothing. */
    set(given) {
      const value = write(given, this.getAttribute(attribute)) ?? null;
      if (value === null) this.removeAttribute(attribute);
      else this.setAttribute(attribute, value);
    },
    configurable: true,
    enumerable: true,
  });
}

/** @returns {URL | null} the address if it is one of this origin */
function sameOrigin(text) {
  try {
    const url = new URL(text || "//", document.baseURI); // which is none
    return url.origin === location.origin ? url : null;
  } catch {
    return null;
  }
}
