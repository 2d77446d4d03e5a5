/** What a Python that is frozen or compiles must not see, so that the same input gives the same bytes. */

/** Clock, chance, and the name of the engine. */
export function standStill() {
  const chance = (array) => array.fill(7);
  Object.defineProperty(globalThis.crypto, "getRandomValues", { value: chance });
  globalThis.Date = class extends Date {
    constructor(...given) {
      super(...(given.length ? given : [0]));
    }
    static now() {
      return 0;
    }
  };
  globalThis.performance.now = () => 0;
  Object.defineProperty(globalThis, "navigator", { value: { userAgent: "", language: "C" } });
}
