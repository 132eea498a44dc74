// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { Changes, nextFrame } from './changes.js';
import { Network } from './network.js';

/** How long "Go offline" keeps a page offline, in milliseconds. */
export const CUT = 5000;
const MOST_RECEIVED = 5000;

/** One mocked platform, as `/demo.json` describes it, with the connection of this page to it. */
export class Platform extends Changes {
  /** `connecting`, `open`, `waiting` for the next attempt, `failed` or `closed`. */
  state = 'closed';
  /** What a cut has shown: `{published, lost, doubled, wrong}`, the last being events as texts, or undefined. */
  proof = undefined;
  /** When the cut ends, in milliseconds since 1970; 0: there is none. */
  cutUntil = 0;
  /** What the tab keeps of its events. */
  model = undefined;
  #tab;
  #close = undefined;
  #received = [];
  #hasShown = false;

  constructor(description, tab) {
    super();
    Object.assign(this, description);
    this.#tab = tab;
    this.user = this.users[0];
    this.network = new Network(this.endpoints.map((endpoint) => endpoint.port));
    this.network.subscribe(() => this.changed());
  }

  get isStarted() {
    return this.#close !== undefined;
  }

  /** The address of an endpoint for pages of this host; cookies are the host's, whatever the port. */
  address(index = 0, scheme = 'ws') {
    const { port, path, isEncrypted, isSocketIO } = this.endpoints[index];
    return `${scheme}${isEncrypted ? 's' : ''}://${location.hostname}:${port}${isSocketIO ? '' : path}`;
  }

  start() {
    if (this.isStarted) return;
    this.model = this.#tab.makeModel(this);
    this.#close = this.#tab.connect(this, this.model);
    this.changed();
  }

  /** Connects again, as this user, and begins with nothing. */
  become(user) {
    this.#close?.();
    this.#close = undefined;
    this.user = user;
    this.#received = [];
    this.proof = undefined;
    this.start();
  }

  setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.changed();
  }

  /** An example of the contract with the ids that this page shows, and the present time. */
  example(event) {
    const example = event?.examples[0];
    if (!example) return '{}';
    const present = 'timestamp' in example ? { ...example, timestamp: new Date().toISOString() } : example;
    let text = JSON.stringify(present, null, 2);
    for (const [theirs, ours] of Object.entries(this.#tab.ids ?? {})) text = text.replaceAll(theirs, ours);
    return text;
  }

  /** Called by the tab for every event that has come to it. */
  received(event, data) {
    this.#received.push({ key: keyOf(event, data), time: Date.now() });
    if (this.#received.length > MOST_RECEIVED) this.#received.splice(0, MOST_RECEIVED / 2);
    this.shows();
  }

  /** Called by the tab when there is something to see: marks in the page's timeline when the first event was painted. */
  shows() {
    this.changed();
    if (this.#hasShown) return;
    this.#hasShown = true;
    nextFrame(() => setTimeout(() => performance.mark(`first event: ${this.name}`)));
  }

  /** How many events with this text have come, those that came again counted again. */
  countReceived(text = '') {
    return this.#received.filter(({ key }) => key.includes(text)).length;
  }

  /** Cuts the network for five seconds, comes back, and compares with what the server has published meanwhile. */
  async goOffline() {
    if (this.cutUntil) return;
    const cutAt = Date.now();
    this.proof = undefined;
    this.cutUntil = cutAt + CUT;
    this.network.cut();
    this.changed();
    await after(CUT);
    this.cutUntil = 0;
    this.network.mend();
    this.changed();
    while (this.state !== 'open') await after(50);
    // What was missed comes at once; what came at the last moment is left to the next time.
    await after(1000);
    const checkedAt = Date.now() - 300;
    this.proof = await this.#compare(cutAt, checkedAt).catch(() => undefined);
    this.changed();
  }

  async #compare(from, until) {
    const published = (await this.#tab.published(this, this.model)).filter(({ time }) => time > from && time < until);
    const arrived = new Map();
    for (const { key, time } of this.#received) {
      if (time > from) arrived.set(key, (arrived.get(key) ?? 0) + 1);
    }
    const expected = new Map();
    for (const { event, data } of published) {
      const key = keyOf(event, data);
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    let lost = 0;
    let doubled = 0;
    const wrong = [];
    for (const [key, count] of expected) {
      const got = arrived.get(key) ?? 0;
      if (got < count) lost += count - got;
      if (got > count) doubled += got - count;
      if (got !== count) wrong.push(key);
    }
    return { published: published.length, lost, doubled, wrong };
  }
}

/** What a channel keeps, oldest first: `{event, data, id, time}`, the time in milliseconds. */
export async function history(platform, channel) {
  const response = await fetch(`/demo/history/${platform.name}?channel=${encodeURIComponent(channel)}`);
  if (!response.ok) return [];
  const { publications } = await response.json();
  return publications.map((publication) => ({ ...publication, time: Date.parse(publication.time) }));
}

/** What several channels keep, oldest first, each publication once. */
export async function histories(platform, channels) {
  const all = (await Promise.all(channels.map((channel) => history(platform, channel)))).flat();
  const byId = new Map(all.map((publication) => [publication.id, publication]));
  return [...byId.values()].sort((first, second) => (first.id < second.id ? -1 : 1));
}

export function after(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** One text for one event, whatever the order of its members. */
function keyOf(event, data) {
  return `${event} ${JSON.stringify(sorted(data))}`;
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}
