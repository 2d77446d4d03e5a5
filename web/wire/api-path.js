/** The address of the backend's API, for those who make a hub's address of it and those who read it there. */

export const DEFAULT_API = "/api/sip";

/** The one form by which hubs are told apart: without slashes at its end. */
export function apiPath(text) {
  return text.replace(/(.)\/+$/, "$1");
}

/** Whether a browser reads that address as one of this site, however it is written. */
export function isOwn(address) {
  const { href, origin } = self.location;
  try {
    return new URL(address, href).origin === origin;
  } catch {
    return false;
  }
}
