/**
 * How tabs reach a hub in a dedicated worker, which gets no ports of theirs: by BroadcastChannels. At one that is named
 * for the hub, its door, tabs knock; then each has a channel of its own, which for both sides is as good as a port.
 */

const PATIENCE = 60_000; // ms in which a tab that has knocked says something

/**
 * The worker's side: opens the door, and takes each tab that knocks.
 * @param {string} name of the door
 * @param {string} hub names this hub among those that come to the same door
 * @param {(port: HubEnd) => void} take
 */
export function openDoor(name, hub, take) {
  const door = new BroadcastChannel(name);
  const known = new Set(); // who knocks while the door opens knocks again when it is open
  door.onmessage = ({ data }) => {
    const knock = data?.knock;
    if (typeof knock !== "string" || known.has(knock)) return;
    known.add(knock);
    take(new HubEnd(knock, hub, () => known.delete(knock)));
  };
  door.postMessage({ hub });
}

/** What the hub has of a tab. It begins with the name of the hub, since only then can the tab know that it is heard. */
export class HubEnd {
  #channel;
  #closed;
  #hasLeft = false;
  #silence;

  /**
   * @param {string} name of the channel
   * @param {string} hub
   * @param {() => void} closed is told when the tab has gone: a channel of its own is kept for no other
   */
  constructor(name, hub, closed) {
    this.#channel = new BroadcastChannel(name);
    this.#closed = closed;
    this.#silence = setTimeout(() => this.drop(), PATIENCE);
    this.postMessage({ hub });
  }

  set onmessage(listener) {
    this.#channel.onmessage = (event) => {
      clearTimeout(this.#silence);
      if (event.data?.type === "BYE") this.drop();
      listener(event);
    };
  }

  postMessage(message) {
    if (!this.#hasLeft) this.#channel.postMessage(message);
  }

  /** The tab has gone. One that has not asks for another channel when it hears nothing. */
  drop() {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    clearTimeout(this.#silence);
    this.#channel.close();
    this.#closed();
  }
}

/** What a tab has of the hub: passes on what both say, and keeps what the client says before there is a hub. */
export class TabEnd {
  #name = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join(".");
  #channel = new BroadcastChannel(this.#name);
  #door;
  #port;
  #tell;
  #hub = null;
  #early = [];

  /**
   * @param {BroadcastChannel} door
   * @param {MessagePort} port to the client
   * @param {{failed: (why: string) => void, again: () => void}} tell the client that the hub cannot start, and that it is
   *   to ask again
   * @param {(end: TabEnd) => void} closed is told when the client has let go
   */
  constructor(door, port, tell, closed) {
    this.#door = door;
    this.#port = port;
    this.#tell = tell;
    port.onmessage = ({ data }) => {
      this.#say(data);
      if (data?.type !== "BYE") return;
      this.close();
      closed(this);
    };
    this.#channel.onmessage = ({ data }) => data?.hub && this.#welcome(data.hub);
    this.#knock();
  }

  /** A hub has opened the door. What was said to another one is lost, and what it was asked may have been done. */
  meet(hub) {
    if (this.#hub === null) this.#knock();
    else if (this.#hub !== hub) this.#tell.again();
  }

  /** @param {string} why no hub can start */
  fail(why) {
    this.#tell.failed(why);
  }

  close() {
    this.#channel.close();
    this.#port.close();
  }

  /** The page goes: nothing that the client says now would come here in time. */
  leave() {
    this.#say({ type: "BYE" });
    this.close();
  }

  #knock() {
    this.#door.postMessage({ knock: this.#name });
  }

  #welcome(hub) {
    this.#hub = hub;
    this.#channel.onmessage = ({ data }) => this.#port.postMessage(data);
    for (const message of this.#early.splice(0)) this.#channel.postMessage(message);
  }

  #say(message) {
    if (this.#hub === null) this.#early.push(message);
    else this.#channel.postMessage(message);
  }
}
