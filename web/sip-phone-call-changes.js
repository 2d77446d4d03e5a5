/** What became of calls from one state to the next. */

/**
 * Each call that there is now, with what it was before, if it was there; and the calls of before that are gone.
 * @param {object[]} before
 * @param {object[]} after
 * @returns {{pairs: [old: object | undefined, call: object][], gone: object[]}}
 */
export function compare(before, after) {
  const left = new Set(before);
  const pairs = after.map((call) => {
    const old = predecessor(call, [...left], after);
    left.delete(old);
    return [old, call];
  });
  return { pairs, gone: [...left] };
}

/** The call of that id, else a dialing one that is gone: a call we dial gets its true id when the backend names it. */
function predecessor(call, before, after) {
  const isGone = (old) => !after.some(({ id }) => id === old.id);
  const named = (old) => call.direction === "outbound" && old.state === "dialing" && isGone(old);
  return before.find(({ id }) => id === call.id) ?? before.find(named);
}
