// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html, useState } from 'preact-htm';
import { useChanges } from './changes.js';

/** The platform's raw frames in both directions, and a form that publishes. */
export function Console({ platform }) {
  return html`
    <section class="console" aria-label="Console">
      <${Frames} platform=${platform} />
      <${Publish} platform=${platform} key=${platform.name} />
    </section>
  `;
}

function Frames({ platform }) {
  const { network } = platform;
  useChanges(network);
  const [kept, setKept] = useState(undefined);
  const [filter, setFilter] = useState('');
  const [direction, setDirection] = useState('all');
  const wanted = filter.toLowerCase();
  const shown = (kept ?? network.frames).filter((frame) =>
    (direction === 'all' || frame.direction === direction || frame.direction === 'note') &&
    (!wanted || frame.text.toLowerCase().includes(wanted))
  ).slice(-200).reverse();
  const copy = () =>
    navigator.clipboard?.writeText(
      shown.toReversed().map((frame) => `${new Date(frame.time).toISOString()} ${frame.direction} ${frame.text}`)
        .join('\n'),
    );
  return html`
    <div class="panel frames">
      <header>
        <h3>Raw frames</h3>
        <span class="count"><b data-count="in">${network.counts.in}</b> in · <b data-count="out">${network.counts
          .out}</b> out</span>
      </header>
      <div class="tools">
        <input type="search" placeholder="Filter" aria-label="Filter frames" value=${filter}
          onInput=${(event) => setFilter(event.target.value)} />
        <select aria-label="Direction" value=${direction} onChange=${(event) => setDirection(event.target.value)}>
          <option value="all">both ways</option>
          <option value="in">received</option>
          <option value="out">sent</option>
        </select>
        <button type="button" aria-pressed=${kept !== undefined}
          onClick=${() => setKept(kept ? undefined : [...network.frames])}>${kept ? 'Go on' : 'Pause'}</button>
        <button type="button" onClick=${copy}>Copy</button>
        <button type="button" onClick=${() => network.forget()}>Clear</button>
      </div>
      <ol class="log" tabindex="0" aria-label="Frames, newest first">
          ${shown.map((frame) => html`<${Frame} frame=${frame} key=${frame.number} />`)}
        </ol>
    </div>
  `;
}

const marks = { in: '↓', out: '↑', note: '·' };
const names = { in: 'received', out: 'sent', note: 'note' };

function Frame({ frame }) {
  const [isOpen, setIsOpen] = useState(false);
  const time = new Date(frame.time);
  const stamp = `${time.toTimeString().slice(0, 8)}.${String(time.getMilliseconds()).padStart(3, '0')}`;
  return html`<li class=${frame.direction}>
    <button type="button" aria-expanded=${isOpen} onClick=${() => setIsOpen(!isOpen)}>
      <span class="mark" title=${names[frame.direction]}>${marks[frame.direction]}</span>
      <span class="stamp">${stamp}</span>
      <code>${frame.text}</code>
    </button>
    ${isOpen && html`<pre>${pretty(frame.text)}</pre>`}
  </li>`;
}

/** Of a Socket.IO frame what is behind its numbers. */
function pretty(text) {
  const start = text.search(/[[{]/);
  if (start < 0) return text;
  try {
    return text.slice(0, start) + JSON.stringify(JSON.parse(text.slice(start)), null, 2);
  } catch {
    return text;
  }
}

// MARK: Publishing

function Publish({ platform }) {
  const { events } = platform;
  const [name, setName] = useState(events[0]?.name ?? '');
  const [text, setText] = useState(() => platform.example(events[0]));
  const [channels, setChannels] = useState('');
  const [users, setUsers] = useState('');
  const [answer, setAnswer] = useState(undefined);
  const event = events.find((each) => each.name === name);
  const fault = faultOf(text);

  const choose = (chosen) => {
    const next = events.find((each) => each.name === chosen);
    setName(chosen);
    setText(platform.example(next));
    setAnswer(undefined);
  };
  const publish = async (submission) => {
    submission.preventDefault();
    if (fault) return;
    const body = { event: name, data: JSON.parse(text) };
    if (list(channels).length) body.to = list(channels);
    if (list(users).length) body.users = list(users);
    setAnswer({ text: 'sending…' });
    try {
      const response = await fetch(`/demo/publish/${platform.name}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      setAnswer({ isRefused: !response.ok, status: response.status, text: pretty(await response.text()) });
    } catch (error) {
      setAnswer({ isRefused: true, text: `the server does not answer: ${error.message}` });
    }
  };

  return html`<form class="panel publish" onSubmit=${publish}>
    <header>
      <h3>Publish as the backend</h3>
      <span class="links"><a href="/docs/${platform.name}">Documentation</a> <a href="/contracts/${platform.name}.yaml">Contract</a></span>
    </header>
    <label>Event
      <select name="event" value=${name} onChange=${(change) => choose(change.target.value)}>
        ${events.map((each) => html`<option value=${each.name} key=${each.name}>${each.name}</option>`)}
      </select>
    </label>
    <label>Payload
      <textarea name="payload" rows="9" spellcheck=${false} value=${text} aria-invalid=${fault !== undefined}
        onInput=${(change) => setText(change.target.value)}></textarea>
    </label>
    <p class="fault" role="alert">${fault ?? ''}</p>
    ${
    event && !event.goesByItself && html`
      <div class="pair">
        <label>Channels <input name="channels" value=${channels} placeholder="global" onInput=${(change) =>
          setChannels(change.target.value)} /></label>
        <label>Users <input name="users" value=${users} placeholder=${platform.user?.id} onInput=${(change) =>
          setUsers(change.target.value)} /></label>
      </div>
    `
  }
    <button type="submit" class="primary" disabled=${fault !== undefined}>Publish</button>
    <output class=${answer?.isRefused ? 'refused' : ''} aria-live="polite">
      ${answer && html`${answer.status && html`<b>${answer.status}</b>`} <pre>${answer.text}</pre>`}
    </output>
  </form>`;
}

function list(text) {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** Why the text is no JSON; undefined: it is. */
function faultOf(text) {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error.message;
  }
}
