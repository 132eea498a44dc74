// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What measure.py drives: a list that shows events, and a connection whose sockets are dropped.
import { connectRangkai } from './dist/rangkai.js';

const addressOf = (url) => url.split('?')[0];
const tokenOf = (url) => new URL(url).searchParams.get('token');
let connection;
let seen = 0;
let misplaced = 0;
let faults = 0;
let burst = 0;
let last = -1;
const delays = [];
const tasks = [];
const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));

const show = (events) => {
  document.getElementById('count').textContent = String(seen);
  document.getElementById('list').replaceChildren(...events.slice(-20).map((event) => {
    const line = document.createElement('li');
    line.textContent = `${event.event}: ${event.data.title}`;
    return line;
  }));
};

globalThis.begin = ({ url, batch }) => {
  let first;
  connection = connectRangkai(addressOf(url), tokenOf(url), {
    batch: batch > 0
      ? {
        every: batch,
        onBatch: (events) => {
          burst = Math.max(burst, performance.now() - first);
          first = undefined;
          show(events);
        },
      }
      : undefined,
  });
  connection.onError((fault) => {
    faults += 1;
    console.log(fault.message);
  });
  connection.on('announcement', (data, event) => {
    first ??= performance.now();
    seen += 1;
    if (data.n !== last + 1) misplaced += 1;
    last = data.n;
    delays.push(Date.now() - data.made);
    if (batch === 0) show([event]);
  });
  connection.subscribe('global');
  observer.observe({ type: 'longtask' });
};
globalThis.isReady = () => connection.isConnected;
globalThis.count = () => seen;
globalThis.end = () => {
  tasks.push(...observer.takeRecords().map((entry) => entry.duration));
  observer.disconnect();
  connection.close();
  delays.sort((one, other) => one - other);
  const at = (part) => delays[Math.min(delays.length - 1, Math.floor(part * delays.length))];
  const found = { count: seen, misplaced, faults, burst, tasks: tasks.length, longest: Math.max(0, ...tasks), p50: at(0.5), p99: at(0.99) };
  delays.length = 0;
  return found;
};

// The last socket that was made; no more than it is kept.
let socket;
class Watched extends WebSocket {
  constructor(...values) {
    super(...values);
    socket = this;
  }
}
const until = (wanted) =>
  new Promise((resolve) => {
    if (connection.state === wanted) return resolve();
    const off = connection.onState((state) => {
      if (state !== wanted) return;
      off();
      resolve();
    });
  });

globalThis.watch = (url) => {
  connection = connectRangkai(addressOf(url), () => tokenOf(url), {
    WebSocket: Watched,
    schedule: { first: 1, factor: 1, jitter: 0 },
    batch: { every: 10 },
  });
  connection.onError(() => {});
  connection.onAny(() => {});
  connection.subscribe(['global', 'user:did:rangkai:alice']);
  return until('open');
};
globalThis.drop = async (times) => {
  for (let time = 0; time < times; time += 1) {
    socket.close();
    await until('waiting');
    await until('open');
  }
};
globalThis.stop = () => {
  connection.close();
  connection = undefined;
  socket = undefined;
};
globalThis.isLoaded = true;
