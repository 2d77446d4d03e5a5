/** Why a worker may not be had, of which a browser says no more than that. A file of its own, since it is rarely so. */

const BARRED =
  "this browser keeps pages in frames of other sites from storage and workers. Open the page in a tab, or allow its cookies here.";

/** @returns {string} why this page can have no worker at all, or nothing */
export function barred() {
  try {
    return localStorage ? "" : BARRED;
  } catch {
    return BARRED;
  }
}
