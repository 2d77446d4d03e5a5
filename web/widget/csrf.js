/** The header by which a site's own protection against forged requests (CSRF) knows its pages: it repeats a cookie. */

/**
 * @param {string} cookie the name of the cookie
 * @param {string} header the name of the header
 * @returns {() => Record<string, string>} the header as it is now; none while there is no such cookie
 */
export function csrfHeaders(cookie, header) {
  return () => {
    const value = cookieNamed(cookie);
    return value ? { [header]: value } : {};
  };
}

function cookieNamed(name) {
  const start = `${name}=`;
  const found = document.cookie.split("; ").find((each) => each.startsWith(start));
  return found?.slice(start.length);
}
