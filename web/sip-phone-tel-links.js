/**
 * Click to call: a click on a `tel:` link of the page dials, instead of asking the system for a telephone. With * or # in
 * it a number may be a code that diverts the operator's calls: that is only filled in, for a person to look at.
 */

const DOUBLE_CLICK = 500; // ms; a second click, or a key that is held, belongs to the first

/** @type {WeakSet<AbortSignal>} for which links are taken */ const taking = new WeakSet();

/**
 * @param {SipPhoneWidget} phone takes links while its `telLinks` is set and it is connected; else they are the browser's
 * @param {(link: HTMLAnchorElement, number: string) => void} dial
 * @param {AbortSignal} signal ends it
 */
export function takeTelLinks(phone, dial, signal) {
  if (signal.aborted || taking.has(signal)) return;
  taking.add(signal);
  let last = { link: null, at: -Infinity };
  const take = (event) => {
    const link = event.composedPath().find(({ protocol }) => protocol === "tel:");
    if (!link || !phone.telLinks || !isPlain(event) || phone.client.state.connectionStatus !== "connected") return;
    event.preventDefault();
    const isAgain = link === last.link && event.timeStamp - last.at < DOUBLE_CLICK;
    last = { link, at: event.timeStamp };
    if (isAgain) return;
    const number = numberOf(link);
    if (/[*#]/.test(number.normalize("NFKC"))) fillIn(phone, number);
    else dial(link, number);
  };
  document.addEventListener("click", take, { signal });
}

function fillIn({ shadowRoot }, number) {
  const toggle = shadowRoot.querySelector("[part=toggle][aria-expanded=false]");
  if (toggle?.checkVisibility()) toggle.click();
  const field = shadowRoot.querySelector("[part=dialer] [part=number]");
  field.value = number;
  field.focus();
}

/** A click that the page has left to others, and that asks for no other tab or window. */
function isPlain({ defaultPrevented, button, ctrlKey, metaKey, shiftKey, altKey }) {
  return !(defaultPrevented || button || ctrlKey || metaKey || shiftKey || altKey);
}

/** The number stands before the parameters (RFC 3966), of which a call can have none. */
function numberOf({ pathname }) {
  const [number] = pathname.split(";");
  try {
    return decodeURIComponent(number);
  } catch {
    return number; // the hub tells that it is none
  }
}
