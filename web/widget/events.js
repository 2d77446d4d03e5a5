/** What an element tells its page of the phone: the events that lead from what it has told to a new state. */

import { heard, isWaiting } from "./calls/call-times.js";
import { compare } from "./calls/call-changes.js";

/**
 * What was told: the last state, the calls that are not known to be over, and those of them that rang, by id. A call
 * outlives a hub that dies, and must be told once all the same.
 * @typedef {{state: object | null, calls: object[], rung: string[]}} Told
 */

/** @type {Told} */
export const NOTHING = Object.freeze({ state: null, calls: Object.freeze([]), rung: Object.freeze([]) });

/**
 * @param {Told} told
 * @param {object} state
 * @param {{ringing?: string[], begun?: string[]}} [client] which calls are to be heard, and in which people begin to talk
 * @returns {{told: Told, events: [name: string, detail: object][]}}
 */
export function news(told, state, client = {}) {
  if (told.state === state) return { told, events: [] };
  const ringing = heard(client, state);
  const { pairs, ...changes } = compare(told.calls, state.calls);
  const gone = isAnothers(changes.gone, told, state) ? [] : changes.gone;
  const over = gone.filter((call) => isOver(call, told, state));
  const unsure = gone.filter((call) => !over.includes(call));
  const events = [
    ["statechange", state],
    ...over.map((call) => ["call-ended", lastOf(call, state)]),
    ...pairs.filter(isIncoming).map(([, call]) => ["call-incoming", call]),
    ...pairs.filter(isAnswered).map(([, call]) => ["call-answered", call]),
  ];
  const calls = isSignedOut(state) ? [] : [...state.calls, ...unsure];
  const rung = calls.map(({ id }) => id).filter((id) => told.rung.includes(id) || ringing.includes(id));
  return { told: { state, calls, rung }, events };

  function isIncoming([, { id, direction }]) {
    return direction === "inbound" && ringing.includes(id) && !told.rung.includes(id);
  }

  /** A page that has just come was not there when the talk began. */
  function isAnswered([before, call]) {
    return before ? isWaiting(before) && !isWaiting(call) : told.state !== null && client.begun?.includes(call.id);
  }
}

/** A stream that is just open has not said yet which calls there are: only the next state without a call ends it. */
function isOver({ id }, { state: before }, after) {
  const isSettled = [before, after].every((state) => state?.connectionStatus === "connected");
  return isSettled || after.lastCall?.id === id;
}

function lastOf(call, { lastCall }) {
  return lastCall?.id === call.id ? lastCall : { ...call, state: "ended" };
}

/** A hub tells how a call of its own ended. One that has no last call any more has become another person's. */
function isAnothers(gone, { state: before }, { connectionStatus, lastCall }) {
  return connectionStatus === "connected" && !lastCall && gone.some((call) => before.calls.includes(call));
}

/** What was one operator's is not kept for the next. */
function isSignedOut({ connectionStatus }) {
  return connectionStatus === "unauthorized";
}
