// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html, useState } from 'preact-htm';
import { connectRangkai } from 'switchboard-client/rangkai';
import { histories } from '../shared/platform.js';
import { Bar, Chip, Empty, money, Time, words } from '../shared/parts.js';
import { Recent } from '../shared/recent.js';

const STEPS = ['payment_pending', 'paid', 'shipped', 'delivered', 'completed'];
const NAMES = {
  payment_pending: 'Ordered',
  paid: 'Paid',
  shipped: 'Shipped',
  delivered: 'Delivered',
  completed: 'Completed',
};
const KINDS = {
  payment_pending: 'warn',
  paid: 'info',
  shipped: 'info',
  delivered: 'good',
  completed: 'good',
  cancelled: 'bad',
};
const MOST_ORDERS = 12;

/** What the user knows of orders, their shipments and ratings, and of the protocol's governance. */
class Orders {
  /** By id; the one that changed last is last. */
  orders = new Map();
  news = [];
  #seen = new Recent();

  /** @param time of the publication: an event that has been seen is not taken twice, an older one changes no status. */
  apply(event, data, time) {
    const key = `${event} ${time} ${data.orderId ?? data.proposalId ?? data.title} ${data.ratingId ?? ''}`;
    if (!this.#seen.add(key)) return;
    const at = Date.parse(time);
    const [entity] = event.split('.');
    if (entity === 'order') this.#order(data, at);
    else if (entity === 'shipment') this.#shipment(event, data, at);
    else if (entity === 'rating') this.#rating(data, at);
    else if (entity === 'dispute') this.#of(data, at).dispute = { number: data.disputeNumber, status: data.status };
    else this.news = [{ event, data, at, key }, ...this.news].slice(0, 6);
  }

  #of({ orderId }, at) {
    const order = this.orders.get(orderId) ?? { id: orderId, times: {}, stops: [], ratings: new Map(), changedAt: 0 };
    if (at >= order.changedAt) {
      order.changedAt = at;
      this.orders.delete(orderId);
      this.orders.set(orderId, order);
    }
    while (this.orders.size > MOST_ORDERS) this.orders.delete(this.orders.keys().next().value);
    return order;
  }

  #order(data, at) {
    const order = this.#of(data, at);
    order.number = data.orderNumber;
    order.total ??= data.total;
    if (data.total) order.total = data.total;
    // The same order placed anew, as the examples do it.
    if (data.status === 'payment_pending') {
      Object.assign(order, { times: {}, stops: [], ratings: new Map(), status: '' });
    }
    if (at >= order.changedAt) order.status = data.status;
    order.times[data.status] = at;
  }

  #shipment(event, data, at) {
    const order = this.#of(data, at);
    order.tracking = data.trackingNumber;
    order.expected = data.estimatedDelivery ?? order.expected;
    const place = data.currentLocation ?? (event === 'shipment.delivered' ? 'Delivered' : 'Parcel handed over');
    order.stops = [...order.stops, { place, status: data.status, at }].sort((first, second) => first.at - second.at)
      .slice(-10);
  }

  #rating(data, at) {
    const order = this.#of(data, at);
    order.ratings.set(data.ratingId, at);
    if (data.revealed) order.isRevealed = true;
    else if (order.ratings.size === 1) order.isRevealed = false;
  }
}

function connect(platform, model) {
  const connection = connectRangkai(platform.address(), platform.user.token, {
    positions: true,
    schedule: { first: 400, factor: 1.5, most: 2000 },
  });
  connection.onState((state) => platform.setState(state));
  connection.onError(() => {});
  connection.onAny(({ event, data, time }) => {
    model.apply(event, data, time);
    platform.received(event, data);
  });
  connection.subscribe([`user:${platform.user.id}`, 'global']);
  platform.setState(connection.state);
  // What was before: a platform's page asks its backend for it.
  published(platform).then((before) => {
    for (const { event, data, time } of before) model.apply(event, data, new Date(time).toISOString());
    if (before.length) platform.shows();
  }).catch(() => {});
  return () => connection.close();
}

function published(platform) {
  return histories(platform, [`user:${platform.user.id}`, 'global']);
}

function View({ model }) {
  const [chosen, setChosen] = useState(undefined);
  const orders = [...model.orders.values()].reverse();
  const order = model.orders.get(chosen) ?? orders[0];
  return html`
    <div class="grid wide-right">
      <section class="panel" aria-label="Orders">
          <header><h2>Orders</h2><span class="count">${orders.length}</span></header>
          ${orders.length === 0 && html`<${Empty}>The next order shows up here.<//>`}
          <ul class="cards">
            ${orders.map((each) =>
              html`<li key=${each.id}>
          <button type="button" class="card" aria-pressed=${each === order} onClick=${() => setChosen(each.id)}>
            <span class="row"><b>${each.number ?? each.id.slice(0, 8)}</b>
              <${Chip} kind=${KINDS[each.status]}>${words(each.status ?? 'under way')}<//></span>
            <span class="row quiet"><span>${
                each.total ? money(each.total.amount, each.total.currency) : each.tracking ?? ''
              }</span>
              <${Time} at=${each.changedAt} /></span>
          </button>
        </li>`
            )}
          </ul>
        </section>
      <div class="stack">
          ${order ? html`<${Order} order=${order} />` : html`
            <section class="panel" aria-label="Order">
              <${Empty}>No order yet.<//></section>
          `}
          <${News} news=${model.news} />
        </div>
    </div>
  `;
}

function Order({ order }) {
  const reached = STEPS.indexOf(order.status);
  const isCancelled = order.status === 'cancelled';
  return html`
    <section class="panel" aria-label="Order" data-order=${order.id}>
      <header><h2>${order.number ?? 'Order'}</h2>
          ${order.dispute && html`<${Chip} kind="bad">${order.dispute.number}: ${words(order.dispute.status)}<//>`}
          ${isCancelled && html`<${Chip} kind="bad">cancelled<//>`}
        </header>
      <ol class="steps">
          ${STEPS.map((step, index) =>
            html`
              <li key=${step} class=${index <= reached || order.times[step] ? 'done' : ''}
                aria-current=${index === reached ? 'step' : undefined}>
                      <span class="knob"></span><b>${NAMES[step]}</b><${Time} at=${order.times[step]} />
                    </li>
            `
          )}
        </ol>
      <${Shipment} order=${order} />
      <${Ratings} order=${order} />
    </section>
  `;
}

function Shipment({ order }) {
  const delivered = order.times.delivered || order.stops.at(-1)?.status === 'delivered';
  const progress = delivered ? 1 : Math.min(0.9, order.stops.length / 10);
  return html`<div class="shipment">
    <h3>Shipment ${order.tracking ? html`<code>${order.tracking}</code>` : ''}</h3>
    ${order.stops.length === 0 && html`<p class="quiet">Not on its way yet.</p>`}
    ${
    order.stops.length > 0 &&
    html`<${Bar} value=${progress} kind=${delivered ? 'good' : 'moving'} label="Way of the parcel" />`
  }
    <ol class="stops">
      ${
    [...order.stops].reverse().map((stop, index) =>
      html`<li key=${stop.at + stop.place} class=${index === 0 ? 'now' : ''}>
        <span class="knob"></span><b>${stop.place}</b> <span class="quiet">${
        words(stop.status)
      }</span> <${Time} at=${stop.at} />
      </li>`
    )
  }
    </ol>
  </div>`;
}

/** Neither party sees the other's rating before both have rated. */
function Ratings({ order }) {
  const count = Math.min(2, order.ratings.size);
  return html`
    <div class="ratings ${order.isRevealed ? 'revealed' : ''}">
      <h3>Ratings</h3>
      <div class="pair">
          ${['Buyer', 'Vendor'].map((party, index) =>
            html`
              <div class="flip" key=${party}>
                <div class="front">${index < count
                  ? html`<b>sealed</b>`
                  : html`<span class="quiet">waiting</span>`}<small>${party}</small></div>
                <div class="back"><b>revealed</b><small>${party} · both have rated</small></div>
              </div>
            `
          )}
        </div>
    </div>
  `;
}

function News({ news }) {
  return html`<section class="panel" aria-label="Governance">
    <header><h2>Governance</h2></header>
    ${news.length === 0 && html`<${Empty}>Proposals and announcements for everybody.<//>`}
    <ul class="feed">
      ${
    news.map(({ event, data, at, key }) =>
      html`<li key=${key}>
        <${Time} at=${at} /><span><b>${data.proposalNumber ?? data.title ?? event}</b> ${
        data.proposalNumber ? data.title : data.message
      }</span>
        ${
        data.status &&
        html`<${Chip} kind=${data.status === 'approved' || data.status === 'executed' ? 'good' : 'info'}>${
          words(data.status)
        }<//>`
      }
      </li>`
    )
  }
    </ul>
  </section>`;
}

export const rangkai = {
  name: 'rangkai',
  label: 'Rangkai',
  title: 'Orders, tracked live',
  text: 'Each order, shipment and rating as it happens, for the buyer or the vendor. Plain JSON over WebSocket.',
  makeModel: () => new Orders(),
  connect,
  published,
  View,
};
