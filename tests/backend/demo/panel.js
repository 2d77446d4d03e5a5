/** The panel of the exchange: shows its calls and counts, and lets you be the far end of every call. */

import { act, watch } from "./exchange.js";

const byId = (id) => document.getElementById(id);

/** What the far end may do, by the state of the call: [what, what the button says]. */
const FAR_END_MAY = {
  dialing: [["answer", "Pick up"], ["busy", "Be busy"], ["decline", "Decline"]],
  ringing: [["hangup", "Give up"]],
  talking: [["hangup", "Hang up"]],
  held: [["hangup", "Hang up"]],
};

const STATE_SAYS = {
  dialing: "The operator is calling",
  ringing: "Ringing at the operator’s",
  talking: "Talking with the operator",
  held: "Put on hold by the operator",
};

/** The rows on the page by call id: a row that stays keeps the focus that is in it. */
const rows = new Map();
let gone = false;

function draw(state) {
  if (!state) return drawBackend("bad", "The server does not answer, or its control is off.");
  gone = isGone(state);
  if (gone) drawBackend("warn", "Cut off from the phones.");
  else drawBackend("good", "Up and reachable.");
  byId("gone").textContent = gone ? "Bring it back" : "Cut it off";
  byId("cut").disabled = gone;
  byId("operator").textContent = `${state.operator.name}, ${state.operatorStatus}`;
  byId("picks-up").checked = state.settings.answerAfter !== null;
  byId("streams").textContent = state.streams;
  byId("most").textContent = state.maxStreams;
  byId("opened").textContent = state.streamsOpened;
  byId("posts").textContent = new Set(state.posts.map(({ key }) => key)).size; // a browser may repeat a POST by itself
  drawCalls(state);
}

function drawBackend(colour, says) {
  byId("lamp").className = `lamp ${colour}`;
  byId("backend-state").textContent = says;
}

function isGone({ faults }) {
  return faults.events?.do === "refuse" && faults.commands?.do === "refuse";
}

function drawCalls({ calls, dtmf }) {
  const live = new Set(calls.map(({ id }) => id));
  for (const [id, row] of rows) if (!live.has(id)) forget(id, row);
  for (const call of calls) drawCall(call, dtmf[call.id] ?? "");
  byId("no-calls").hidden = calls.length > 0;
}

function forget(id, row) {
  rows.delete(id);
  row.element.remove();
}

function drawCall(call, digits) {
  if (!rows.has(call.id)) rows.set(call.id, makeRow(call));
  const row = rows.get(call.id);
  row.element.className = call.state;
  row.says.textContent = [
    STATE_SAYS[call.state],
    call.muted && "muted there",
    call.remoteHold && "on hold here",
    digits && `heard ${digits}`,
  ].filter(Boolean).join(" · ");
  drawButtons(row, call);
}

/** Makes a row's buttons anew only if they are others. */
function drawButtons(row, call) {
  const may = [...FAR_END_MAY[call.state]];
  const connected = call.state === "talking" || call.state === "held";
  if (connected) may.unshift(call.remoteHold ? ["resume", "Resume"] : ["hold", "Hold"]);
  const shown = may.map(([what]) => what).join();
  if (row.shown === shown) return;
  row.shown = shown;
  row.buttons.replaceChildren(...may.map(([what, text]) => makeButton(what, text, call)));
}

function makeRow({ phone, displayName }) {
  const row = { element: make("li"), says: make("span", "quiet"), buttons: make("span", "buttons"), shown: "" };
  const who = make("span", "who");
  who.append(make("strong", "", displayName || (phone ?? WITHHELD)), displayName ? ` ${phone ?? WITHHELD}` : "", make("br"), row.says);
  row.element.append(make("span", "lamp"), who, row.buttons);
  byId("calls").append(row.element);
  return row;
}

function makeButton(what, text, { id, phone, displayName }) {
  const button = make("button", what, text);
  button.setAttribute("aria-label", `${text}: ${displayName || (phone ?? WITHHELD)}`);
  button.addEventListener("click", () => attempt("far", { callId: id, do: what }));
  return button;
}

function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

/** Does something, and shows why it could not be done. */
async function attempt(name, body) {
  const problem = byId("problem");
  try {
    await act(name, body);
    problem.hidden = true;
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
}

byId("ring").addEventListener("submit", (event) => {
  event.preventDefault();
  const { phone, displayName } = Object.fromEntries(new FormData(event.currentTarget));
  attempt("ring", { phone: phone.replace(/[\s()./-]/g, ""), displayName: displayName.trim() || null });
});
byId("gone").addEventListener("click", () => attempt("gone", { gone: !gone }));
byId("cut").addEventListener("click", () => attempt("cut", { how: "reset" }));
byId("picks-up").addEventListener("change", ({ target }) => {
  attempt("settings", { answerAfter: target.checked ? 3 : null });
});

watch(draw);
