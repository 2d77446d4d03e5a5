/** One SipClient for all elements of a page that ask for the same phone: made for the first, closed with the last. */

import { SipClient } from "#client";

/** @type {Map<string, {client: SipClient, users: number}>} by which phone was asked for */
const shared = new Map();

/** Refuses all commands. */
export const nobody = new SipClient(null);

/**
 * The client for that phone, to be given back. How long the phone lives, the first who asks for it says.
 * @param {{worker: string, api: string, session: string, extendedLifetime: boolean}} options those of SipClient.connect
 */
export function borrowClient({ extendedLifetime, ...phone }) {
  const key = Object.values(phone).join("\n");
  const entry = shared.get(key) ?? { client: SipClient.connect({ ...phone, extendedLifetime }), users: 0 };
  entry.users += 1;
  shared.set(key, entry);
  return entry.client;
}

/** @param {SipClient} client one that was borrowed */
export function giveBackClient(client) {
  const [key, entry] = [...shared].find(([, { client: other }]) => other === client);
  entry.users -= 1;
  if (entry.users > 0) return;
  shared.delete(key);
  client.close();
}
