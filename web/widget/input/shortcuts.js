/**
 * Keys that work wherever on the page the focus is: Alt+Shift and a letter press the control that is shown for it. So they
 * do what a person could do now, and nothing else.
 */

import { windowsOf } from "../dom.js";

/** The control of each letter, in the active call if it has one. */
const SHORTCUTS = {
  A: "[part~=answer]",
  H: "[part~=hangup]",
  O: ":is([part~=hold], [part~=resume])",
  M: ":is([part~=mute], [part~=unmute])",
  D: "[part=dialer] [part=number]",
};

export const LETTERS = Object.keys(SHORTCUTS);

/** The letter that opens and closes the self-check. */
const CHECK = "I";

/** What types text: a custom element may have a field in it that nobody sees. */
const TEXT = /^(input|textarea|select)$|-/;

/**
 * Listen on the page. A key that somebody has claimed before, this page or another phone on it, is left alone.
 * @param {ShadowRoot} root
 * @param {() => boolean} areOn
 * @param {AbortSignal} signal
 */
export function listenForShortcuts(root, areOn, signal) {
  const press = (event) => {
    if (!areOn() || event.defaultPrevented) return;
    const letter = letterOf(event, root);
    const control = letter === CHECK ? root.host : controlFor(root, letter);
    if (!control) return;
    event.preventDefault();
    if (!event.repeat) use(control);
  };
  for (const each of windowsOf(root)) each.addEventListener("keydown", press, { signal });
}

/** Tell screen readers and pointers which keys press the controls that there are, or that none do. */
export function labelShortcuts(root, areOn) {
  for (const [letter, selector] of Object.entries(SHORTCUTS)) {
    for (const control of root.querySelectorAll(selector)) label(control, areOn ? `Alt+Shift+${letter}` : null);
  }
}

/**
 * The letter of a key that is pressed with Alt and Shift. Where it types no Latin one, its place on the keyboard
 * counts; but in a text of the page it types that.
 */
export function letterOf(event, root) {
  const { altKey, shiftKey, ctrlKey, metaKey, key, code, isComposing } = event;
  if (!altKey || !shiftKey || ctrlKey || metaKey || isComposing) return null;
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const [target] = event.composedPath();
  const isText = target.isContentEditable || TEXT.test(target.localName);
  return isText && target.getRootNode() !== root ? null : code.replace("Key", "");
}

function use(control) {
  if (control instanceof HTMLInputElement) control.focus();
  else if (control instanceof HTMLButtonElement) control.click();
  else control.check = !control.check;
}

/** The control that a letter presses now. */
export function controlFor(root, letter) {
  const selector = SHORTCUTS[letter];
  if (!selector) return null;
  const controls = [...root.querySelectorAll(`[part~=active] ${selector}`), ...root.querySelectorAll(selector)];
  return controls.find((control) => control.checkVisibility());
}

function label(control, keys) {
  if (control.ariaKeyShortcuts === keys) return;
  control.ariaKeyShortcuts = keys;
  if (keys) control.title = keys;
  else control.removeAttribute("title");
}
