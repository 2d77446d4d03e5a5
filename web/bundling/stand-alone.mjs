/**
 * What a Node in which a hub is frozen must not do, besides what its permissions refuse (see `ALONE` in build.py): reach
 * the network, which only Node 25 and later can refuse, and send signals.
 */

import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import process from "node:process";

export const NO_NETWORK = "There is no network while a hub is frozen.";
export const NO_SIGNALS = "There are no signals while a hub is frozen.";

const refusal = (told) => () => {
  throw new Error(told);
};

/**
 * Takes from this Node what speaks to the world. Whatever way code finds to a socket (`fetch`, a module of Node's, the
 * constructor of the standard output), it ends at a method of one of these few handles.
 */
export function standAlone() {
  void [process.stdout, process.stderr]; // are pipes that must be open before no pipe can be opened
  const noNetwork = refusal(NO_NETWORK);
  for (const handle of handles()) replaceMethods(Object.getPrototypeOf(handle), noNetwork);
  // These come to a handle later, when nobody knows any more who wanted it.
  net.Socket.prototype.connect = dgram.Socket.prototype.bind = dgram.Socket.prototype.send = noNetwork;
  for (const names of [dns, dns.promises]) replaceMethods(names, noNetwork);
  globalThis.fetch = globalThis.WebSocket = globalThis.EventSource = noNetwork;
  for (const name of ["kill", "_kill", "_debugProcess"]) process[name] = refusal(NO_SIGNALS);
  syncBuiltinESMExports();
}

/** One of each kind: of TCP, of a local pipe, of UDP, of a resolver. None of them has reached anybody. */
function handles() {
  if (process.allowedNodeEnvironmentFlags.has("--allow-net")) return []; // this Node refuses what they do
  const tcp = new net.Socket().connect({ host: "nobody", port: 1, lookup() {} });
  const pipe = new net.Socket().on("error", () => {}).connect({ path: `${process.execPath}/nobody` });
  const udp = dgram.createSocket("udp4");
  const inside = Object.getOwnPropertySymbols(udp).find(({ description }) => description === "state symbol");
  const found = [tcp._handle, pipe._handle, udp[inside].handle, new dns.Resolver()._handle];
  for (const socket of [tcp, pipe]) socket.destroy();
  udp.close();
  return found;
}

function replaceMethods(target, replacement) {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
    if (typeof value === "function" && name !== "constructor") target[name] = replacement;
  }
}
