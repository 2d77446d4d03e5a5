/** What the self-check says: the hub's answer and what the page knows of itself, in words. */

/** What it tells of, in this order; each has its name among the words. */
export const TERMS = [
  ...["page", "phone", "epoch", "connection", "lastEvent", "tabs", "whoRings", "start"],
  ...["place", "signsOfLife", "sound", "notifications", "secure"],
];

/**
 * The text of each term. Those of which only the hub knows are unknown without it.
 * @param {import("../languages/language.js").Language} language
 * @param {ReturnType<typeof import("./words.js").checkWords>} words
 * @param {object | null} hub its answer to `client.check()`
 * @param {{mayPlay: boolean, notifications: string, shared: boolean, locks: boolean, secure: boolean}} page
 * @returns {Record<string, string>}
 */
export function texts({ words: { lang, connection } }, words, hub, page) {
  const number = (unit, value) => new Intl.NumberFormat(lang, { style: "unit", unit }).format(value);
  const unknown = Object.fromEntries(TERMS.map((name) => [name, words.unknown]));
  return { ...unknown, ...(hub && hubTexts(words, hub, connection, number)), ...pageTexts(words, page, hub) };
}

/**
 * The template with these values in their places.
 * @param {string} template
 * @param {Record<string, unknown>} values
 */
export function say(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function hubTexts(words, { version, epoch, tabs, stream, boot }, connection, number) {
  const page = asking(tabs)?.version;
  return {
    page: page ?? words.unknown,
    phone: page && page !== version ? say(words.otherVersion, { version }) : version,
    epoch,
    connection: say(words.attempt, { status: connection[stream.status], attempts: stream.attempts }),
    lastEvent: lastEvent(words, stream, number),
    tabs: [tabs.length, ...tabs.map((tab, at) => tabText(words, tab, at))].join("\n"),
    whoRings: whoRings(words, tabs),
    start: start(words, stream, boot, number),
  };
}

function pageTexts(words, { mayPlay, notifications, shared, locks, secure }, hub) {
  const audible = asking(hub?.tabs ?? [])?.audible ?? true;
  return {
    place: place(words, shared, locks),
    signsOfLife: locks ? words.locks : words.heartbeats,
    sound: mayPlay && audible ? words.mayPlay : words.needsClick,
    notifications: words.permission[notifications],
    secure: secure ? words.yes : words.no,
  };
}

/** Where the hub of this browser runs. */
function place(words, shared, locks) {
  if (shared) return words.sharedWorker;
  return locks ? words.oneTab : words.eachTab;
}

/** This tab, as the hub knows it. */
function asking(tabs) {
  return tabs.find(({ asks }) => asks);
}

function lastEvent(words, { silence, trouble }, number) {
  if (trouble === "no_events") return words.held;
  return silence === null ? words.noEvent : say(words.ago, { time: number("second", Math.floor(silence / 1000)) });
}

function tabText(words, { asks, visible, focused, audible }, at) {
  const { thisTab, silent } = words;
  const said = [asks && thisTab, visible ? words.visible : words.hidden, focused && words.focused, !audible && silent];
  return say(words.tab, { number: at + 1, words: said.filter(Boolean).join(", ") });
}

function whoRings(words, tabs) {
  const at = tabs.findIndex(({ rings }) => rings);
  if (at < 0) return words.noTab;
  return tabs[at].asks ? words.thisTab : say(words.otherTab, { number: at + 1 });
}

function start(words, { connectedAt }, { beganAt, loadedAt, snapshot }, number) {
  const after = (moment) => number("millisecond", moment - beganAt);
  const ready = say(snapshot ? words.fromSnapshot : words.ordinary, { time: after(loadedAt) });
  return connectedAt === null ? ready : `${ready}\n${say(words.connected, { time: after(connectedAt) })}`;
}
