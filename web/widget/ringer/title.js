/**
 * The page's title: it blinks while a call rings, and is the page's own again afterwards, whatever that is by then. Nothing
 * of ours stays in it: not in the browser's history, nor in a title that the page makes of the one it reads.
 */

const PACE = 1_000; // ms; the timers of hidden tabs run no faster
const MOST = 20; // texts that a page may still remember

/**
 * Whether a page learns that it is about to get another entry in the history (`pushState`) while the title can still be
 * changed.
 */
export const canHideTitle = "navigation" in globalThis;

/** What is to be shown, by who wants it: a page has one title, and maybe several phones. @type {Map<object, string>} */
const wanted = new Map();
/** What was shown, with the page's own title of then. @type {Map<string, string>} */
const past = new Map();
let timer = 0;
let shown = null; // ours, as it reads in the page; null in between
let observer = null;

/**
 * @param {object} phone
 * @param {string | undefined} text without one its title is the page's own again
 */
export function blinkTitle(phone, text) {
  if (text) wanted.set(phone, text);
  else wanted.delete(phone);
  if (wanted.size === 0) rest();
  else if (!timer) start();
}

function start() {
  watch();
  timer = setInterval(() => (shown === null ? show() : giveBack()), PACE);
  show();
}

function rest() {
  clearInterval(timer);
  timer = 0;
  giveBack();
}

function show() {
  clean();
  const own = document.title;
  document.title = wanted.values().next().value;
  shown = document.title;
  past.delete(shown);
  past.set(shown, own);
  if (past.size > MOST) past.delete(past.keys().next().value);
}

/** A page that has given itself another title meanwhile keeps that. */
function giveBack() {
  shown = null;
  clean();
}

/** Puts the page's own title in the place of ours, also where it is a part of another. */
function clean() {
  let title = document.title;
  if (title === shown) return;
  for (const [text, own] of past) title = title.split(text).join(own);
  if (title !== document.title) document.title = title;
}

/** A page may keep what it has read, and set a title made of it whenever it likes. */
function watch() {
  if (observer || !document.head) return;
  observer = new MutationObserver(clean);
  observer.observe(document.head, { subtree: true, childList: true, characterData: true });
  globalThis.navigation?.addEventListener("navigate", giveBack);
}
