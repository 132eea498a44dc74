// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { Changes } from './changes.js';

const RealWebSocket = globalThis.WebSocket;
/** Frames that are kept for the console. */
const MOST_FRAMES = 500;

/** By port: which network a socket belongs to. */
const networks = new Map();
let numbers = 0;

/** The way to one platform: all frames that go over it can be seen, and it can be cut. */
export class Network extends Changes {
  /** Newest last: `{number, time, direction: 'in' | 'out' | 'note', text}`. */
  frames = [];
  isCut = false;
  /** Frames since the start, kept or not. */
  counts = { in: 0, out: 0 };
  sockets = new Set();

  constructor(ports) {
    super();
    for (const port of ports) networks.set(String(port), this);
  }

  record(direction, text) {
    this.frames.push({ number: ++numbers, time: Date.now(), direction, text });
    if (this.frames.length > MOST_FRAMES) this.frames.splice(0, this.frames.length - MOST_FRAMES);
    if (direction !== 'note') this.counts[direction]++;
    this.changed();
  }

  forget() {
    this.frames = [];
    this.changed();
  }

  /** Every socket is lost, and no new one gets through. */
  cut() {
    this.isCut = true;
    this.record('note', 'offline: the sockets are closed, new ones fail');
    for (const socket of [...this.sockets]) socket.lose();
  }

  mend() {
    this.isCut = false;
    this.record('note', 'online again');
  }
}

/**
 * A WebSocket whose frames are seen by the console and whose network can be cut: what a page's clients take for the browser's.
 * As in a real cut, the client hears of a close with the code 1006.
 */
export class WatchedSocket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  onopen = null;
  onmessage = null;
  onclose = null;
  onerror = null;
  #network;
  #socket;
  #isLost = false;

  constructor(url, protocols) {
    super();
    this.url = String(url);
    this.#network = networks.get(new URL(url).port);
    if (this.#network?.isCut) {
      this.#isLost = true;
      // As a browser tells it: first the error, then the close.
      setTimeout(() => {
        this.#tell(new Event('error'));
        this.#end(1006, '', false);
      }, 20);
      return;
    }
    const socket = protocols === undefined ? new RealWebSocket(url) : new RealWebSocket(url, protocols);
    this.#socket = socket;
    this.#network?.sockets.add(this);
    this.#network?.record('note', `connects to ${this.url.replace(/(token|session)=[^&]+/, '$1=…')}`);
    socket.onopen = () => this.#tell(new Event('open'));
    socket.onmessage = ({ data }) => {
      if (this.#isLost) return;
      this.#network?.record('in', typeof data === 'string' ? data : `binary, ${data.byteLength ?? data.size} bytes`);
      this.#tell(new MessageEvent('message', { data }));
    };
    socket.onerror = () => this.#tell(new Event('error'));
    socket.onclose = ({ code, reason, wasClean }) => {
      if (!this.#isLost) this.#network?.record('note', `closed: ${code} ${reason}`);
      if (!this.#isLost) this.#end(code, reason, wasClean);
    };
  }

  get readyState() {
    return this.#isLost ? WatchedSocket.CLOSED : this.#socket.readyState;
  }
  get bufferedAmount() {
    return this.#socket?.bufferedAmount ?? 0;
  }
  get protocol() {
    return this.#socket?.protocol ?? '';
  }
  get extensions() {
    return this.#socket?.extensions ?? '';
  }
  get binaryType() {
    return this.#socket?.binaryType ?? 'blob';
  }
  set binaryType(type) {
    if (this.#socket) this.#socket.binaryType = type;
  }

  send(data) {
    if (this.#isLost) return;
    this.#socket.send(data);
    this.#network?.record('out', typeof data === 'string' ? data : 'binary');
  }

  close(code, reason) {
    if (this.#isLost) return;
    if (code === undefined) this.#socket.close();
    else this.#socket.close(code, reason);
  }

  /** Ends it as a cut cable would, for the client at once. */
  lose() {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#socket.close();
    this.#end(1006, '', false);
  }

  #end(code, reason, wasClean) {
    this.#network?.sockets.delete(this);
    this.#isLost = true;
    this.#tell(new CloseEvent('close', { code, reason, wasClean }));
  }

  #tell(event) {
    this.dispatchEvent(event);
    this[`on${event.type}`]?.(event);
  }
}

for (const [name, value] of [['CONNECTING', 0], ['OPEN', 1], ['CLOSING', 2], ['CLOSED', 3]]) {
  WatchedSocket.prototype[name] = value;
}
globalThis.WebSocket = WatchedSocket;
