/**
 * Notes in a page when what happens; it runs before every script of the page, and is the same for all peers.
 * Times are milliseconds since the navigation, of what stands in the DOM, painted or not.
 *
 *   asked          the page asks for the worker
 *   synced         its first SYNC_STATE is there     connected   the first that says so
 *   drawn          the widget has drawn its first SYNC_STATE
 *   STATE NAME     the card of that call stands in the widget; `gone NAME`: it no longer does
 */
globalThis.bench = (() => {
  const PATIENCE = 60_000; // ms
  const moments = new Map();
  let cards = new Set();

  function moment(name) {
    if (!moments.has(name)) moments.set(name, Promise.withResolvers());
    return moments.get(name);
  }

  /** The first time counts. */
  function note(name) {
    moment(name).resolve(performance.now());
  }

  globalThis.SharedWorker = class extends SharedWorker {
    constructor(...options) {
      note("asked");
      super(...options);
      this.port.addEventListener("message", ({ data }) => hear(data));
    }
  };

  let heard = false;
  function hear({ type, payload }) {
    if (type !== "SYNC_STATE") return;
    heard = true;
    note("synced");
    if (payload.connectionStatus === "connected") note("connected");
  }

  /** The widget listens first, and draws a change that follows a silence before anybody else hears of it. */
  async function watchWidget() {
    await customElements.whenDefined("sip-phone-widget");
    const phone = document.querySelector("sip-phone-widget");
    phone.client.addEventListener("statechange", () => heard && note("drawn"));
    new MutationObserver(() => look(phone.shadowRoot)).observe(phone.shadowRoot, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  }

  function look(root) {
    const shown = new Set();
    for (const card of root.querySelectorAll("[part~=call]")) {
      const name = card.querySelector("[part=name]").textContent;
      shown.add(name);
      for (const part of card.part) note(`${part} ${name}`); // one of them is the state
    }
    for (const name of cards) if (!shown.has(name)) note(`gone ${name}`);
    cards = shown;
  }

  watchWidget();

  return {
    /** Resolves to the time of something, as soon as it has happened. */
    when(name) {
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`never: ${name}`)), PATIENCE));
      return Promise.race([moment(name).promise, late]);
    },
    /** The milliseconds from one thing to another. */
    async between(from, to) {
      return (await this.when(to)) - (await this.when(from));
    },
    /** The same as `when` for many, in milliseconds since the epoch. */
    async clock(names) {
      const times = await Promise.all(names.map((name) => this.when(name)));
      return times.map((time) => performance.timeOrigin + time);
    },
  };
})();
