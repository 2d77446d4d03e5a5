/** The page's title: it blinks while a call rings, and is the page's own again afterwards, whatever that is by then. */

const PACE = 1_000; // ms; the timers of hidden tabs run no faster

/** What is to be shown, by who wants it: a page has one title, and maybe several phones. @type {Map<object, string>} */
const wanted = new Map();
let timer = 0;
let own = "";
let shown = null; // ours, as it reads in the page; null in between

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
  timer = setInterval(() => (shown === null ? show() : giveBack()), PACE);
  show();
}

function rest() {
  clearInterval(timer);
  timer = 0;
  giveBack();
}

function show() {
  own = document.title;
  document.title = wanted.values().next().value;
  shown = document.title;
}

/** A page that has given itself another title meanwhile keeps that. */
function giveBack() {
  if (shown !== null && document.title === shown) document.title = own;
  shown = null;
}
