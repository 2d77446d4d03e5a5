/**
 * Runs before every page of the walk: it notes what the page says to the hub and what it hears, each as [port, "says" or
 * "hears", message], and lends a hand to either kind of page, one with the widget and one with nothing of ours.
 */
{
  const noted = [];
  let ports = 0;

  function noting(port) {
    const number = ++ports;
    const post = port.postMessage.bind(port);
    port.postMessage = (message) => {
      noted.push([number, "says", message]);
      post(message);
    };
    port.addEventListener("message", ({ data }) => {
      if (data.type !== "JOURNAL") noted.push([number, "hears", data]); // it is long, and has another way out
    });
  }

  if (globalThis.SharedWorker) {
    globalThis.SharedWorker = class extends SharedWorker {
      constructor(...options) {
        super(...options);
        noting(this.port);
      }
    };
  } else {
    globalThis.MessageChannel = class extends MessageChannel {
      constructor() {
        super();
        noting(this.port1); // the end that the client has
      }
    };
  }

  // A page that is rendered in advance may say nothing to others: what it asks for comes when a person goes to it.
  let prerendering = location.search === "?prerendering";
  const { SharedWorker: Worker } = globalThis;
  Object.defineProperty(document, "prerendering", { get: () => prerendering });
  if (prerendering && Worker) globalThis.SharedWorker = class extends EventTarget { port = new MessageChannel().port1; };
  if (prerendering) navigator.locks.request = () => new Promise(() => {});

  const presses = []; // when a pointer went down, in ms
  addEventListener("pointerdown", ({ timeStamp }) => presses.push(timeStamp), { capture: true });

  const PATIENCE = 10_000; // ms until a hub must have answered
  const BUTTONS = "[part~=call] button:enabled:not([part=keypad] *)"; // every press of a key of a keypad is meant
  const BEAT = 2_000; // ms between two PINGs of a page with nothing of ours
  const MISSED = 3; // beats without a word after which its port is mute
  let phone = null;
  let open = 0; // commands of the widget's client that have not ended
  let port = null;
  let epoch = null;
  let beat = 0;
  let missed = 0;

  async function askForJournal() {
    return phone ? (await phone).client.journal() : (await ask("JOURNAL")).text;
  }

  const isTabs = ({ name }) => /^(walk|sip-phone-tab)-/.test(name);

  /** The hub waits for the locks of those tabs that gave one. */
  async function askForRegistry() {
    const { tabs } = phone ? await (await phone).client.check() : await ask("CHECK");
    const { pending } = await navigator.locks.query();
    const locked = pending.filter(isTabs).length;
    return { locked, others: tabs.length - locked };
  }

  /** Resolves to the payload of what a hub answers to a page with nothing of ours. */
  function ask(type) {
    walk.say({ type });
    return new Promise((resolve) => {
      port.addEventListener("message", ({ data }) => data.type === type && resolve(data.payload));
    });
  }

  const inTime = (answer) => Promise.race([answer, new Promise((resolve) => setTimeout(resolve, PATIENCE, null))]);

  globalThis.walk = {
    /** What was noted since the last time. */
    notes: () => noted.splice(0),

    /** Puts the widget into the page. */
    embed() {
      phone = import("/dist/sip-phone-widget.js").then(() => {
        const element = document.createElement("sip-phone-widget");
        document.body.append(element);
        return element;
      });
    },

    /** The person goes to the page that was rendered in advance. */
    activate() {
      prerendering = false;
      history.replaceState(null, "", location.pathname); // it is an ordinary page when it loads again
      if (Worker) globalThis.SharedWorker = Worker;
      delete navigator.locks.request;
      document.dispatchEvent(new Event("prerenderingchange"));
    },

    /** Clears what the site keeps in the browser, in "localStorage", "sessionStorage" or "caches". */
    async clear(storage) {
      if (storage !== "caches") return globalThis[storage].clear();
      for (const name of await caches.keys()) await caches.delete(name);
    },

    /** Puts the focus on one of the buttons of calls, and tells its name and place; null if there is none. */
    async button(number) {
      const buttons = [...(await phone).shadowRoot.querySelectorAll(BUTTONS)].filter((button) => button.checkVisibility());
      if (buttons.length === 0) return null;
      const button = buttons[number % buttons.length];
      button.scrollIntoView({ block: "center", behavior: "instant" });
      button.focus();
      const { x, y, width, height } = button.getBoundingClientRect();
      return { name: button.ariaLabel ?? button.textContent, x: x + width / 2, y: y + height / 2 };
    },

    /** How many milliseconds lay between the last two presses of the pointer. */
    gap: () => presses.at(-1) - presses.at(-2),

    /** Gives a command to the widget's client, and waits for nothing. */
    async command(method, words) {
      open += 1;
      const { client } = await phone;
      await client[method](...words).catch(() => {});
      open -= 1;
    },

    /** What a hub says happened, or null if it does not answer. */
    journal: () => inTime(askForJournal()),

    /** How many tabs with a lock a hub knows, and how many without, or null if it does not answer. */
    registry: () => inTime(askForRegistry()),

    /** What a person sees, the state behind it, and how many commands are open. */
    async look() {
      const { client, shadowRoot } = await phone;
      const cards = [...shadowRoot.querySelectorAll("[part~=call]")];
      const connection = shadowRoot.querySelector("[part=connection]")?.dataset.status;
      return { state: client.state, connection, cards: cards.length, open };
    },

    /**
     * Joins the hub as a page with nothing of ours does; one that gives a lock is missed when it dies. It needs a new port
     * when it hears REINIT from another hub than before, and when its port is mute: where WebKit runs a hub anew, what is
     * said to the ports that there were may be lost, and not every port is given to it.
     * watches: whether it looks for that.
     */
    join(hasLock, watches) {
      const joined = new SharedWorker("/dist/sip-worker.js", { type: "module" }).port;
      joined.addEventListener("message", ({ data }) => {
        missed = 0;
        if (data.type === "SYNC_STATE") epoch = data.epoch;
        if (data.type !== "REINIT" || joined !== port) return;
        if (data.epoch === epoch) walk.greet(hasLock);
        else walk.join(hasLock, watches);
      });
      port = joined;
      port.start();
      walk.greet(hasLock);
      if (watches) walk.watch(hasLock);
    },

    /** Joins anew when nobody answers; a hub that is only slow forgets the port that was before. */
    watch(hasLock) {
      clearInterval(beat);
      missed = 0;
      beat = setInterval(() => {
        if (missed++ < MISSED) return walk.say({ type: "PING" });
        walk.say({ type: "BYE" });
        walk.join(hasLock, true);
      }, BEAT);
    },

    /** Says INIT_PORT, with a new lock. */
    greet(hasLock) {
      const lock = hasLock ? `walk-${crypto.randomUUID()}` : undefined;
      if (lock) navigator.locks.request(lock, () => new Promise(() => {})).catch(() => {}); // it may be stolen
      walk.say({ type: "INIT_PORT", ...(lock && { payload: { lock } }) });
    },

    say: (message) => port.postMessage(message),

    /** Takes one of the tabs' locks away, round and round. */
    async steal(number) {
      const { held } = await navigator.locks.query();
      const names = held.filter(isTabs).map(({ name }) => name);
      if (names.length) await navigator.locks.request(names[number % names.length], { steal: true }, () => {});
    },
  };
}
