/**
 * What is said aloud and in notifications, apart from the words that every tab loads. A language of a page's may have
 * its own under `announce`; what that leaves out is English.
 */

const english = {
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
};

/** Word for word the same. */
const russian = {
  ringing: "Входящий звонок: {caller}",
  dialing: "Вызываем {caller}",
  talking: "Разговор: {caller}",
  held: "{caller} на удержании",
  ended: "Звонок завершён: {caller}. {reason}",
  muted: "Микрофон выключен",
  unmuted: "Микрофон включён",
  remoteHold: "{caller}: собеседник поставил на удержание",
  remoteResume: "{caller} снова на линии",
  status: "Ваш статус: {status}",
};

/** @param {{lang: string, announce?: Partial<typeof english>}} words those of the widget's language */
export function announceWords({ lang, announce }) {
  return { ...english, ...(lang === "ru" && russian), ...announce };
}
