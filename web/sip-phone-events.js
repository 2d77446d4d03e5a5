/** What an element tells its page of the phone: the events that lead from what it has told to a new state. */

import { isWaiting } from "./sip-phone-call-times.js";
import { compare } from "./sip-phone-call-changes.js";

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
  const { pairs, ...changes } = compare(told.calls, state.calls);
  const gone = isAnothers(changes.gone, told, state) ? [] : changes.gone;
  const over = gone.filter((call) => isOver(call, told, state));
  const unsure = gone.filter((call) => !over.includes(call));
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

/** A hub tells how a call of its own ended. One that has no last call any more has become another person's. */
function isAnothers(gone, { state: before }, { connectionStatus, lastCall }) {
  return connectionStatus === "connected" && !lastCall && gone.some((call) => before.calls.includes(call));
}

/** What was one operator's is not kept for the next. */
function isSignedOut({ connectionStatus }) {
  return connectionStatus === "unauthorized";
}
