/** Finds the elements that steps lead to, each within those of the one before, and in their shadow trees. */

/** Which elements have a role by themselves, as far as the phone has such; others say theirs. */
const BY_ROLE = {
  article: "article",
  button: "button",
  combobox: "select",
  progressbar: "progress",
  textbox: "input",
};

function find(steps) {
  return steps.reduce((found, step) => found.flatMap((element) => within(element.shadowRoot ?? element, step)), [document]);
}

/** A step is either {css}, or {role, name, exact}; what cannot be seen has no role. */
function within(root, { css, role, name, exact }) {
  const found = [...root.querySelectorAll(css ?? BY_ROLE[role] ?? `[role=${role}]`)];
  if (css) return found;
  const known = found.filter((element) => element.checkVisibility({ visibilityProperty: true }));
  return name === null ? known : known.filter((element) => isCalled(element, name, exact));
}

function isCalled(element, wanted, exact) {
  const name = element.ariaLabel ?? readAloud(element.labels?.[0] ?? element);
  return exact ? name === wanted : name.toLowerCase().includes(wanted.toLowerCase());
}

/** The text of an element, without what assistive technology leaves out. */
function readAloud(element) {
  const copy = element.cloneNode(true);
  for (const silent of copy.querySelectorAll("[aria-hidden=true], [hidden]")) silent.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}
