/** What an element tells its page of the phone: the events that lead from what it has told to a new state. */

import { predecessor } from "./sip-phone-calls.js";

/**
 * What was told: the last state, and the calls that are not known to be over. A call outlives a hub that dies, and must
 * be told once all the same.
 * @typedef {{state: object | null, calls: object[]}} Told
 */

/** @type {Told} */
export const NOTHING = Object.freeze({ state: null, calls: Object.freeze([]) });

/**
 * @param {Told} told
 * @param {object} state
 * @returns {{told: Told, events: [name: string, detail: object][]}}
 */
export function news(told, state) {
  if (told.state === state) return { told, events: [] };
  const pairs = state.calls.map((call) => [predecessor(call, told.calls, state.calls), call]);
  const missing = told.calls.filter((call) => !pairs.some(([before]) => before === call));
  const over = missing.filter((call) => isOver(call, told, state));
  const unsure = missing.filter((call) => !over.includes(call));
  const events = [
    ["statechange", state],
    ...over.map((call) => ["call-ended", lastOf(call, state)]),
    ...pairs.flatMap(([before, call]) => aboutCall(before, call)),
  ];
  return { told: { state, calls: isSignedOut(state) ? [] : [...state.calls, ...unsure] }, events };
}

/** A stream that is just open has not said yet which calls there are: only the next state without a call ends it. */
function isOver({ id }, { state: before }, after) {
  const isSettled = [before, after].every((state) => state?.connectionStatus === "connected");
  return isSettled || after.lastCall?.id === id;
}

function lastOf(call, { lastCall }) {
  return lastCall?.id === call.id ? lastCall : { ...call, state: "ended" };
}

function aboutCall(before, call) {
  if (!before) return call.direction === "inbound" && call.state === "ringing" ? [["call-incoming", call]] : [];
  return isWaiting(before) && !isWaiting(call) ? [["call-answered", call]] : [];
}

function isWaiting({ state }) {
  return state === "ringing" || state === "dialing";
}

/** What was one operator's is not kept for the next. */
function isSignedOut({ connectionStatus }) {
  return connectionStatus === "unauthorized";
}
