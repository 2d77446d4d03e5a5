/**
 * How the widget looks. Set these on the element, or on anything around it, to change it:
 * --sip-phone-accent, --sip-phone-surface, --sip-phone-raised, --sip-phone-text, --sip-phone-muted, --sip-phone-border,
 * --sip-phone-positive, --sip-phone-danger, --sip-phone-warning (colours), --sip-phone-on-fill (words on a filled
 * button), --sip-phone-radius (length). `font-family`, `font-size`, `color-scheme` and the width are the element's own.
 */

export const style = new CSSStyleSheet();

style.replaceSync(`
:host {
  --accent: var(--sip-phone-accent, light-dark(#2257c9, #86adff));
  --surface: var(--sip-phone-surface, light-dark(#ffffff, #161a22));
  --raised: var(--sip-phone-raised, light-dark(#f3f5f9, #212733));
  --text: var(--sip-phone-text, light-dark(#161b26, #eef2f9));
  --muted: var(--sip-phone-muted, light-dark(#566070, #a6b1c4));
  --border: var(--sip-phone-border, light-dark(#d5dbe6, #394355));
  --positive: var(--sip-phone-positive, light-dark(#12783a, #1b8244));
  --danger: var(--sip-phone-danger, light-dark(#c42430, #cc3a44));
  --warning: var(--sip-phone-warning, light-dark(#e5a50a, #f0b93a));
  --on-fill: var(--sip-phone-on-fill, #ffffff);
  --radius: var(--sip-phone-radius, 10px);
  color-scheme: light dark;
  display: block;
  max-inline-size: 360px;
  font-family: system-ui, sans-serif;
  font-size: max(15px, 0.9375rem);
  line-height: 1.35;
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; }

[part="panel"] {
  container-type: inline-size;
  display: grid;
  gap: 12px;
  padding: 12px;
  color: var(--text);
  background: var(--surface);
  border: 1px solid var(--border);
  border-radius: calc(var(--radius) + 6px);
  box-shadow: 0 1px 2px rgb(0 0 0 / 8%), 0 8px 24px rgb(0 0 0 / 8%);
}
[part="panel"] > *, form > *, .field > label { min-inline-size: 0; }
[part="panel"]:has([part~="ringing"]) { border-color: var(--positive); }
/* Where it can do nothing it asks for nothing. */
[part="panel"]:is([data-connection="unauthorized"], [data-connection="failed"]) :is([part="dialer"], .status) { display: none; }


/* Words only a screen reader gets. */
.hearable {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

/* Controls */
button, input, select {
  min-block-size: 44px;
  color: inherit;
  font: inherit;
  border: 1px solid transparent;
  border-radius: var(--radius);
}
button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: 8px;
  min-inline-size: 44px;
  padding: 0 10px;
  font-weight: 600;
  background: var(--raised);
  border-color: var(--border);
  cursor: pointer;
  touch-action: manipulation;
  -webkit-tap-highlight-color: transparent;
}
button:hover { background: color-mix(in srgb, var(--raised), var(--text) 8%); }
button:active { background: color-mix(in srgb, var(--raised), var(--text) 16%); }
:is(button, select)[aria-busy] { opacity: 0.55; cursor: progress; }
:is(button, input, select):focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
[part~="dial"], [part~="answer"], [part~="hangup"], [part~="transfer-submit"], [part="retry"], [part="reload"] {
  --fill: var(--positive);
  color: var(--on-fill);
  background: var(--fill);
  border-color: transparent;
}
[part~="hangup"] { --fill: var(--danger); }
:is([part~="transfer-submit"], [part="retry"], [part="reload"]) { --fill: light-dark(var(--accent), #3565c4); }
:is([part~="dial"], [part~="answer"], [part~="hangup"], [part~="transfer-submit"], [part="retry"], [part="reload"]):hover {
  background: color-mix(in srgb, var(--fill), black 14%);
}
.icon {
  flex: none;
  inline-size: 20px;
  block-size: 20px;
  fill: none;
  stroke: currentColor;
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.icon:is(.call, .answer, .hangup) { fill: currentColor; stroke-width: 1; }
.icon.hangup { rotate: 135deg; }
.icon.dtmf { stroke-width: 3; }
.icon:is(.transfer, .backspace):dir(rtl) { scale: -1 1; }

[part="notify"] { justify-self: start; }

/* Connection and status */
[part="header"] {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 4px 8px;
}
[part="connection"], [part="toggle"] { --light: var(--danger); }
[data-status="connected"] { --light: var(--positive); }
:is([data-status="connecting"], [data-status="reconnecting"]) { --light: var(--warning); }
[part="connection"] {
  display: inline-flex;
  align-items: center;
  gap: 8px;
  margin-inline-start: 3px;
  font-weight: 600;
  white-space: nowrap;
}
[part="indicator"], .light {
  flex: none;
  inline-size: 12px;
  block-size: 12px;
  background: var(--light);
  border-radius: 50%;
  box-shadow: 0 0 0 3px color-mix(in srgb, var(--light), transparent 70%);
  forced-color-adjust: none;
}
.status {
  --light: var(--muted);
  position: relative;
  display: flex;
  align-items: center;
  min-inline-size: 0;
}
.status[data-status=""] { visibility: hidden; }
.status[data-status="ready"] { --light: var(--positive); }
.status[data-status="dnd"] { --light: var(--danger); }
.status:is([data-status="break"], [data-status="away"]) { --light: var(--warning); }
.status > :is(.light, .icon, [part="status-time"]) { position: absolute; pointer-events: none; }
.status > .light { inset-inline-start: 10px; inline-size: 8px; block-size: 8px; box-shadow: none; }
.status > .icon { inset-inline-end: 5px; }
[part="status-time"] { inset-inline-end: 27px; color: var(--muted); font-size: 0.8em; font-variant-numeric: tabular-nums; }
[part="status"] {
  inline-size: 100%;
  max-inline-size: 16em;
  padding-block: 0;
  padding-inline: 24px calc(29px + var(--signs, 0) * 0.47em);
  font-size: 0.95em;
  text-overflow: ellipsis;
  appearance: none;
  background: var(--raised);
  border-color: var(--border);
  cursor: pointer;
}
[part="status"] option { color: var(--text); background: var(--surface); }

/* Number fields and keys */
[part="dialer"] { display: grid; gap: 8px; }
form { display: flex; flex-wrap: wrap; gap: 8px; }
.drawer form > button { flex: 1 0 auto; }
.field {
  position: relative;
  flex: 9 1 130px;
  display: flex;
}
.field > label { flex: 1; }
[part="number"] {
  inline-size: 100%;
  padding-inline: 10px;
  font-size: 1.1em;
  font-variant-numeric: tabular-nums;
  background: var(--surface);
  border-color: color-mix(in srgb, var(--muted), var(--border) 30%);
}
[part="number"]::placeholder { color: var(--muted); font-size: 0.88em; opacity: 1; }
[part="dialpad-toggle"] {
  position: absolute;
  inset-inline-end: 0;
  background: none;
  border-color: transparent;
}
:has(> [part="dialpad-toggle"]) [part="number"] { padding-inline-end: 42px; }
[part~="dtmf"][aria-expanded="true"], [part~="transfer"][aria-expanded="true"], [part="dialpad-toggle"][aria-expanded="true"] {
  color: var(--accent);
}
.drawer { display: grid; gap: 6px; }
[part="keypad"] { display: grid; grid-template-columns: repeat(3, 1fr); gap: 6px; }
.extras { display: grid; grid-template-columns: 1fr 2fr; gap: 6px; }
[part="key"] { flex-direction: column; gap: 0; font-size: 1.2em; line-height: 1.1; }
[part="key"] small { color: var(--muted); font-size: 0.55em; letter-spacing: 0.1em; }
[part="digits"] {
  min-block-size: 1.5em;
  font-size: 1.1em;
  font-variant-numeric: tabular-nums;
  letter-spacing: 0.1em;
  text-align: center;
  overflow-wrap: anywhere;
}

/* Calls */
.calls { display: contents; }
[part="calls"] { display: grid; gap: 10px; }
[part="calls"]:empty { display: none; }
[part="empty"], [part="notice"][data-subject="connecting"] {
  display: flex;
  align-items: center;
  justify-content: center;
  gap: 10px;
  min-block-size: 48px;
  color: var(--muted);
}
[part~="call"] {
  display: grid;
  gap: 10px;
  padding: 10px;
  background: color-mix(in srgb, var(--raised), var(--surface) 40%);
  border: 1px solid var(--border);
  border-radius: calc(var(--radius) + 2px);
}
[part~="call"][part~="active"] {
  background: var(--raised);
  border-color: var(--accent);
  box-shadow: 0 0 0 1px var(--accent);
}
.summary {
  display: grid;
  grid-template-columns: auto 1fr;
  column-gap: 10px;
}
.avatar {
  position: relative;
  grid-row: span 3;
  display: grid;
  place-items: center;
  align-self: start;
  inline-size: 40px;
  block-size: 40px;
  color: var(--accent);
  background: color-mix(in srgb, var(--accent), transparent 84%);
  border-radius: 50%;
}
.avatar > :is(.inbound, .outbound) {
  position: absolute;
  inset: 6px 6px auto auto; /* the handset beside it is not mirrored either */
  display: none;
  inline-size: 12px;
  block-size: 12px;
  stroke-width: 3;
}
.avatar[data-direction="inbound"] > .inbound, .avatar[data-direction="outbound"] > .outbound { display: block; }
.who { display: grid; justify-items: start; }
.who > *, [part="last-call-name"] {
  display: -webkit-box;
  overflow: hidden;
  overflow-wrap: anywhere;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 3;
}
[part="name"] { font-size: 1.1em; font-weight: 700; }
[part="phone"] { color: var(--muted); font-variant-numeric: tabular-nums; }
[part="timer"] { margin-inline-start: auto; padding-inline-start: 8px; color: var(--text); font-weight: 600; font-variant-numeric: tabular-nums; }
.what { display: flex; flex-wrap: wrap; color: var(--muted); }
.badges { display: flex; flex-wrap: wrap; gap: 4px; margin-block-start: 3px; }
[part="direction"]::after { content: " · "; white-space: pre; }
[part="state"] { color: var(--text); font-weight: 600; }
[part="badge"] {
  padding: 1px 8px;
  color: var(--text);
  font-size: 0.85em;
  font-weight: 600;
  background: color-mix(in srgb, var(--warning), transparent 72%);
  border: 1px solid var(--warning);
  border-radius: 12px;
}
[part="actions"] { display: flex; flex-wrap: wrap; gap: 5px; }
[part="actions"] > button {
  flex: 1 0 auto;
  flex-direction: column;
  gap: 2px;
  min-inline-size: max(51px, min-content); /* for words that are spread, or another language's */
  min-block-size: 52px;
  padding: 4px 2px;
}
[part="actions"] .label { font-size: 0.75em; font-weight: 500; white-space: nowrap; }
[part~="unmute"], [part~="resume"] { border-color: var(--warning); background: color-mix(in srgb, var(--warning), transparent 80%); }

/* Ringing must be seen. */
[part~="call"][part~="ringing"] {
  background: color-mix(in srgb, var(--positive), var(--surface) 82%);
  border-color: var(--positive);
  box-shadow: 0 0 0 2px var(--positive);
}
[part~="ringing"] .avatar { color: var(--on-fill); background: var(--positive); }
[part~="ringing"] [part="name"] { font-size: 1.3em; }
[part~="ringing"] :is([part="phone"], .what) { color: var(--text); }
[part~="ringing"] [part="actions"] > button { flex-basis: 110px; }
:is([part~="ringing"], [part~="dialing"]) [part="actions"] > button { flex-direction: row; gap: 8px; }
:is([part~="ringing"], [part~="dialing"]) [part="actions"] .label { font-size: 1em; font-weight: 600; }

/* What is the matter: beside calls a line, where there is nothing else in the middle. */
[part="notice"] { --tone: var(--warning); overflow-wrap: anywhere; }
[part="notice"][data-subject="failed"] { --tone: var(--danger); }
[part="notice"][data-subject="outdated"] { --tone: var(--accent); }
[part="error"], [part="notice"]:not([data-subject="connecting"]) {
  display: flex;
  align-items: center;
  gap: 8px 10px;
  padding: 8px 10px;
  background: color-mix(in srgb, var(--tone), transparent 88%);
  border: 1px solid color-mix(in srgb, var(--tone), transparent 30%);
  border-radius: var(--radius);
}
.sign { display: flex; }
[part="notice"]:is([data-subject="unauthorized"], [data-subject="failed"]) {
  flex-direction: column;
  padding: 20px 14px 14px;
  text-align: center;
}
:is([data-subject="unauthorized"], [data-subject="failed"]) > .sign {
  padding: 14px;
  background: color-mix(in srgb, var(--tone), transparent 78%);
  border-radius: 50%;
}
:is([data-subject="unauthorized"], [data-subject="failed"]) > button { inline-size: 100%; margin-block-start: 6px; }
[part="notice"][data-subject="outdated"] { flex-wrap: wrap; }
[part="notice"][data-subject="outdated"] > div { flex: 1 1 240px; }
[part="notice"][data-subject="outdated"] > button { flex: 1 0 auto; }
[part="progress"] { inline-size: 100%; block-size: 6px; accent-color: var(--accent); }

/* Error, last call */
[part="error"] { --tone: var(--danger); padding-block: 0; padding-inline-end: 0; }
[part="error"] > p { flex: 1; min-inline-size: 0; padding-block: 8px; overflow-wrap: anywhere; }
[part="dismiss"] { background: none; border-color: transparent; }
[part="last-call"] {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 0 8px;
  padding: 10px 3px 0;
  color: var(--muted);
  font-size: 0.9em;
  border-block-start: 1px solid var(--border);
  overflow-wrap: anywhere;
}
[part="last-call"] > .icon { display: none; grid-row: span 2; align-self: center; }
[part="last-call"][data-direction="inbound"] > .inbound, [part="last-call"][data-direction="outbound"] > .outbound { display: block; }
[part="last-call"] > .title { font-size: 0.85em; }
[part="last-call"] > .line { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 8px; }
[part="last-call-name"] { color: var(--text); font-weight: 600; }
.ending { display: flex; flex-wrap: wrap; }
.ending > :nth-child(2):not(:empty)::before { content: " · "; white-space: pre; }
[data-missed] > .icon, [data-missed] [part="last-call-reason"] { color: color-mix(in srgb, var(--danger), var(--text) 30%); }

@container (inline-size < 280px) {
  [part="header"] { display: grid; grid-template-columns: 1fr; }
  [part="status"] { max-inline-size: none; }
  [part="number"]::placeholder { font-size: 0.74em; }
  .field { flex-basis: 110px; }
  [part="actions"] .label { font-size: 0.7em; }
  [part="dial"] { gap: 0; }
  [part="dial"] .label, [part="direction"] { font-size: 0; }
  [part~="ringing"] [part="name"] { font-size: 1.1em; }
}

@media (prefers-reduced-motion: no-preference) {
  [part~="call"][part~="ringing"] { animation: ring-card 1.2s ease-out infinite; }
  :is([part~="ringing"] .avatar, [part="toggle"][data-state="ringing"]) > .call { animation: ring-handset 1.2s ease-in-out infinite; }
  /* A start is mostly over before there is anything to read. */
  [part="notice"][data-subject="connecting"] { animation: appear 0.2s 0.4s backwards; }
  .icon.connecting { animation: turn 1s linear infinite; }
  :is([data-status="connecting"], [data-status="reconnecting"]) > [part="indicator"] { animation: breathe 1.4s ease-in-out infinite; }
}
@keyframes ring-card {
  from { box-shadow: 0 0 0 2px var(--positive), 0 0 0 2px color-mix(in srgb, var(--positive), transparent 40%); }
  to { box-shadow: 0 0 0 2px var(--positive), 0 0 0 12px transparent; }
}
@keyframes ring-handset {
  0%, 50%, 100% { rotate: 0deg; }
  10%, 30% { rotate: -16deg; }
  20%, 40% { rotate: 16deg; }
}
@keyframes breathe { 50% { opacity: 0.35; } }
@keyframes turn { to { rotate: 360deg; } }
@keyframes appear { from { opacity: 0; } }

@media (forced-colors: active) {
  [part~="active"] { border-width: 3px; }
  [part~="call"][part~="ringing"] { border: 4px double Highlight; }
  button:hover { border-color: Highlight; }
}
`);
