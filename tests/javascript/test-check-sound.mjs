/** Whether a page may play a sound, as far as the browser tells. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Sound } from "../../web/widget/self-check/sound.js";
import { give } from "./stand-ins.mjs";

/** Resumes for ever while the browser lets the page play nothing. */
class AudioContext {
  static refuses = false;
  static open = [];
  state = "suspended";

  constructor() {
    AudioContext.open.push(this);
  }

  async resume() {
    if (AudioContext.refuses) await new Promise(() => {});
    this.state = "running";
  }

  close() {
    AudioContext.open = AudioContext.open.filter((context) => context !== this);
  }
}

beforeEach((t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  give({ navigator: {}, AudioContext });
  Object.assign(AudioContext, { refuses: false, open: [] });
});

for (const [policy, may] of [["allowed", true], ["allowed-muted", false], ["disallowed", false]]) {
  test(`a browser whose policy is ${policy} is believed`, async () => {
    const getAutoplayPolicy = (kind) => kind === "audiocontext" && policy;
    give({ navigator: { getAutoplayPolicy, userActivation: { hasBeenActive: !may } } });
    assert.equal(await new Sound().mayPlay(), may);
  });
}

test("a page that somebody has used may play, and tries no sound", async () => {
  AudioContext.refuses = true;
  give({ navigator: { userActivation: { hasBeenActive: true } } });
  assert.deepEqual([await new Sound().mayPlay(), AudioContext.open], [true, []]);
});

test("a page whose sound begins may play, and the sound is ended", async () => {
  assert.deepEqual([await new Sound().mayPlay(), AudioContext.open], [true, []]);
});

test("a page whose sound does not begin needs a click", async (t) => {
  AudioContext.refuses = true;
  give({ navigator: { userActivation: { hasBeenActive: false } } });
  const sound = new Sound();
  t.mock.timers.tick(500);
  assert.deepEqual([await sound.mayPlay(), AudioContext.open], [false, []]);
  navigator.userActivation.hasBeenActive = true;
  assert.equal(await sound.mayPlay(), true);
});

test("a browser without Web Audio plays nothing", async () => {
  give({ AudioContext: undefined });
  assert.equal(await new Sound().mayPlay(), false);
});
