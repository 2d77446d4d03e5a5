/** What became of calls from one state to the next. */

/**
 * Each call that there is now, with what it was before, if it was there; and the calls of before that are gone.
 * @param {object[]} before
 * @param {object[]} after
 * @returns {{pairs: [old: object | undefined, call: object][], gone: object[]}}
 */
export function compare(before, after) {
  const left = new Map(before.map((call) => [call.id, call]));
  const ids = new Set(after.map(({ id }) => id));
  // A call that we dial gets its true id when the backend names it.
  const unnamed = before.filter(({ id, state }) => state === "dialing" && !ids.has(id));
  const pairs = after.map((call) => {
    const old = left.get(call.id) ?? (call.direction === "outbound" ? unnamed.shift() : undefined);
    left.delete(old?.id);
    return [old, call];
  });
  return { pairs, gone: [...left.values()] };
}
