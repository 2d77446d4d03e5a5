/**
 * The sound of a call that rings, by Web Audio: a few seconds in a loop, so that no timer is needed, for those of hidden
 * tabs sleep. It is to end within a period, and that is put off again and again by what the sound itself calls: a page that
 * is held up (`alert()`) could not end it. Browsers let a page be heard only after a click or a key, unless they know it well.
 */

const TONES = [440, 480]; // Hz, as telephones ring in North America ...
const RING = 1; // s of sound ...
const PERIOD = 5; // s from one to the next, as in Europe
const SWELL = 0.05; // s in which a ring comes and goes; one that begins at once clicks
const LOUDNESS = 0.2;
const SOFT = 0.05; // while the person talks
const BEAT = 1; // s until its end is put off again
const FADE = 0.03; // s in which the sound goes when it is stopped
const RATE = 16_000; // samples a second
const PATIENCE = 300; // ms; a browser that lets a page be heard takes some 20

export class RingTone {
  /** @type {AudioContext | null} */ #context = null;
  /** @type {AbortController | null} */ #ring = null;
  /** @type {string | null} */ #address = null;
  #refused = false;
  #loudness = LOUDNESS;
  /** @type {GainNode | null} */ #volume = null;
  #changed;

  /** @param {() => void} changed called when `refused` is another */
  constructor(changed) {
    this.#changed = changed;
  }

  /** True while the browser lets the page make no sound. */
  get refused() {
    return this.#refused;
  }

  /**
   * Ring until `stop`, as soon as the browser allows it; with another sound than before from now on.
   * @param {string | null} address of a sound; without one it is two tones
   * @param {boolean} isSoft so that a person who talks hears the other side
   */
  play(address, isSoft) {
    this.#loudness = isSoft ? SOFT : LOUDNESS;
    this.#volume?.gain.setTargetAtTime(this.#loudness, this.#context.currentTime, FADE);
    if (this.#ring && address === this.#address) return;
    this.stop();
    this.#address = address;
    this.#ring = new AbortController();
    this.#start(address, this.#ring.signal).catch(() => this.#refuse(true));
  }

  stop() {
    this.#ring?.abort();
    this.#ring = null;
    this.#volume = null;
  }

  /** The person has clicked, or pressed a key: the page may be heard from now on. */
  unlock() {
    if (this.#refused) this.#context?.resume().catch(() => {}); // `#wake` waits for the same
  }

  close() {
    this.stop();
    this.#context?.close();
  }

  async #start(address, signal) {
    const context = (this.#context ??= this.#made());
    const [buffer] = await Promise.all([this.#sound(address), this.#wake()]);
    if (signal.aborted) return this.#rest();
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const volume = (this.#volume = new GainNode(context, { gain: this.#loudness }));
    source.connect(volume).connect(context.destination);
    source.addEventListener("ended", () => (signal.aborted ? this.#rest() : this.#again(address)));
    signal.addEventListener("abort", () => {
      volume.gain.setTargetAtTime(0, context.currentTime, FADE / 3);
      source.stop(context.currentTime + FADE);
    });
    source.start();
    this.#goOn(source, signal);
  }

  /** The page was held up for longer than a period, and the call rings still. */
  #again(address) {
    this.stop();
    this.play(address, this.#loudness === SOFT);
  }

  /** Ring for another period, and see to it in a moment. */
  #goOn(source, signal) {
    if (signal.aborted) return;
    const { currentTime, destination } = this.#context;
    source.stop(currentTime + PERIOD);
    const beat = new ConstantSourceNode(this.#context, { offset: 0 });
    beat.connect(destination);
    beat.addEventListener("ended", () => this.#goOn(source, signal));
    beat.start();
    beat.stop(currentTime + BEAT);
  }

  /** A browser may stop a context of itself, when another program takes the loudspeaker say, and let it go on. */
  #made() {
    const context = new AudioContext();
    context.addEventListener("statechange", () => {
      if (context.state === "running") {
        this.#refuse(false);
        return this.#rest();
      }
      setTimeout(() => this.#ring && context.state !== "running" && this.#refuse(true), PATIENCE);
    });
    return context;
  }

  /** Resolves when the page may be heard, which may take a click. */
  async #wake() {
    const late = setTimeout(() => this.#refuse(true), PATIENCE);
    try {
      await this.#context.resume();
      this.#refuse(false);
    } finally {
      clearTimeout(late);
    }
  }

  /** A context that runs keeps the loudspeaker busy. */
  #rest() {
    if (!this.#ring && this.#context.state === "running") this.#context.suspend().catch(() => {}); // it may be closing
  }

  #refuse(refused) {
    if (refused === this.#refused) return;
    this.#refused = refused;
    this.#changed();
  }

  async #sound(address) {
    if (!address) return tones();
    try {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return await this.#context.decodeAudioData(await response.arrayBuffer());
    } catch (reason) {
      console.warn(`The phone rings with its own tones, for ${address} cannot be played: ${reason.message}`);
      return tones();
    }
  }
}

function tones() {
  const buffer = new AudioBuffer({ length: PERIOD * RATE, sampleRate: RATE });
  const samples = buffer.getChannelData(0);
  for (let at = 0; at < RING * RATE; at += 1) samples[at] = amplitude(at / RATE);
  return buffer;
}

function amplitude(time) {
  const swell = Math.min(1, time / SWELL, (RING - time) / SWELL);
  let wave = 0;
  for (const hertz of TONES) wave += Math.sin(2 * Math.PI * hertz * time); // old libraries have a `reduce` of their own
  return (swell * wave) / TONES.length;
}
