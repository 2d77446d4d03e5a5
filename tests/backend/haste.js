/**
 * A clock for tests: while a page wants its kind, "hub" or "tab", to hurry, it runs FACTOR times as fast, also for timers
 * that run already. The backend puts it before the scripts of the bundle if its settings say so; tests/browser/haste.py
 * tells the clocks. A script always starts in real time: no machine starts Python faster for our clocks.
 */
globalThis.hasteClock ??= (() => {
  const FACTOR = 1; // the backend puts the factor of its settings here
  const KIND = globalThis.document ? "tab" : "hub";
  const FIRST = 1_000_000_000; // no number of a timer of the browser's own
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  const today = Date.now;
  const elapsed = performance.now.bind(performance);

  let factor = 1;
  let changedAt = elapsed(); // when `factor` began to hold
  let gained = 0; // ms by which the clock was ahead of the time then
  let count = FIRST;
  /** @type {Map<number, {act: () => void, due: number, every: number | null, real: number}>} */
  const timers = new Map();

  const ahead = () => gained + (factor - 1) * (elapsed() - changedAt);
  const now = () => elapsed() + ahead();

  function begin(act, delay, every) {
    timers.set(++count, { act, due: now() + delay, every, real: 0 });
    arm(count);
    return count;
  }

  function arm(number) {
    const timer = timers.get(number);
    timer.real = start(() => fire(number), Math.ceil((timer.due - now()) / factor));
  }

  function fire(number) {
    const timer = timers.get(number);
    if (timer.every === null) timers.delete(number);
    else {
      timer.due = now() + timer.every;
      arm(number);
    }
    timer.act();
  }

  function end(number) {
    stop(timers.get(number)?.real ?? number);
    timers.delete(number);
  }

  const channel = new BroadcastChannel("haste");
  channel.onmessage = ({ data: hurrying }) => {
    gained = ahead();
    changedAt = elapsed();
    factor = hurrying.includes(KIND) ? FACTOR : 1;
    for (const [number, { real }] of timers) {
      stop(real);
      arm(number);
    }
  };

  const wait = (delay) => Math.max(0, Number(delay) || 0);
  globalThis.setTimeout = (act, delay, ...more) => begin(() => act(...more), wait(delay), null);
  globalThis.setInterval = (act, delay, ...more) => begin(() => act(...more), wait(delay), wait(delay));
  globalThis.clearTimeout = globalThis.clearInterval = end;
  AbortSignal.timeout = (delay) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DOMException("It took too long.", "TimeoutError")), delay);
    return controller.signal;
  };
  Date.now = () => Math.floor(today() + ahead());
  performance.now = now;
  return channel; // kept, and so is what it hears
})();
