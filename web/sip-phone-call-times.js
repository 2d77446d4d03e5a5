/** The moment a call's timer counts from, or null: since the answer, before that since it began to ring or dial. */
export function timedFrom({ state, startedAt, answeredAt }) {
  const waiting = state === "ringing" || state === "dialing";
  return answeredAt ?? (waiting ? (startedAt ?? null) : null);
}
