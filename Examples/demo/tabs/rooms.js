// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html, useEffect, useState } from 'preact-htm';
import { histories } from '../shared/platform.js';
import { Avatar, Bar, Chip, Empty, Time, useNow, words } from '../shared/parts.js';
import { openSocket } from '../shared/socket.js';

const ROOM = 'room_gala';
const MOST_FEED = 14;

/** One lottery room: who is there, what can be won, and who has won it. */
class Room {
  room = { id: ROOM, name: 'Room', status: '' };
  /** Online, by user. */
  online = new Map();
  participants = new Map();
  prizes = new Map();
  winners = [];
  feed = [];
  notifications = [];
  /** The draw under way: `{number, from, until}`. */
  draw = undefined;
  /** Who has just won, until it was shown. */
  celebrated = undefined;
  /** The quiz's question that can be answered now: `{…, until, answer, result}`. */
  question = undefined;

  apply(event, data, at, isOld = false) {
    switch (event) {
      case 'room:created':
        // A new evening.
        Object.assign(this, { participants: new Map(), prizes: new Map(), winners: [], draw: undefined });
        this.room = data.room;
        break;
      case 'room:updated':
        this.room = data.room;
        break;
      case 'room:status_changed':
        this.room = { ...this.room, status: data.newStatus };
        this.#tell(at, `The room is ${words(data.newStatus)}`, 'info');
        break;
      case 'participant:joined':
        this.participants.set(data.participant.userId, data.participant);
        this.#tell(at, html`<b>${data.participant.user.name}</b> takes part`, 'good');
        break;
      case 'participant:left': {
        const name = this.nameOf(data.userId);
        this.participants.delete(data.userId);
        this.#tell(at, html`<b>${name}</b> takes part no more`, 'neutral');
        break;
      }
      case 'participant:updated':
        this.participants.set(data.participant.userId, data.participant);
        break;
      case 'prize:created':
      case 'prize:updated':
        this.prizes.set(data.prize.id, data.prize);
        break;
      case 'prize:deleted':
        this.prizes.delete(data.prizeId);
        break;
      case 'winner:selected':
        this.#win(data.winner, at, isOld);
        break;
      case 'winner:removed':
        this.winners = this.winners.filter((winner) => winner.id !== data.winnerId);
        break;
      case 'presence:user_online':
        this.online.set(data.userId, data.user);
        this.#tell(at, html`<b>${data.user.name ?? data.userId}</b> came in`, 'good');
        break;
      case 'presence:user_offline':
        this.#tell(at, html`<b>${this.nameOf(data.userId)}</b> went`, 'neutral');
        this.online.delete(data.userId);
        break;
      case 'lottery:draw_started':
        this.draw = { number: data.drawNumber, from: at, until: at + data.estimatedDuration * 1000 };
        this.#tell(at, `Draw ${data.drawNumber} has begun`, 'warn');
        break;
      case 'quiz:question_published':
        if (!isOld) this.question = { ...data, until: at + data.timeLimit * 1000 };
        break;
      case 'notification:received':
        if (this.notifications.some((each) => each.id === data.id)) return;
        this.notifications = [data, ...this.notifications].slice(0, 20);
        break;
      case 'platform:announcement':
        this.#tell(at, html`<b>${data.title}</b> ${data.message}`, 'info');
        break;
    }
  }

  nameOf(user) {
    return this.online.get(user)?.name ?? this.participants.get(user)?.user.name ?? user;
  }

  #win(winner, at, isOld) {
    this.winners = [{ ...winner, at }, ...this.winners.filter((each) => each.id !== winner.id)].slice(0, 6);
    this.#tell(at, html`<b>${winner.participant.user.name}</b> wins ${winner.prize.name}`, 'good');
    if (!isOld) this.celebrated = { ...winner, at };
  }

  #tell(at, text, kind) {
    this.feed = [{ key: `${at} ${this.feed.length} ${kind}`, at, text, kind }, ...this.feed].slice(0, MOST_FEED);
  }
}

function connect(platform, model) {
  const socket = openSocket(platform, 0, { token: platform.user.token });
  model.socket = socket;
  // The clock of the server's events is that of this machine.
  const take = (event, data) => {
    model.apply(event, data, Date.parse(data?.timestamp ?? data?.createdAt) || Date.now());
    platform.received(event, data);
  };
  socket.onAny((event, data) => event.startsWith('room:subscribed') || event === 'reconnect' || take(event, data));
  socket.on('connect', () => {
    // Who comes back within two minutes has his subscriptions again.
    if (!socket.recovered) {
      socket.emit('room:subscribe', { roomId: ROOM }, (answer) => entered(platform, model, answer));
    } else readOnline(platform, model);
  });
  // What was before: a platform's page asks its backend for it.
  published(platform).then((before) => {
    for (const { event, data, time } of before) model.apply(event, data, time, true);
    if (before.length) platform.shows();
  }).catch(() => {});
  return () => socket.disconnect();
}

function entered(platform, model, answer) {
  if (answer?.success && answer.room) model.room = { ...model.room, ...answer.room };
  readOnline(platform, model);
}

function readOnline(platform, model) {
  model.socket.emit('presence:get_online', { roomId: ROOM }, (answer) => {
    if (!answer?.success) return;
    model.online = new Map(answer.users.map((user) => [user.id, user]));
    platform.shows();
  });
}

function published(platform) {
  return histories(platform, [`room:${ROOM}`, `user:${platform.user.id}`]);
}

function View({ platform, model }) {
  const [isIn, setIsIn] = useState(true);
  const leave = () => {
    const command = isIn ? 'room:unsubscribe' : 'room:subscribe';
    model.socket.emit(command, { roomId: ROOM }, (answer) => {
      if (!answer?.success) return;
      if (isIn) model.online = new Map();
      else entered(platform, model, answer);
      setIsIn(!isIn);
    });
  };
  const here = [
    ...[...model.online.values()].map((user) => ({ ...user, isOnline: true })),
    ...[...model.participants.values()].map(({ user }) => user).filter(({ id }) => !model.online.has(id)),
  ];
  return html`
    <div class="grid wide-left">
      <div class="stack">
        <section class="panel room" aria-label="Room">
            <header><h2>${model.room.name}</h2>
              ${model.room.status &&
                html`<${Chip} kind=${model.room.status === 'active' ? 'good' : 'info'}>${words(model.room.status)}<//>`}
              <span class="push"></span>
              <${Bell} platform=${platform} model=${model} />
              <button type="button" onClick=${leave}>${isIn ? 'Leave' : 'Enter'}</button>
            </header>
            <div class="avatars" aria-label="Online">
              ${here.map((user) =>
                html`<${Avatar} name=${user.name ?? user.id} isOffline=${!user.isOnline} key=${user.id} />`
              )}
              <span class="quiet">${model.online.size} online, ${model.participants.size} take part</span>
            </div>
            <${Draw} model=${model} platform=${platform} />
            <ul class="tiles prizes">
              ${[...model.prizes.values()].map((prize) =>
                html`<li class="tile" key=${prize.id}>
            <b>${prize.name}</b><span class="quiet">${prize.description ?? ''}</span>
            <${Chip} kind="info">${prize.quantityRemaining} to win<//>
          </li>`
              )}
            </ul>
            ${model.prizes.size === 0 && html`<${Empty}>Prizes show up here.<//>`}
          </section>
        <section class="panel" aria-label="Winners">
            <header><h2>Winners</h2></header>
            ${model.winners.length === 0 && html`<${Empty}>Nobody has won yet.<//>`}
            <ul class="feed">
              ${model.winners.map((winner) =>
                html`<li key=${winner.id + winner.at}><${Avatar} name=${winner.participant.user.name} />
            <span><b>${winner.participant.user.name}</b> ${winner.prize.name}</span><${Time} at=${winner.at} /></li>`
              )}
            </ul>
          </section>
      </div>
      <div class="stack">
        <${Quiz} model=${model} platform=${platform} />
        <section class="panel" aria-label="What happens">
          <header><h2>What happens</h2></header>
          <ul class="feed tall">
            ${model.feed.map((item) =>
              html`<li key=${item.key}><${Time} at=${item.at} /><span>${item.text}</span><i class="dot ${item.kind}"></i></li>`
            )}
          </ul>
          ${model.feed.length === 0 && html`<${Empty}>People who come and go, draws and winners.<//>`}
        </section>
      </div>
    </div>
  `;
}

function Draw({ model, platform }) {
  const now = useNow(250);
  const { draw, celebrated } = model;
  useEffect(() => {
    if (!celebrated) return;
    const timer = setTimeout(() => {
      model.celebrated = undefined;
      platform.changed();
    }, 3000);
    return () => clearTimeout(timer);
  }, [celebrated]);
  if (celebrated) {
    return html`
      <div class="stage won" role="status">
        <span class="confetti" aria-hidden="true">${Array.from(
          { length: 14 },
          (_, index) => html`<i class="c${index}" key=${index}></i>`,
        )}</span>
        <${Avatar} name=${celebrated.participant.user.name} />
        <p><b>${celebrated.participant.user.name}</b> wins<br />${celebrated.prize.name}</p>
      </div>
    `;
  }
  const left = draw ? Math.max(0, draw.until - now) : 0;
  if (!draw || now > draw.until + 30_000) {
    return html`
      <div class="stage">
        <p class="quiet">The next draw begins soon.</p>
      </div>
    `;
  }
  return html`
    <div class="stage drawing">
      <p>Draw ${draw.number}</p>
      <p class="clock" aria-label="Time left">${clockText(left)}</p>
      <${Bar} value=${1 - left / Math.max(1, draw.until - draw.from)} kind="moving" label="Draw" />
    </div>
  `;
}

/** A question of the quiz app, which answers what is sent to it. */
function Quiz({ model, platform }) {
  const now = useNow(500);
  const { question } = model;
  const isOpen = question && now < question.until;
  const answer = (option) => {
    question.answer = option;
    const data = { questionId: question.questionId, answer: option, roomId: ROOM };
    model.socket.emit('quiz:answer_submit', data, (result) => {
      question.result = result;
      platform.changed();
    });
    platform.changed();
  };
  return html`
    <section class="panel quiz" aria-label="Quiz">
      <header><h2>Quiz</h2>${isOpen &&
        html`<span class="count">${Math.ceil((question.until - now) / 1000)} s</span>`}</header>
      <p>${question ? question.question : html`<span class="quiet">The next question comes soon.</span>`}</p>
      <div class="pair options">
          ${(question?.options ?? ['–', '–', '–', '–']).map((option, index) =>
            html`
              <button type="button" key=${index}
                disabled=${!isOpen || question.answer !== undefined} aria-pressed=${question !== undefined &&
                  question.answer === option}
                onClick=${() => answer(option)}>${option}</button>
            `
          )}
        </div>
      <p class="quiet" role="status">${resultText(question)}</p>
    </section>
  `;
}

function resultText(question) {
  const result = question?.result;
  if (!result) return question?.answer === undefined ? '' : 'asking the app…';
  if (!result.success) return result.error?.message ?? 'The app could not answer.';
  return result.correct ? 'Right!' : 'Not this one.';
}

function clockText(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function Bell({ platform, model }) {
  const [isOpen, setIsOpen] = useState(false);
  const unread = model.notifications.filter((each) => !each.read).length;
  const read = (notification) =>
    model.socket.emit('notification:mark_read', { notificationId: notification.id }, (answer) => {
      if (!answer?.success) return;
      notification.read = true;
      platform.changed();
    });
  return html`<div class="bell">
    <button type="button" aria-expanded=${isOpen} aria-label=${`Notifications, ${unread} unread`} onClick=${() =>
    setIsOpen(!isOpen)}>
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><path fill="currentColor" d="M10 2a5 5 0 0 0-5 5v3.4L3.6 13a1 1 0 0 0 .9 1.5h11a1 1 0 0 0 .9-1.5L15 10.4V7a5 5 0 0 0-5-5Zm0 16a2.2 2.2 0 0 0 2.2-2H7.8A2.2 2.2 0 0 0 10 18Z" /></svg>${
    unread > 0 && html`<b class="badge">${unread}</b>`
  }
    </button>
    ${
    isOpen && html`<ul class="menu">
      ${model.notifications.length === 0 && html`<li class="quiet">Nothing yet.</li>`}
      ${
      model.notifications.map((each) =>
        html`<li key=${each.id} class=${each.read ? 'quiet' : ''}>
        <span><b>${each.title}</b> ${each.message}</span>
        ${!each.read && html`<button type="button" onClick=${() => read(each)}>Read</button>`}
      </li>`
      )
    }
    </ul>`
  }
  </div>`;
}

export const rooms = {
  name: 'rooms',
  label: 'Rooms',
  title: 'A lottery room',
  text: 'Who is there, what can be won, the draw and its winner, and notices for one user. Socket.IO.',
  /** Of the contract's examples, with those of the mock. */
  ids: { room_xyz789: ROOM, usr_abc123: 'usr_bob', 'John Doe': 'Bob' },
  makeModel: () => new Room(),
  connect,
  published,
  View,
};
