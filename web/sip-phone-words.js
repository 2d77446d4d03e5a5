/** Every word a person can see or hear from the widget, and how to put values into it. */

/** One language is one plain object of this shape; `{name}` marks the place of a value. */
export const words = {
  lang: "en",
  phone: "Phone",
  loading: "The phone is loading",
  connection: {
    connecting: "Connecting…",
    connected: "Connected",
    reconnecting: "Reconnecting…",
    unauthorized: "Signed out",
    failed: "Not available",
  },
  operatorStatus: "Your status",
  status: { ready: "Ready", dnd: "Do not disturb", break: "Break", away: "Away", offline: "Offline" },
  number: "Phone number",
  dial: "Dial",
  dialPad: "Dial pad",
  backspace: "Delete last digit",
  keys: { "*": "star", "#": "hash", "+": "plus" },
  calls: "Calls",
  empty: "No calls",
  direction: { inbound: "Incoming", outbound: "Outgoing" },
  state: { dialing: "Dialing", ringing: "Ringing", talking: "Talking", held: "On hold" },
  muted: "Muted",
  remoteHold: "Held by the other side",
  action: {
    answer: "Answer",
    hangup: "Hang up",
    hold: "Hold",
    resume: "Resume",
    mute: "Mute",
    unmute: "Unmute",
    dtmf: "Keypad",
    transfer: "Transfer",
  },
  decline: "Decline",
  cancel: "Cancel",
  transferTo: "Transfer to number",
  transferNow: "Transfer now",
  lastCall: "Last call",
  missed: "Missed call",
  endReason: {
    completed: "Ended",
    busy: "Busy",
    no_answer: "No answer",
    canceled: "Canceled",
    rejected: "Declined",
    invalid_number: "Number not in use",
    answered_elsewhere: "Answered elsewhere",
    transferred: "Transferred",
    failed: "Failed",
    connection_lost: "Connection lost",
  },
  notice: {
    unauthorized: "Sign in again. If you have, reload this page.",
    failed: "The phone could not start.",
    outdated: "A newer version of the phone is ready. Reload this page when your calls are over.",
  },
  retry: "Try again",
  reload: "Reload",
  dismiss: "Dismiss",
  unknownError: "Something went wrong ({code}). Try again.",
  notStarted: "The phone has not started. Choose “Try again”.",
  announce: {
    ringing: "Incoming call from {caller}",
    dialing: "Calling {caller}",
    talking: "Talking to {caller}",
    held: "{caller} is on hold",
    ended: "Call with {caller} is over: {reason}",
    muted: "Microphone muted",
    unmuted: "Microphone on",
    remoteHold: "Held by {caller}",
    remoteResume: "{caller} is back",
    status: "Your status is now {status}",
  },
};

/**
 * Put values into the places of a template.
 * @param {string} template
 * @param {Record<string, string>} values
 */
export function say(template, values) {
  return template.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** The caller's name and number as spoken: "Anna, +123", or just the number. */
export function caller({ displayName, phone }) {
  return displayName ? `${displayName}, ${phone}` : phone;
}

/** A word for a token of the hub; a token we have no word for is shown as it is. */
export function word(vocabulary, token) {
  return Object.hasOwn(vocabulary, token) ? vocabulary[token] : String(token ?? "");
}

/** How a call ended, in words. "Missed" is derived: it came in, and nobody here or elsewhere took or declined it. */
export function ending({ direction, answeredAt, endReason }) {
  const declared = endReason === "rejected" || endReason === "answered_elsewhere";
  if (direction === "inbound" && !answeredAt && !declared) return words.missed;
  return word(words.endReason, endReason ?? "completed");
}

/** Milliseconds as "00:07", "12:34" or "1:02:03"; never negative, since two clocks may differ. */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest}`;
}
