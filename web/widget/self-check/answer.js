/** Asks a hub what it may be too old to know, or not able to answer. */

export const TOO_OLD = "check_too_old";
export const NO_ANSWER = "check_no_answer";

/**
 * Resolves to what the client is answered; rejects with {code, message} when it is not, at the latest after `patience`.
 * @template T
 * @param {import("../../client/sip-client.js").SipClient} client
 * @param {(client: SipClient) => Promise<T>} ask
 * @param {number} patience ms
 * @param {{tooOld: string, noAnswer: string}} words
 * @returns {Promise<T>}
 */
export function answer(client, ask, patience, { tooOld, noAnswer }) {
  const signal = AbortSignal.timeout(patience);
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject({ code: NO_ANSWER, message: noAnswer }));
    // A hub that does not know the question says so to nobody in particular.
    const heard = ({ detail }) => detail.code === "unsupported" && reject({ code: TOO_OLD, message: tooOld });
    client.addEventListener("error", heard, { signal });
    ask(client).then(resolve, reject);
  });
}
