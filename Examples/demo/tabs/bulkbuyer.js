// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html } from 'preact-htm';
import { createWebSocket } from 'switchboard-client/bulkbuyer';
import { Bar, Chip, Empty, Time, words } from '../shared/parts.js';
import { Recent } from '../shared/recent.js';

const STEPS = ['PENDING', 'PROCESSING', 'SHIPPED', 'DELIVERED'];
const MOST_NOTIFICATIONS = 30;
const MOST_ORDERS = 6;

class Purchases {
  pools = new Map();
  orders = new Map();
  notifications = [];
  #ids = new Recent();

  /** @param isMissed it was published while the user was away */
  apply(message, isMissed) {
    if (!this.#ids.add(message.id)) return false;
    const { type, data, timestamp } = message;
    const at = Date.parse(timestamp);
    if (type === 'POOL_PROGRESS') this.pools.set(data.poolId, { ...data, at });
    if (type === 'ORDER_STATUS_CHANGE') {
      this.orders.delete(data.orderId);
      this.orders.set(data.orderId, { ...data, at });
      while (this.orders.size > MOST_ORDERS) this.orders.delete(this.orders.keys().next().value);
    }
    this.notifications = [{ ...message, at, isMissed }, ...this.notifications]
      .sort((first, second) => second.at - first.at).slice(0, MOST_NOTIFICATIONS);
    return true;
  }
}

function connect(platform, model) {
  // The session's cookie is this host's, and goes to its other ports with requests for this path alone.
  document.cookie =
    `${platform.cookie}=${platform.user.session}; path=/api/notifications; max-age=86400; samesite=strict`;
  let openedAt = 0;
  const socket = createWebSocket({
    endpoint: platform.address(),
    schedule: { first: 400, factor: 1.5, most: 2000 },
    onMessage: (message) => {
      model.apply(message, openedAt !== 0 && Date.parse(message.timestamp) < openedAt);
      platform.received(message.type, message.data);
    },
    onOpen: () => {
      openedAt = Date.now();
      platform.setState('open');
    },
    onClose: () => platform.setState('waiting'),
    onError: () => {},
  });
  platform.setState('connecting');
  fetchKept(platform).then((kept) => {
    for (const message of kept) model.apply(message, false);
    if (kept.length) platform.shows();
  }).catch(() => {});
  return () => socket.close();
}

/** What is kept for the user of the last two minutes, oldest first. */
async function fetchKept(platform) {
  const since = new Date(Date.now() - 2 * 60_000).toISOString();
  const address = new URL('/api/notifications', platform.address(0, 'http'));
  const found = [];
  for (let next = new URL(`?since=${since}&limit=1000`, address); next;) {
    const response = await fetch(next, { credentials: 'include' });
    if (!response.ok) return found;
    found.push(...await response.json());
    const link = response.headers.get('Link')?.match(/<([^>]+)>;\s*rel="?next/)?.[1];
    next = link && found.length < 5000 ? new URL(link, next) : undefined;
  }
  return found;
}

async function published(platform) {
  return (await fetchKept(platform)).map(({ type, data, timestamp }) => ({
    event: type,
    data,
    time: Date.parse(timestamp),
  }));
}

function View({ model }) {
  const pools = [...model.pools.values()].sort((first, second) => (first.poolId < second.poolId ? -1 : 1));
  const orders = [...model.orders.values()].reverse();
  return html`
    <div class="grid wide-left">
      <div class="stack">
        <section class="panel" aria-label="Pools">
            <header><h2>Group purchases</h2><span class="count">${pools.length}</span></header>
            ${pools.length === 0 && html`<${Empty}>Pools fill up here.<//>`}
            <ul class="pools">
              ${pools.map((pool) => {
                const share = pool.currentQuantity / pool.targetQuantity;
                return html`
                  <li key=${pool.poolId}>
                    <span class="row"><b>${words(pool.poolId)}</b><span class="percent">${Math.round(
                      share * 100,
                    )} %</span></span>
                    <${Bar} value=${share} kind=${share >= 1 ? 'good' : 'fill'} label=${pool.poolId} />
                    <span class="row quiet"><span>${pool.currentQuantity} of ${pool.targetQuantity} ordered</span>
                                  ${share >= 1
                                    ? html`<${Chip} kind="good">target reached<//>`
                                    : html`<${Time} at=${pool.at} />`}</span>
                  </li>
                `;
              })}
            </ul>
          </section>
        <section class="panel" aria-label="Your orders">
            <header><h2>Your orders</h2></header>
            ${orders.length === 0 && html`<${Empty}>Orders move along here.<//>`}
            <ul class="orders">
              ${orders.map((order) =>
                html`
                  <li key=${order.orderId}>
                    <span class="row"><b>${words(order.orderId)}</b><${Time} at=${order.at} /></span>
                    <${Pipeline} status=${order.toStatus} />
                  </li>
                `
              )}
            </ul>
          </section>
      </div>
      <section class="panel" aria-label="Notifications">
          <header><h2>Notifications</h2><span class="count">${model.notifications.length}</span></header>
          ${model.notifications.length === 0 && html`<${Empty}>Nothing yet.<//>`}
          <ul class="feed tall">
            ${model.notifications.map((message) =>
              html`<li key=${message.id} data-id=${message.id}>
          <${Time} at=${message.at} /><span>${textOf(message)}</span>
          ${
                message.isMissed
                  ? html`<${Chip} kind="warn">missed<//>`
                  : html`<${Chip} kind=${kindOf(message)}>${labelOf(message)}<//>`
              }
        </li>`
            )}
          </ul>
        </section>
    </div>
  `;
}

function Pipeline({ status }) {
  const reached = STEPS.indexOf(status);
  if (reached < 0) return html`<${Chip} kind="bad">${words(status.toLowerCase())}<//>`;
  return html`<ol class="steps small">
    ${
    STEPS.map((step, index) =>
      html`<li key=${step} class=${index <= reached ? 'done' : ''} aria-current=${
        index === reached ? 'step' : undefined
      }>
      <span class="knob"></span><b>${words(step.toLowerCase())}</b></li>`
    )
  }
  </ol>`;
}

function textOf({ type, data }) {
  if (type === 'POOL_PROGRESS') return html`<b>${words(data.poolId)}</b> is at ${Math.round(data.progress)} %`;
  if (type === 'ORDER_STATUS_CHANGE') {
    return html`<b>${words(data.orderId)}</b> went from ${words(data.fromStatus.toLowerCase())} to ${
      words(data.toStatus.toLowerCase())
    }`;
  }
  return html`<b>${data.title}</b> ${data.message}`;
}

function kindOf({ type, data }) {
  if (type !== 'SYSTEM_NOTIFICATION') return 'info';
  return { INFO: 'info', WARNING: 'warn', ERROR: 'bad' }[data.severity];
}

function labelOf({ type }) {
  return { POOL_PROGRESS: 'pool', ORDER_STATUS_CHANGE: 'order' }[type] ?? 'system';
}

export const bulkbuyer = {
  name: 'bulkbuyer',
  label: 'Bulk Buyer',
  title: 'Pools that fill up',
  text: 'Group purchases, orders and notices. Whoever was away is given what he missed, each thing once.',
  makeModel: () => new Purchases(),
  connect,
  published,
  View,
};
