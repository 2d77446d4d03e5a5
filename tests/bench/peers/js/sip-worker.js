/**
 * A peer of the benchmark: a hub in JavaScript alone, as one would write it without Python. It speaks the same protocol
 * with tabs and backend, and checks less of what they say than the Python hub does.
 */

const RETRY = 5_000; // ms
const POST_TIMEOUT = 10_000; // ms

const api = new URL(self.location.href).searchParams.get("api") ?? "/api/sip";
const epoch = crypto.randomUUID();
/** Resolves when the lock is held by which tabs know that this hub lives; before that it says no PONG. */
const locked = new Promise((resolve) => {
  if (!navigator.locks) return resolve();
  navigator.locks.request(`sip-phone-hub-${epoch}`, () => new Promise(() => resolve()));
});

/** What an operator may do where the backend does not say. */
const ACTIONS = {
  dialing: ["hangup"],
  ringing: ["answer", "hangup"],
  talking: ["hangup", "hold", "mute", "dtmf", "transfer"],
  held: ["hangup", "resume", "transfer"],
  ended: [],
};

/** A call only moves along these arrows. */
const NEXT = {
  dialing: ["talking", "held", "ended"],
  ringing: ["talking", "held", "ended"],
  talking: ["held", "ended"],
  held: ["talking", "ended"],
  ended: [],
};

/** The commands for a call: the path of the POST, and what a bare success means for the call. */
const CALL_COMMANDS = {
  CMD_ANSWER: ["answer", { state: "talking" }],
  CMD_HANGUP: ["hangup", { state: "ended" }],
  CMD_HOLD: ["hold", { state: "held" }],
  CMD_RESUME: ["resume", { state: "talking" }],
  CMD_MUTE: ["mute", { muted: true }],
  CMD_UNMUTE: ["unmute", { muted: false }],
  CMD_DTMF: ["dtmf", {}],
  CMD_TRANSFER: ["transfer", { state: "ended", endReason: "transferred" }],
};

const FRESH = {
  direction: "inbound",
  displayName: null,
  state: "ringing",
  muted: false,
  remoteHold: false,
  startedAt: null,
  answeredAt: null,
  endedAt: null,
  endReason: null,
  sipCode: null,
};

const ports = new Set();
/** @type {Map<string, object>} live calls by id, oldest first */
const calls = new Map();
/** @type {Map<string, Promise<object>>} commands by id: the same id twice is one command */
const commands = new Map();
let connectionStatus = "connecting";
let operatorStatus = "offline";
let statusSince = null;
let lastCall = null;
let rev = 0;
let source = null;
let lastEventId = "";
let silence = 0;

// --- tabs ------------------------------------------------------------------------------------------------------------

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => receive(port, data);
};

function receive(port, message) {
  const type = message?.type;
  if (type === "INIT_PORT") {
    ports.add(port);
    port.postMessage(syncState());
  } else if (!ports.has(port)) port.postMessage({ type: "REINIT", epoch });
  else if (type === "PING") locked.then(() => port.postMessage({ type: "PONG", epoch, rev }));
  else if (type === "BYE") ports.delete(port);
  else if (type === "NUDGE") wake();
  else if (type !== "FOCUS") command(port, message);
}

function syncState() {
  const all = [...calls.values()].map(shown);
  const payload = { connectionStatus, operatorStatus, statusSince, activeCall: active(all), calls: all, lastCall };
  const ringing = all.filter(({ state }) => state === "ringing").map(({ id }) => id);
  return { type: "SYNC_STATE", payload, epoch, rev, ...(ringing.length && { ringing }) };
}

function broadcast() {
  rev += 1;
  const message = syncState();
  for (const port of ports) port.postMessage(message);
}

function shown({ offered, ...call }) {
  const usual = ACTIONS[call.state].map((action) => (action === "mute" && call.muted ? "unmute" : action));
  return { ...call, actions: offered ?? usual };
}

/** The one that talks, else the one that dials, else the oldest that rings, else the one held last. */
function active(all) {
  const first = (state) => all.find((call) => call.state === state);
  return first("talking") ?? first("dialing") ?? first("ringing") ?? all.findLast(({ state }) => state === "held") ?? null;
}

// --- calls -----------------------------------------------------------------------------------------------------------

/** Take over what is said of a call; one that would move backwards is ignored. */
function see({ actions, ...changes }) {
  const known = calls.get(changes.id);
  if (!known && (typeof changes.phone !== "string" || lastCall?.id === changes.id)) return;
  const call = known ?? { ...FRESH, ...changes };
  const state = changes.state ?? call.state;
  if (state !== call.state && !NEXT[call.state].includes(state)) return;
  if (state === "ended") return end(changes);
  const offered = actions ?? (state === call.state ? call.offered : undefined);
  const answeredAt = call.answeredAt ?? (state === "talking" ? Date.now() : null);
  calls.set(call.id, { ...call, answeredAt, ...changes, offered });
}

function end({ id, endReason = "completed", endedAt = Date.now(), sipCode = null }) {
  const call = calls.get(id);
  if (!call) return;
  calls.delete(id);
  lastCall = { ...shown(call), state: "ended", endReason, endedAt, sipCode, remoteHold: false, actions: [] };
}

/** One mouth, one call. */
function holdOthers(id) {
  for (const call of [...calls.values()]) {
    if (call.id !== id && call.state === "talking") see({ id: call.id, state: "held" });
  }
}

// --- the backend's events --------------------------------------------------------------------------------------------

const EVENTS = {
  snapshot(data) {
    const listed = new Set(data.calls.map(({ id }) => id));
    for (const id of [...calls.keys()]) if (!listed.has(id)) end({ id, endReason: "connection_lost" });
    data.calls.forEach(see);
    if (data.operatorStatus) takeStatus(data.operatorStatus, data.statusSince);
    connectionStatus = "connected";
  },
  call_incoming: see,
  call_updated: see,
  call_ended: end,
  operator_status: (data) => takeStatus(data.status, data.statusSince),
};

function takeStatus(status, since = Date.now()) {
  if (status === operatorStatus && statusSince !== null) return;
  operatorStatus = status;
  statusSince = since;
}

function openStream() {
  source = new EventSource(lastEventId ? `${api}/events?lastEventId=${encodeURIComponent(lastEventId)}` : `${api}/events`);
  for (const [name, apply] of Object.entries(EVENTS)) source.addEventListener(name, (event) => hear(event, apply));
  source.addEventListener("ping", ({ data }) => watch(JSON.parse(data).interval));
  source.onerror = () => source.readyState !== EventSource.OPEN && lose();
}

function hear(event, apply) {
  try {
    apply(JSON.parse(event.data));
  } catch {
    return console.warn(`An event ${event.type} cannot be read.`);
  }
  lastEventId = event.lastEventId || lastEventId;
  broadcast();
}

/** Silence for three intervals means that the stream is dead. */
function watch(interval) {
  clearTimeout(silence);
  silence = setTimeout(lose, 3_000 * interval);
}

function lose() {
  clearTimeout(silence);
  source.close();
  source = null;
  silence = setTimeout(openStream, RETRY);
  if (connectionStatus === "reconnecting") return;
  connectionStatus = "reconnecting";
  broadcast();
}

/** Something woke up: try now instead of at the next retry. */
function wake() {
  if (source) return;
  clearTimeout(silence);
  openStream();
}

// --- commands --------------------------------------------------------------------------------------------------------

async function command(port, { type, id, payload = {} }) {
  const key = id ?? crypto.randomUUID();
  if (!commands.has(key)) commands.set(key, carryOut(type, key, payload));
  const error = await commands.get(key);
  if (id) port.postMessage(error ? { type: "CMD_RESULT", id, ok: false, error } : { type: "CMD_RESULT", id, ok: true });
  else if (error) port.postMessage({ type: "ERROR", payload: { code: error.code, message: error.message, command: type } });
}

/** Returns what went wrong, or undefined. */
async function carryOut(type, key, payload) {
  if (type === "CMD_DIAL") return dial(key, payload.phone);
  if (type === "CMD_STATUS") return post("status", key, { status: payload.status }, () => takeStatus(payload.status));
  if (!CALL_COMMANDS[type]) return failure("unsupported", "The phone does not know this command.");
  const [path, becomes] = CALL_COMMANDS[type];
  const call = payload.callId === undefined ? active([...calls.values()]) : calls.get(payload.callId);
  if (!call) return failure("invalid_state", "There is no such call; it may just have ended.");
  return post(path, key, { ...payload, callId: call.id }, ({ call: said }) => {
    see({ id: call.id, ...becomes, ...said });
    if (becomes.state === "talking") holdOthers(call.id);
  });
}

/** The call is shown at once under a provisional id, until the backend names it. */
async function dial(key, phone) {
  if (!/^\+?[0-9*#]{1,32}$/.test(phone)) return failure("invalid_phone", "This is not a number that can be dialled.");
  see({ id: key, phone, direction: "outbound", state: "dialing" });
  broadcast();
  const error = await post("dial", key, { phone }, ({ call }) => {
    if (!call) return;
    calls.delete(key);
    see(call);
  });
  if (error) end({ id: key, endReason: "failed" });
  if (error) broadcast();
  return error;
}

async function post(path, key, body, done) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key, "X-Requested-With": "sip-worker" };
  const signal = AbortSignal.timeout(POST_TIMEOUT);
  try {
    const response = await fetch(`${api}/${path}`, { method: "POST", headers, body: JSON.stringify(body), signal });
    const text = await response.text();
    if (!response.ok) return failure(`api_${response.status}`, `The phone server refused. (${response.status})`);
    done(text ? JSON.parse(text) : {});
    broadcast();
  } catch (reason) {
    return failure(reason.name === "TimeoutError" ? "timeout" : "network", "The phone server did not answer.");
  }
}

function failure(code, message) {
  return { code, message, retryable: false };
}

openStream();
