/** The sound of a call: it ends by itself, unless the page goes on to put its end off. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { RingTone } from "../../web/widget/ringer/ring-tone.js";
import { give, settled } from "./stand-ins.mjs";

let context = null;

class AudioNode extends EventTarget {
  end = Infinity;
  connect(node) {
    return node;
  }
  start() {
    context.nodes.push(this);
  }
  stop(when) {
    if (this.end > context.currentTime) this.end = when;
  }
}

/** Time goes on when a test says so; what has ended by then says so, as far as the page is not held up. */
class AudioContext extends EventTarget {
  nodes = [];
  currentTime = 0;
  state = "running";
  constructor() {
    super();
    context = this;
  }
  async resume() {}
  async suspend() {}
  close() {}
  pass(seconds, isHeldUp = false) {
    for (let each = 0; each < seconds; each += 1) {
      this.currentTime += 1;
      if (!isHeldUp) this.tell();
    }
  }
  tell() {
    const over = this.nodes.filter(({ end }) => end <= this.currentTime);
    this.nodes = this.nodes.filter((node) => !over.includes(node));
    for (const node of over) node.dispatchEvent(new Event("ended"));
  }
  get rings() {
    return this.nodes.some((node) => node instanceof AudioBufferSourceNode && node.end > this.currentTime);
  }
}
class AudioBufferSourceNode extends AudioNode {}
class ConstantSourceNode extends AudioNode {}
class GainNode extends AudioNode {
  gain = { setTargetAtTime() {} };
}
class AudioBuffer {
  getChannelData() {
    return [];
  }
}

beforeEach(() => give({ AudioContext, AudioBufferSourceNode, ConstantSourceNode, GainNode, AudioBuffer }));

async function ringing() {
  const tone = new RingTone(() => {});
  tone.play(null, false);
  await settled();
  return tone;
}

test("a ring goes on until it is stopped", async () => {
  const tone = await ringing();
  context.pass(60);
  assert.equal(context.rings, true);
  tone.stop();
  context.pass(1);
  assert.equal(context.rings, false);
});

test("a ring ends within a period of a page that is held up, and goes on when that is over", async () => {
  await ringing();
  context.pass(3);
  context.pass(4, true);
  assert.equal(context.rings, true);
  context.pass(1, true);
  assert.equal(context.rings, false);
  context.tell();
  await settled();
  assert.equal(context.rings, true);
});

test("a ring that was stopped while the page was held up is over", async () => {
  const tone = await ringing();
  context.pass(6, true);
  tone.stop();
  context.tell();
  await settled();
  assert.equal(context.rings, false);
});
