/** How a phone looks that is docked in a corner of the page, on top of sip-phone-style.js. */

export const dockStyle = new CSSStyleSheet();

dockStyle.replaceSync(`
/* The host spans a panel's width, of which only what is seen takes clicks. */
:host([docked]) {
  position: fixed;
  inset-block-end: 16px;
  inset-inline-end: 16px;
  z-index: 1000;
  inline-size: calc(100vi - 32px);
  pointer-events: none;
}
:host([docked="bottom-left"]) { inset-inline: 16px auto; }
:host([docked]) .phone { display: flex; flex-direction: column-reverse; align-items: flex-end; gap: 10px; }
:host([docked="bottom-left"]) .phone { align-items: flex-start; }
:host([docked]) .phone > * { pointer-events: auto; }
:host([docked]) [part="panel"] {
  inline-size: 100%;
  max-block-size: calc(100dvb - 90px);
  overflow-y: auto;
  overscroll-behavior: contain;
}
:host(:not([docked])) [part="toggle"], :host([docked]) [aria-expanded="false"] + [part="panel"] { display: none; }

/* The pill of a docked phone */
[part="toggle"] {
  max-inline-size: 100%;
  min-block-size: 48px;
  padding-inline: 16px 12px;
  color: var(--text);
  background: var(--surface);
  border-radius: 99px;
  box-shadow: 0 2px 6px rgb(0 0 0 / 12%), 0 8px 24px rgb(0 0 0 / 18%);
}
[part="toggle"] > bdi { min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
[part="toggle"] > .time { font-variant-numeric: tabular-nums; }
[part="toggle"] > .time:empty { display: none; }
[part="toggle"][aria-expanded="false"] > .chevron { rotate: 180deg; }
[part="toggle"][data-state="ringing"] {
  color: var(--on-fill);
  background: var(--positive);
  border-color: transparent;
}
[part="toggle"][data-status="connected"]:not([data-state=""]) > .light { display: none; }

@media (prefers-reduced-motion: no-preference) {
  [part="toggle"][data-state="ringing"] { animation: ring-card 1.2s ease-out infinite; }
}
`);
