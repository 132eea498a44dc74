// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html, render, useEffect, useState } from 'preact-htm';
import { useChanges } from './shared/changes.js';
import { Console } from './shared/console.js';
import { CUT, Platform } from './shared/platform.js';
import { useNow } from './shared/parts.js';
import { bulkbuyer } from './tabs/bulkbuyer.js';
import { orion } from './tabs/orion.js';
import { paychain } from './tabs/paychain.js';
import { rangkai } from './tabs/rangkai.js';
import { rooms } from './tabs/rooms.js';

const tabs = [rangkai, rooms, paychain, orion, bulkbuyer];

/** Which tab the address names. */
function named() {
  return tabs.find((tab) => `#${tab.name}` === location.hash) ?? tabs[0];
}

async function begin() {
  // Its pages may connect from these two names of the machine.
  if (location.hostname === '[::1]') return location.replace(`http://localhost:${location.port}/${location.hash}`);
  const response = await fetch('demo.json', { credentials: 'same-origin' });
  if (!response.ok) throw new Error(await response.text());
  const { platforms: descriptions } = await response.json();
  const shown = tabs.filter((tab) => descriptions.some(({ name }) => name === tab.name));
  const platforms = new Map(
    shown.map((tab) => [tab.name, new Platform(descriptions.find(({ name }) => name === tab.name), tab)]),
  );
  globalThis.demo = { platforms };
  const first = shown.includes(named()) ? named() : shown[0];
  platforms.get(first.name).start();
  const place = document.getElementById('app');
  place.replaceChildren();
  render(html`<${App} tabs=${shown} platforms=${platforms} first=${first} />`, place);
  // The others connect when the first one has something to show.
  setTimeout(() => platforms.forEach((platform) => platform.start()), 1000);
}

function App({ tabs, platforms, first }) {
  const [tab, setTab] = useState(first);
  useEffect(() => {
    const follow = () => tabs.includes(named()) && setTab(named());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const platform = platforms.get(tab.name);
  platform.start();
  // On a phone not all names fit.
  useEffect(() => {
    document.getElementById(`tab-${tab.name}`)?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [tab]);
  const choose = (next) => {
    location.hash = next.name;
    setTab(next);
  };
  return html`
    <header class="top">
      <a class="brand" href="#${tabs[0].name}"><img src="icon.svg" alt="" width="28" height="28" />Switchboard</a>
      <${Tabs} tabs=${tabs} platforms=${platforms} current=${tab} choose=${choose} />
    </header>
    <main>
      <div id="page" role="tabpanel" aria-labelledby="tab-${tab.name}" key=${tab.name}>
        <${Head} tab=${tab} platform=${platform} />
        <${Content} tab=${tab} platform=${platform} />
        <${Console} platform=${platform} />
      </div>
    </main>
  `;
}

function Content({ tab, platform }) {
  useChanges(platform);
  return html`<${tab.View} platform=${platform} model=${platform.model} />`;
}

function Tabs({ tabs, platforms, current, choose }) {
  useChanges(...platforms.values());
  const onKey = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length];
    choose(next);
    document.getElementById(`tab-${next.name}`)?.focus();
  };
  return html`<nav class="tabs" role="tablist" aria-label="Platforms" onKeyDown=${onKey}>
    ${
    tabs.map((tab) =>
      html`
        <button type="button" role="tab" id="tab-${tab.name}" key=${tab.name} aria-selected=${tab === current}
          aria-controls="page" tabindex=${tab === current ? 0 : -1} onClick=${() => choose(tab)}>
              <span class="dot ${stateOf(platforms.get(tab.name))}"></span>${tab.label}
            </button>
      `
    )
  }
  </nav>`;
}

/** One word for how the page is connected. */
function stateOf(platform) {
  if (platform.cutUntil) return 'offline';
  return platform.state;
}

const stateNames = {
  open: 'Connected',
  connecting: 'Connecting',
  waiting: 'Reconnecting',
  offline: 'Offline',
  failed: 'Disconnected',
  closed: 'Not connected',
};

function Head({ tab, platform }) {
  useChanges(platform);
  const state = stateOf(platform);
  const users = tab.hasUsers === false ? [] : platform.users;
  return html`
    <div class="head">
      <div class="titles">
        <h1>${tab.title}</h1>
        <p>${tab.text}</p>
      </div>
      <div class="controls">
          ${users.length > 1 && html`<label class="as"><span>as</span>
        <select aria-label="User" value=${platform.user.id}
          onChange=${(event) => platform.become(users.find((user) => user.id === event.target.value))}>
          ${users.map((user) => html`<option value=${user.id} key=${user.id}>${user.name}</option>`)}
        </select></label>`}
          <span class="state ${state}" role="status" data-state=${state}>
            <span class="dot ${state}"></span>${stateNames[state]}
          </span>
          <button type="button" class="cut" disabled=${state !== 'open'} onClick=${() => platform.goOffline()}>
            ${platform.cutUntil ? html`<${Countdown} until=${platform.cutUntil} />` : 'Go offline'}
          </button>
        </div>
      <p class="proof" role="status" data-proof=${platform.proof ? 'shown' : ''}>
          ${platform.proof
            ? proofText(platform.proof)
            : platform.cutUntil
            ? `The socket is cut for ${CUT / 1000} seconds; the server goes on publishing.`
            : ''}
        </p>
    </div>
  `;
}

function Countdown({ until }) {
  const now = useNow(200);
  return html`Back in ${Math.max(0, Math.ceil((until - now) / 1000))} s`;
}

function proofText({ published, lost, doubled }) {
  const events = published === 1 ? '1 event' : `${published} events`;
  const outcome = lost || doubled ? `${lost} did not arrive, ${doubled} came twice` : 'every one arrived, none twice';
  return `Back again. Since the cut the server published ${events}: ${outcome}.`;
}

begin().catch((error) => {
  const boot = document.querySelector('.boot');
  const text = `This page cannot start: ${error.message}`;
  if (boot) boot.textContent = text;
  else console.error(text);
});
