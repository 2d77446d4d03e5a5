/** Whether a call waits to be answered, and since when it or the talk lasts. */

export function isWaiting({ state }) {
  return state === "ringing" || state === "dialing";
}

/** The moment a call's timer counts from, or null: since the answer, before that since it began to ring or dial. */
export function timedFrom(call) {
  return call.answeredAt ?? (isWaiting(call) ? (call.startedAt ?? null) : null);
}
