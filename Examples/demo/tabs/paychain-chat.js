// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html, useEffect, useRef, useState } from 'preact-htm';
import { Avatar, Time } from '../shared/parts.js';

/** The talk about one job, from both ends: what one writes, the other sees typed, delivered and read. */
export function Chat({ model, job }) {
  return html`
    <section class="panel chat" aria-label="Talk">
      <header>
        <h2>The talk about job ${job}</h2>
      </header>
      <div class="ends">
          ${model.parties?.map((party) => html`<${End} key=${party.id} model=${model} party=${party} job=${job} />`)}
        </div>
    </section>
  `;
}

function End({ model, party, job }) {
  const { connection, board, id, user } = party;
  const talk = board.talk(job);
  const other = model.parties.find((each) => each !== party);
  const [text, setText] = useState('');
  const list = useRef(null);
  const typing = useRef(0);
  const newest = talk.messages.at(-1);
  const isTyping = other && talk.typing.has(other.id);

  useEffect(() => {
    list.current.scrollTop = list.current.scrollHeight;
    if (newest && String(newest.from) !== id) connection.send('read', { job_id: Number(job), up_to_id: newest.id });
  }, [newest?.id, newest?.at]);

  const type = (value) => {
    setText(value);
    // Who says nothing more has stopped after six seconds.
    if (Date.now() - typing.current < 3000) return;
    typing.current = Date.now();
    connection.send('typing', { job_id: Number(job), is_typing: true });
  };
  const send = (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    connection.send('chat_message', { job_id: Number(job), text: text.trim() });
    typing.current = 0;
    setText('');
  };
  const readUpTo = other && talk.messages.findIndex((message) => message.id === talk.read.get(other.id));
  return html`
    <div class="end" data-user=${id}>
      <div class="row who"><${Avatar} name=${user.name} isOffline=${model.presence.get(id) === 'offline'} /> <b>${user
        .name}</b></div>
      <ol class="messages" ref=${list} tabindex="0" aria-label=${`Messages as ${user.name} sees them`}>
          ${talk.messages.map((message, index) => {
            const isOwn = String(message.from) === id;
            return html`
              <li key=${message.id + message.at} class=${isOwn ? 'own' : ''}>
                <p>${message.text}</p>
                <small><${Time} at=${message.at} />${isOwn && html`
                  <span class="receipt">${index <= readUpTo ? '✓✓ read' : '✓'}</span>
                `}</small>
              </li>
            `;
          })}
        </ol>
      <p class="typing" aria-live="polite">${isTyping
        ? html`<span></span><span></span><span></span> is writing`
        : ''}</p>
      <form onSubmit=${send}>
        <input aria-label=${`Write as ${user.name}`} placeholder="Write…" value=${text} maxlength="4000" onInput=${(
          event,
        ) => type(event.target.value)} />
        <button type="submit" aria-label="Send">➤</button>
      </form>
    </div>
  `;
}
