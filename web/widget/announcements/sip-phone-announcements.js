/**
 * What a screen reader says when the state changes: calls, connection and status, each once, and never a timer. A file
 * of its own, which comes when there is something to say.
 */

import { announceWords } from "./words.js";
import { compare } from "../calls/call-changes.js";
import { caller, say, word } from "../languages/language.js";

/**
 * The sentences that lead from one state to the next.
 * @param {import("../languages/language.js").Language} language
 * @param {object | null} before null for the first state seen: then only calls are worth a word
 * @param {object} after
 * @returns {string[]}
 */
export function announcements(language, before, after) {
  const { pairs, gone } = compare(before?.calls ?? [], after.calls);
  // A hub that only starts knows no calls, over or not; one that has no last call has become another person's.
  const isKnown = after.connectionStatus === "connected" && after.lastCall;
  return [
    ...(before ? aboutPhone(language, before, after) : []),
    ...pairs.flatMap(([old, call]) => aboutCall(language, old, call)),
    ...(isKnown ? gone : []).map((call) => aboutEnd(language, call, after.lastCall)),
  ];
}

function aboutPhone({ words }, before, after) {
  const sentences = [];
  const isFirst = before.connectionStatus === "connecting" && after.connectionStatus === "connected";
  if (before.connectionStatus !== after.connectionStatus && !isFirst) {
    const notice = words.notice[after.connectionStatus];
    sentences.push(word(words.connection, after.connectionStatus), ...(notice ? [notice] : []));
  }
  if (before.operatorStatus !== after.operatorStatus && !isFirst) {
    sentences.push(say(announceWords(words).status, { status: word(words.status, after.operatorStatus) }));
  }
  return sentences;
}

function aboutCall({ words }, old, call) {
  const sentences = [];
  const announce = announceWords(words);
  const add = (name) => sentences.push(say(announce[name], { caller: caller(call, words) }));
  if (old?.state !== call.state && Object.hasOwn(announce, call.state)) add(call.state);
  if (old && old.muted !== call.muted) add(call.muted ? "muted" : "unmuted");
  if (old && old.remoteHold !== call.remoteHold) add(call.remoteHold ? "remoteHold" : "remoteResume");
  return sentences;
}

function aboutEnd(language, call, lastCall) {
  const last = lastCall?.id === call.id ? lastCall : call;
  const { words } = language;
  return say(announceWords(words).ended, { caller: caller(call, words), reason: language.ending(last) });
}
