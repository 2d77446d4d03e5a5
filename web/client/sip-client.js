/**
 * SipClient: a tab's side of the wire. It sends commands, keeps the last state the hub sent, and knows nothing of how
 * either is shown. It works over anything that posts messages as a MessagePort does.
 */

import { apiPath, DEFAULT_API } from "../wire/api-path.js";
import { Commands, SipError } from "./commands.js";
import { Credentials } from "./credentials.js";
import { Instance } from "./instance.js";
import { hold } from "../wire/locks.js";
import { HubWatch } from "./watch.js";
import { openWorker } from "./worker.js";

export { SipError };

const DEFAULT_WORKER = new URL("./sip-worker.js", import.meta.url);
const REVIVAL_DELAY = 150; // ms; Firefox never answers a worker that is made in the moment the old one died
const MOST_DELAY = 5_000; // ms; one that dies again and again must not keep the machine busy
const CALM = 60_000; // ms without a death after which all is as it was

/** Codes of a refusal that other headers may lift. It means that the backend did nothing. */
const REFUSED = ["unauthorized", "api_403"];

/** The build puts its version here, for the hub to compare; without a build there is none. */
const VERSION = import.meta.version;

/** Who is signed in, as this page said last, and when it began to say so: of all pages the latest is right. */
let signedIn = {};

/** What is true until the hub has spoken. */
const UNKNOWN = {
  payload: Object.freeze({
    connectionStatus: "connecting",
    operatorStatus: "offline",
    statusSince: null,
    activeCall: null,
    calls: Object.freeze([]),
    lastCall: null,
  }),
};

/**
 * @fires SipClient#statechange CustomEvent; `detail` is the new state
 * @fires SipClient#progress CustomEvent; `detail` is how far a long start is, from 0 to 1
 * @fires SipClient#error CustomEvent; `detail` is {code, message, command?}
 * @fires SipClient#outdated CustomEvent; `detail` is {version}
 * @fires SipClient#handover CustomEvent; the phone is another person's from now on, or nobody's
 * @fires SipClient#screenpop CustomEvent; `detail` is a call in which people begin to talk, in the one tab that is in front
 */
export class SipClient extends EventTarget {
  #port = null;
  #openPort;
  #session;
  #since;
  /** @type {{payload: object, attention?: string, ringing?: string[], begun?: string[]}} the last SYNC_STATE */
  #shown = UNKNOWN;
  #tab = randomId(); // the name of this tab
  #audible = false;
  #epoch = null;
  #rev = -1;
  #commands = new Commands();
  #page = new AbortController();
  /** @type {{version: string} | null} */ #outdated = null;
  /** Why commands are refused while there is no port. */
  #farewell = { code: "hub_lost", message: "This page has no phone." };
  #lock = null; // tells the hub that this tab lives
  #revival = 0;
  #revivalDelay = REVIVAL_DELAY;
  #diedAt = -Infinity;
  /** @type {HubWatch | null} */ #watch = null;
  #credentials = this.#credentialsOf(null);
  /** @type {Instance | null} */ #instance = null;

  /**
   * A client over the SharedWorker that all tabs of this site share, or where there is none, the worker that one hosts.
   * @param {{worker?: string | URL, api?: string, session?: string, extendedLifetime?: boolean,
   *   headers?: import("./credentials.js").HeadersSource}} [options] where sip-worker.js is, the path of the backend's
   *   API, a string that is another with every sign-in, whether the worker is to outlive its last tab for a while where
   *   browsers offer that, and what goes with every request, such as a CSRF token
   */
  static connect({ worker = DEFAULT_WORKER, api = DEFAULT_API, session = "", extendedLifetime = false, headers } = {}) {
    const url = new URL(worker, document.baseURI);
    const path = apiPath(api);
    if (path !== DEFAULT_API) url.searchParams.set("api", path);
    const client = new SipClient(null, () => client.#openWorker(extendedLifetime), session);
    client.#instance = new Instance(url);
    client.#watch = new HubWatch({
      ping: () => client.#post({ type: "PING" }),
      unanswered: () => client.#open(),
      died: () => client.#hubDied(),
      hangs: () => client.#hubHangs(),
    });
    client.#watchPage();
    client.headers = headers;
    client.reconnect();
    return client;
  }

  /**
   * @param {MessagePort | null} port anything with `postMessage` and "message" events
   * @param {(() => MessagePort | null) | null} openPort makes another port, for `reconnect()`
   * @param {string} [session] another with every sign-in
   */
  constructor(port, openPort = null, session = "") {
    super();
    this.#openPort = openPort;
    this.#session = String(session);
    if (signedIn.session !== this.#session) signedIn = { session: this.#session, since: Date.now() };
    this.#since = signedIn.since;
    if (port) this.#use(port);
  }

  /** The payload of the last SYNC_STATE: {connectionStatus, operatorStatus, statusSince, activeCall, calls, lastCall}. */
  get state() {
    return this.#shown.payload;
  }

  /** What the event `outdated` told, or null: for whoever comes to listen after it. */
  get outdated() {
    return this.#outdated;
  }

  /** True while a call rings and it is this tab that is to ring and notify; "statechange" tells of it too. */
  get attention() {
    return this.#shown.attention === this.#tab;
  }

  /** The ids of the calls to ring for: those that ring still, and that nobody is answering. Hubs of old builds say none. */
  get ringing() {
    return this.#shown.ringing;
  }

  /** The ids of the calls in which people begin to talk with this state. */
  get begun() {
    return this.#shown.begun ?? [];
  }

  /** Whether this page rings when it has the attention. Say so if yours does, and when it may not: another tab takes over. */
  get audible() {
    return this.#audible;
  }

  set audible(value) {
    if (value === this.#audible) return;
    this.#audible = value;
    this.#tellLooks();
  }

  /**
   * What goes with every request to the backend: an object of names and values, or a function that returns one or a
   * promise of one, and is asked once more when the backend refuses a command or the stream.
   */
  get headers() {
    return this.#credentials.source ?? null;
  }

  set headers(source) {
    this.#credentials = this.#credentialsOf(source);
    this.#credentials.ask();
  }

  #credentialsOf(source) {
    const tell = (headers) => this.#post({ type: "HEADERS", payload: { headers } });
    const failed = ({ message }) =>
      this.#emit("error", { code: "invalid_headers", message: `The page has no headers for the phone: ${message}` });
    return new Credentials(source, tell, failed);
  }

  /** @param {{typed?: boolean}} [how] typed: as people type, paste or link numbers, which is more than programs may say */
  dial(phone, how) {
    return this.#command("CMD_DIAL", { phone, ...how });
  }
  // Without a callId the hub takes the active call.
  answer(callId) {
    return this.#command("CMD_ANSWER", { callId });
  }
  hangup(callId) {
    return this.#command("CMD_HANGUP", { callId });
  }
  setStatus(status) {
    return this.#command("CMD_STATUS", { status });
  }
  hold(callId) {
    return this.#command("CMD_HOLD", { callId });
  }
  resume(callId) {
    return this.#command("CMD_RESUME", { callId });
  }
  mute(callId) {
    return this.#command("CMD_MUTE", { callId });
  }
  unmute(callId) {
    return this.#command("CMD_UNMUTE", { callId });
  }
  dtmf(digits, callId) {
    return this.#command("CMD_DTMF", { digits, callId });
  }
  transfer(phone, callId, how) {
    return this.#command("CMD_TRANSFER", { phone, callId, ...how });
  }

  /** The last inputs of the hub as JSON lines, without numbers and names; `python3 -m worker_py.replay FILE` plays them. */
  async journal() {
    return (await this.#command("JOURNAL")).text;
  }

  /** What the hub knows of itself: {version, epoch, rev, attention, tabs, stream, boot}. */
  check() {
    return this.#command("CHECK");
  }

  /** Asks for a worker again, after one that could not start or did not answer. */
  reconnect() {
    if (!this.#openPort) return;
    if (this.#instance && this.#page.signal.aborted) this.#watchPage();
    // Such a page gets no worker and no lock, and would take the hub of all others for one that hangs.
    if (globalThis.document?.prerendering) {
      return document.addEventListener("prerenderingchange", this.#begin, { signal: this.#page.signal });
    }
    this.#rest();
    if (this.#instance?.insist()) this.#watch.depose();
    this.#open();
    this.#watch?.start();
  }

  #begin = () => this.reconnect();

  /** Takes leave of the hub. Commands under way go on; their results are not heard. */
  close() {
    this.#leave({ code: "hub_lost", message: "This page let go of the phone." });
  }

  #leave(error) {
    this.#page.abort();
    this.#rest();
    this.#dropPort();
    this.#commands.reject(error);
    this.#farewell = error;
  }

  /** A newer build is there; only another page brings it. */
  #outdate(newer) {
    this.#outdated = newer;
    this.#emit("outdated", newer);
  }

  /** The hub makes way for that of another build, or for the worker that the other tabs have. */
  #follow({ instance }) {
    this.#instance?.go(instance);
    this.#rest();
    this.#revival = setTimeout(() => this.reconnect(), REVIVAL_DELAY);
  }

  #open() {
    this.#commands.reject({ code: "hub_lost", message: "The phone did not answer. See whether it was done." });
    this.#show(UNKNOWN);
    const port = this.#openPort();
    if (port) this.#use(port);
  }

  #openWorker(extendedLifetime) {
    return openWorker(this.#instance.address(), extendedLifetime, {
      failed: (message) => this.#fail({ code: "hub_failed", message }),
      instead: (port) => this.#useInstead(port),
      again: () => this.reconnect(),
    });
  }

  #use(port) {
    this.#dropPort();
    this.#port = port;
    this.#epoch = null;
    port.addEventListener("message", this.#receive);
    port.start?.();
    this.#introduce();
  }

  /** What was said to the port before went nowhere. */
  #useInstead(port) {
    this.#commands.reject({ code: "hub_lost", message: "The phone was not there yet. Try again." });
    this.#use(port);
    this.#watch.start();
  }

  #dropPort() {
    this.#post({ type: "BYE" });
    this.#port?.removeEventListener("message", this.#receive);
    this.#port?.close?.();
    this.#port = null;
    this.#lock?.release();
    this.#lock = null;
  }

  #introduce() {
    this.#lock ??= hold(`sip-phone-tab-${randomId()}`, () => (this.#lock = null));
    const lock = this.#lock && { lock: this.#lock.name };
    const identity = { tab: this.#tab, version: VERSION, session: this.#session, since: this.#since, ...lock };
    const headers = this.#credentials.known;
    this.#post({ type: "INIT_PORT", payload: { ...identity, ...this.#looks(), ...(headers && { headers }) } });
  }

  /** By this the hub decides which tab rings. */
  #looks() {
    const visible = globalThis.document?.visibilityState !== "hidden";
    return { visible, focused: visible && Boolean(globalThis.document?.hasFocus()), audible: this.#audible };
  }

  /** @param {object} [more] what only some pages are */
  #tellLooks(more) {
    this.#post({ type: "FOCUS", payload: { ...this.#looks(), ...more } });
  }

  /** Expects nothing of the hub. */
  #rest() {
    clearTimeout(this.#revival);
    this.#watch?.stop();
  }

  #hubDied() {
    const message = "The phone broke off and starts anew. See whether it was done.";
    console.warn(message);
    this.#commands.reject({ code: "hub_lost", message });
    this.#show(UNKNOWN);
    this.#revive();
  }

  #revive() {
    const now = performance.now();
    if (now - this.#diedAt > CALM) this.#revivalDelay = REVIVAL_DELAY;
    this.#diedAt = now;
    this.#revival = setTimeout(() => this.reconnect(), this.#revivalDelay);
    this.#revivalDelay = Math.min(2 * this.#revivalDelay, MOST_DELAY);
  }

  #hubHangs() {
    if (!this.#instance.replace()) {
      return this.#fail({ code: "hub_failed", message: "The phone hangs again and again. Wait a minute and try again." });
    }
    this.#watch.depose();
    this.#leaveHub();
  }

  /** The tabs have another hub now. */
  #leaveHub() {
    const message = "The phone did not respond and was started anew.";
    console.warn(message);
    this.reconnect();
    this.#emit("error", { code: "hub_lost", message });
  }

  #post(message) {
    this.#port?.postMessage(message);
  }

  #receive = ({ data }) => {
    this.#watch?.heard(data ?? {});
    switch (data?.type) {
      case "SYNC_STATE":
        return this.#sync(data);
      case "CMD_RESULT":
      case "JOURNAL":
      case "CHECK":
        return this.#commands.settle(data);
      case "ERROR":
        if (data.cutOff) this.#leave(data.payload);
        return this.#emit("error", data.payload);
      case "HANDOVER":
        return this.#emit("handover");
      case "PROGRESS":
        return this.#emit("progress", data.progress);
      case "REINIT":
        return this.#needsPort(data.epoch) ? this.reconnect() : this.#introduce();
      case "OUTDATED":
        return data.retired ? this.#follow(data) : this.#outdate({ version: data.version });
      case "SCREEN_POP":
        return this.#emit("screenpop", data.payload);
    }
  };

  /**
   * True if this hub was run anew at the port of the one before, as WebKit does. What is said to such a port may be lost
   * (https://bugs.webkit.org/show_bug.cgi?id=321471).
   */
  #needsPort(epoch) {
    return this.#openPort !== null && this.#epoch !== null && epoch !== this.#epoch;
  }

  /** Within an epoch only a newer state counts; a new epoch is a new hub, which knows nothing of our commands. */
  #sync(message) {
    const { payload, epoch, rev } = message;
    if (epoch === this.#epoch && rev <= this.#rev) return;
    if (epoch !== this.#epoch) {
      this.#commands.reject({ code: "hub_lost", message: "The phone restarted. See whether it was done." }, epoch);
      this.#epoch = epoch;
    }
    this.#rev = rev;
    if (payload.connectionStatus === "failed") this.#rest(); // the worker ends itself
    this.#show(message);
  }

  #show(message) {
    const wasSignedOut = this.state.connectionStatus === "unauthorized";
    if (message.payload.connectionStatus === "unauthorized" && !wasSignedOut) this.#credentials.renew();
    this.#shown = message;
    this.#emit("statechange", message.payload);
  }

  #command(type, payload) {
    const send = () => this.#send(type, payload);
    const first = this.#credentials.asking ? this.#credentials.asking.then(send) : send();
    return first.catch(async (error) => {
      if (REFUSED.includes(error.code) && (await this.#credentials.renew())) return send();
      throw error;
    });
  }

  #send(type, payload) {
    if (!this.#port) return Promise.reject(new SipError(this.#farewell));
    if (this.state.connectionStatus === "failed") {
      return Promise.reject(new SipError({ code: "hub_failed", message: "The phone could not start." }));
    }
    const id = randomId();
    return this.#commands.begin(id, this.#epoch, () => {
      try {
        this.#post({ type, id, payload });
      } catch {
        throw new SipError({ code: "invalid_command", message: "This cannot be sent to the phone." });
      }
    });
  }

  /** Later, so that whoever has just asked for the client can listen first. */
  #fail(error) {
    queueMicrotask(() => {
      this.#rest();
      this.#commands.reject(error);
      this.#show({ payload: { ...UNKNOWN.payload, connectionStatus: "failed" } });
      this.#emit("error", error);
    });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** The worker sees neither the page's life nor the network's: the tab tells it. */
  #watchPage() {
    const { signal } = (this.#page = new AbortController());
    const nudge = (reason) => this.#post({ type: "NUDGE", payload: { reason } });
    const focus = () => {
      this.#tellLooks();
      if (document.visibilityState !== "hidden") nudge("visible");
    };
    addEventListener("online", () => nudge("online"), { signal });
    addEventListener("focus", focus, { signal });
    addEventListener("blur", () => this.#tellLooks(), { signal });
    document.addEventListener("visibilitychange", focus, { signal });
    document.addEventListener("freeze", () => this.#tellLooks({ frozen: true }), { signal });
    document.addEventListener("resume", focus, { signal });
    // A page in the back/forward cache leaves: whatever the hub answered would cast it out. When it is back the hub has
    // forgotten it, and may be another one by now. Somebody else may have signed in, too: so it leaves empty, since it is
    // seen before any hub can say so.
    const leave = ({ persisted }) => {
      this.#rest();
      this.#dropPort();
      if (!persisted) return;
      this.#show(UNKNOWN);
      this.#emit("handover");
    };
    addEventListener("pagehide", leave, { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && (this.reconnect(), nudge("pageshow")), { signal });
    addEventListener("storage", () => this.#instance.follow() && this.#leaveHub(), { signal });
  }
}

/** crypto.randomUUID is missing on plain http. */
function randomId() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
