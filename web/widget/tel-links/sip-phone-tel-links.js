/**
 * Click to call: a click on a `tel:` link of the page dials, instead of asking the system for a telephone. With * or # in
 * it a number may be a code that diverts the operator's calls: that is only filled in, for a person to look at.
 */

const DOUBLE_CLICK = 500; // ms; a second click, or a key that is held, belongs to the first

/** @type {WeakSet<AbortSignal>} for which links are taken */ const taking = new WeakSet();

/**
 * What the hub takes for a number, and what may follow it. Whether to take a click has to be known at once, and what the
 * hub would refuse is better left to the browser; tests/numbers.json says that both agree.
 */
const GAP = String.raw`[\s\-./()[\]\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*`;
const NUMBER = String.raw`${GAP}(?:\+${GAP})?(?:[\d*#]${GAP}){1,32}`;
const PARAMETERS = String.raw`(?:;ext=[\d.\-]*|;(?!ext=|postd=)[a-z][a-z\d-]*=[^;,]*)*`;
const DIGITS = String.raw`(?:(?:[,;pw]|(?:ext[.:]?|x) *\d)[\d*#,;pw .\-]*)?`;
const LINK = new RegExp(`^(${NUMBER})${PARAMETERS}${DIGITS}${PARAMETERS}$`, "i");
const MOST = 256; // characters; the field takes no more

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
    const said = textOf(link);
    const text = said.normalize("NFKC");
    const [, number] = (text.length <= MOST && LINK.exec(text)) || [];
    if (!number) return;
    event.preventDefault();
    const isAgain = link === last.link && event.timeStamp - last.at < DOUBLE_CLICK;
    last = { link, at: event.timeStamp };
    if (isAgain) return;
    if (/[*#]/.test(number)) fillIn(phone, said);
    else dial(link, text);
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

/** What the link says after `tel:`, in which some write slashes as in other addresses, or a query. */
function textOf({ href }) {
  const text = href.replace(/^tel:(\/\/)?|\?.*/gi, "");
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
