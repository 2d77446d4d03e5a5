/** Style sheets as shadow trees take them. */

/** @param {string} text */
export function styleSheet(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** Have what is around a node look like that as well. */
export function adopt(node, sheet) {
  const { adoptedStyleSheets: sheets } = node.getRootNode();
  if (!sheets.includes(sheet)) sheets.push(sheet);
}
