/** The commands of a phone as methods of the element, so that a page needs no client for them. */

import { nobody } from "./shared-client.js";

const COMMANDS = ["dial", "answer", "hangup", "hold", "resume", "mute", "unmute", "dtmf", "transfer", "setStatus"];

/** @param {typeof HTMLElement} element whose property `client` carries them out */
export function addCommands({ prototype }) {
  for (const name of COMMANDS) Object.defineProperty(prototype, name, { value: method(name), configurable: true });
}

function method(name) {
  return function (...given) {
    return (this.client ?? nobody)[name](...given);
  };
}
