/** How the self-check looks: its colours and controls are those of the widget around it. */

export const style = new CSSStyleSheet();

style.replaceSync(`
[part="check"] {
  display: grid;
  gap: 10px;
  padding: 10px;
  background: var(--raised);
  border: 1px solid var(--border);
  border-radius: var(--radius);
}
[part="check"]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[part="check"] > header { display: flex; align-items: center; justify-content: space-between; gap: 8px; }
[part="check"] h2 { font-size: 1.1em; }
[part="check-close"] { background: none; border-color: transparent; }
[part="check-problem"] { color: var(--text); font-weight: 600; overflow-wrap: anywhere; }
[part="check-problem"]:empty { display: none; }
[part="check-list"] { display: grid; gap: 6px; font-size: 0.9em; user-select: text; }
[part="check-list"] > div { display: grid; grid-template-columns: minmax(0, 9em) minmax(0, 1fr); gap: 0 10px; }
[part="check-list"] dt { color: var(--muted); }
[part="check-list"] dd { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; white-space: pre-line; }
.check-buttons { display: flex; flex-wrap: wrap; gap: 8px; }
.check-buttons > button { flex: 1 0 auto; background: var(--surface); }
[part="check-said"] { font-size: 0.9em; overflow-wrap: anywhere; }
@container (inline-size < 300px) {
  [part="check-list"] > div { grid-template-columns: minmax(0, 1fr); }
}
`);
