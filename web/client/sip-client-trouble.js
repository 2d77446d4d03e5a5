/** Why a worker could not be loaded, in a sentence: browsers say nothing of it, so its script is asked for once more. */

const BARRED =
  "this browser keeps pages in frames of other sites from storage and workers. Open the page in a tab, or allow its cookies here.";
const PATIENCE = 3_000; // ms
const SCRIPT = "text/javascript";
const SCRIPTS = [SCRIPT, "application/javascript", "application/x-javascript", "application/ecmascript", "text/ecmascript"];

/** @param {URL} url of the worker script */
export async function trouble(url) {
  const { pathname } = url;
  if (isBarred()) return BARRED;
  let response;
  try {
    response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    response.body?.cancel();
  } catch {
    return `${pathname} could not be loaded: the server does not answer, or a policy of this page forbids it.`;
  }
  const { ok, status, redirected, headers } = response;
  const type = (headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
  if (!ok) return `${pathname} could not be loaded: the server answers ${status}.`;
  if (redirected) return `${pathname} could not be loaded: the server leads to another address.`;
  if (!SCRIPTS.includes(type)) {
    return `${pathname} could not be loaded: the server sends it as ${type || "nothing"}, and it must be ${SCRIPT}.`;
  }
  return `${pathname} could not be loaded. A policy of this site may forbid it, or a part of it is missing.`;
}

/** Of a worker that is not allowed a browser says no more than of one that cannot be loaded. */
function isBarred() {
  try {
    return !localStorage;
  } catch {
    return true;
  }
}
