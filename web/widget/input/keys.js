/** Keys that are pressed in the phone: one that is held acts once, and plain ones are not the hot keys of the page. */

/** @param {ShadowRoot} root */
export function keepKeys(root) {
  for (const name of ["keydown", "keypress", "keyup"]) {
    root.addEventListener(name, (event) => isPlain(event) && event.stopPropagation());
  }
  const holdBack = (event) => {
    const types = event.target.localName === "input" && event.key !== "Enter"; // a key that is held goes on typing
    if (!event.repeat || types || !isPlain(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  root.addEventListener("keydown", holdBack, true);

  /** What the page has put into a slot is its own, and some keys are whatever has the focus. */
  function isPlain({ target, key, ctrlKey, altKey, metaKey }) {
    return !(root.host.contains(target) || ctrlKey || altKey || metaKey || /^(Tab|F\d)/.test(key));
  }
}
