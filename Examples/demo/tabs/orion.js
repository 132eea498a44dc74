// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html, useState } from 'preact-htm';
import { histories, history } from '../shared/platform.js';
import { Chip, Empty, Time, useNow, words } from '../shared/parts.js';
import { openSocket } from '../shared/socket.js';
import { Charts } from './orion-charts.js';

/** What is kept for the charts: minutes, at one point in two seconds. */
const MOST_POINTS = 150;
const MOST_EVENTS = 14;
const KINDS = { healthy: 'good', degraded: 'warn', unhealthy: 'bad' };

/** The services, how they are, and what they measure. */
class Wall {
  services = new Map();
  events = [];
  #number = 0;

  apply(event, data, at) {
    switch (event) {
      case 'health:update': {
        const service = this.#service(data.service);
        if (service.status && service.status !== data.status) {
          this.#tell(at, KINDS[data.status], html`<b>${data.service}</b> is ${data.status}`);
        }
        Object.assign(service, { status: data.status, checks: data.details.checks, at });
        break;
      }
      case 'health:service-discovered':
        Object.assign(this.#service(data.service), { version: data.version, port: data.port });
        this.#tell(at, 'good', html`<b>${data.service}</b> ${data.version} was found`);
        break;
      case 'health:service-removed':
        this.services.delete(data.service);
        this.#tell(at, 'bad', html`<b>${data.service}</b> is gone: ${data.reason}`);
        break;
      case 'metrics:update': {
        const service = this.#service(data.service);
        if (service.points.at(-1)?.at === at) return;
        service.points = [...service.points, { at, ...data.metrics }].slice(-MOST_POINTS);
        break;
      }
      case 'system:event':
        this.#tell(
          at,
          { info: 'info', warning: 'warn' }[data.type] ?? 'bad',
          html`<b>${data.source}</b> ${data.message}`,
        );
        break;
      case 'admin:event':
        this.#tell(at, 'info', html`<b>${data.source ?? 'admin'}</b> ${data.message}`);
        break;
    }
  }

  #service(name) {
    if (!this.services.has(name)) this.services.set(name, { name, status: '', checks: {}, points: [] });
    return this.services.get(name);
  }

  #tell(at, kind, text) {
    this.events = [{ key: ++this.#number, at, kind, text }, ...this.events]
      .sort((first, second) => second.at - first.at).slice(0, MOST_EVENTS);
  }
}

function connect(platform, model) {
  const socket = openSocket(platform, 0, { token: platform.user.token });
  socket.onAny((event, data) => {
    if (event === 'reconnect') return;
    model.apply(event, data, Date.parse(data?.timestamp) || Date.now());
    platform.received(event, data);
  });
  readBefore(platform, model, socket).catch(() => {});
  return () => socket.disconnect();
}

/** What was before: a platform's page asks its backend for it. How services are first, and then what they have measured. */
async function readBefore(platform, model, socket) {
  for (const channel of ['service:*', 'platform']) {
    const before = await history(platform, channel);
    for (const { event, data, time } of before) model.apply(event, data, time);
    if (before.length) platform.shows();
  }
  readHealth(platform, model, socket);
}

/** Of the services that were told of: how they are. */
function readHealth(platform, model, socket) {
  const services = [...model.services.keys()];
  if (!services.length) return;
  socket.emit('request:health', { services }, (answer) => {
    for (const [name, { status, timestamp }] of Object.entries(answer ?? {})) {
      const service = model.services.get(name);
      if (service && !service.status && status !== 'unknown') {
        Object.assign(service, { status, at: Date.parse(timestamp) });
      }
    }
    platform.changed();
  });
}

function published(platform) {
  return histories(platform, ['platform', 'service:*']);
}

function View({ model }) {
  const [chosen, setChosen] = useState(undefined);
  // In the order in which they were heard of: one that comes or goes does not move the others.
  const services = [...model.services.values()];
  const measured = services.filter((service) => service.points.length);
  const service = measured.find((each) => each.name === chosen) ?? measured[0];
  const counts = Object.keys(KINDS).map((status) => [status, services.filter((each) => each.status === status).length]);
  return html`
    <div class="grid wide-left">
      <div class="stack">
        <section class="panel" aria-label="Services">
            <header><h2>Services</h2>
              ${counts.map(([status, count]) =>
                count > 0 && html`<${Chip} kind=${KINDS[status]} key=${status}>${count} ${status}<//>`
              )}
            </header>
            ${services.length === 0 && html`<${Empty}>Services show up here.<//>`}
            <ul class="wall">
              ${services.map((each) =>
                html`<li key=${each.name}><button type="button" class="service ${KINDS[each.status] ?? ''}"
            aria-pressed=${each === service} onClick=${() => setChosen(each.name)}>
            <b>${each.name}</b><small>${each.status || 'not heard of yet'}</small>
            <${Checks} checks=${each.checks} />
          </button></li>`
              )}
            </ul>
          </section>
        <section class="panel" aria-label="Metrics">
          <header>
            <h2>${service ? service.name : 'Metrics'}</h2>
            <${Last} service=${service} />
          </header>
          <${Charts} points=${service?.points ?? []} />
        </section>
      </div>
      <section class="panel" aria-label="Events">
          <header><h2>Events</h2></header>
          ${model.events.length === 0 && html`<${Empty}>Services that come and go, and what the system says.<//>`}
          <ul class="feed tall">
            ${model.events.map((event) =>
              html`<li key=${event.key}><${Time} at=${event.at} /><span>${event.text}</span><i class="dot ${event.kind}"></i></li>`
            )}
          </ul>
        </section>
    </div>
  `;
}

function Checks({ checks }) {
  return html`<span class="checks">
    ${
    Object.entries(checks ?? {}).slice(0, 4).map(([name, check]) =>
      html`<span key=${name} title=${`${name}: ${check.status}`}>
      <i class="dot ${KINDS[check.status] ?? ''}"></i>${words(name)}${
        check.responseTime === undefined ? '' : ` ${check.responseTime} ms`
      }
    </span>`
    )
  }
  </span>`;
}

function Last({ service }) {
  const now = useNow(1000);
  const at = service?.points.at(-1)?.at;
  return at === undefined ? null : html`<span class="quiet">${Math.max(0, Math.round((now - at) / 1000))} s ago</span>`;
}

export const orion = {
  name: 'orion',
  label: 'ORION',
  title: 'A wall of services',
  text: 'The health of each service, its checks and measurements, and what was found or lost. Socket.IO.',
  hasUsers: false,
  makeModel: () => new Wall(),
  connect,
  published,
  View,
};
