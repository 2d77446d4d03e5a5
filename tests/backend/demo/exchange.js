/**
 * The exchange as this page sees it: `watch` its state, `act` on it.
 *
 * A browser opens six connections to a server at the most, over all its tabs, and an event stream holds one of them.
 * So the tabs share one stream here too: whoever holds the lock listens, and passes on what it hears.
 */

const channel = new BroadcastChannel("exchange");

/** Calls `onState` with the state now and after each change, and with null while the server does not answer. */
export async function watch(onState) {
  channel.addEventListener("message", ({ data }) => onState(data));
  navigator.locks.request("exchange", () => listen(onState));
  onState(await fetchState());
}

/** Does something at the exchange. Rejects with a sentence for a person. */
export async function act(name, body) {
  const response = await fetch(`/control/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => Promise.reject(new Error("The server does not answer.")));
  if (!response.ok) throw new Error((await response.json()).detail);
}

async function fetchState() {
  const response = await fetch("/control/state").catch(() => null);
  return response?.ok ? response.json() : null;
}

/** Listens for as long as this tab lives: the promise, and with it the lock, is never let go. */
function listen(onState) {
  const tell = (state) => {
    onState(state);
    channel.postMessage(state);
  };
  const source = new EventSource("/control/events");
  source.addEventListener("state", ({ data }) => tell(JSON.parse(data)));
  source.addEventListener("error", () => tell(null));
  return new Promise(() => {});
}
