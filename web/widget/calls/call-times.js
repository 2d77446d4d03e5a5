/** Whether a call waits to be answered or is to be heard, and since when it or the talk lasts. */

export function isWaiting({ state }) {
  return state === "ringing" || state === "dialing";
}

/** The moment a call's timer counts from, or null: since the answer, before that since it began to ring or dial. */
export function timedFrom(call) {
  return call.answeredAt ?? (isWaiting(call) ? (call.startedAt ?? null) : null);
}

/** The ids of the calls to ring for; where the hub does not say, they are those that ring. */
export function heard({ ringing }, { calls }) {
  return ringing ?? calls.filter(({ state }) => state === "ringing").map(({ id }) => id);
}
