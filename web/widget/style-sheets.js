/**
 * Style sheets as shadow trees take them. A sheet belongs to one document, and a tree that goes to another window loses its
 * sheets: so the tree keeps the texts, also for the parts that come in files of their own.
 */

/**
 * Have the shadow tree around a node look like that as well.
 * @param {Node} node
 * @param {string} text
 */
export function adopt(node, text) {
  const root = node.getRootNode();
  const texts = (root.texts ??= []);
  if (texts.includes(text)) return;
  texts.push(text);
  root.adoptedStyleSheets.push(styleSheet(text, root));
}

/** The tree is in another document now. */
export function adoptAgain(root) {
  root.adoptedStyleSheets = root.texts.map((text) => styleSheet(text, root));
}

function styleSheet(text, { ownerDocument }) {
  const sheet = new (ownerDocument.defaultView ?? window).CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
