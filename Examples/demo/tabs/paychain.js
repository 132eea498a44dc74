// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html } from 'preact-htm';
import { histories } from '../shared/platform.js';
import { Avatar, Chip, Empty, money, Time, words } from '../shared/parts.js';
import { Chat } from './paychain-chat.js';
import { FIRST_JOB, Party } from './paychain-party.js';

const MOST_JOBS = 7;
const MOST_TOASTS = 3;
const MOST_TALKS = 20;
const KINDS = { open: 'info', accepted: 'warn', in_progress: 'warn', completed: 'good', refunded: 'bad' };

/** The job board, and what one party hears of its jobs. */
class Board {
  /** By id; the one that changed last is last. */
  jobs = new Map();
  toasts = [];
  payments = [];
  /** By job: `{messages, typing, read}` */
  talks = new Map();
  /** By user: online or offline. */
  presence = new Map();
  #numbers = 0;

  apply(event, data, at, isOld = false) {
    switch (event) {
      case 'job_created':
        Object.assign(this.#job(data), {
          title: data.title,
          pay: data.pay_amount_usd,
          kind: data.job_type,
          status: 'open',
        });
        break;
      case 'job_accepted':
        Object.assign(this.#job(data), { status: 'accepted', worker: data.worker_id });
        break;
      case 'job_completed':
        this.#job(data).status = 'completed';
        break;
      case 'job_refunded':
        this.#job(data).status = 'refunded';
        break;
      case 'job_status_changed':
        this.#job(data).status = data.new_status;
        break;
      case 'payment_confirmed':
        this.payments = [{ ...data, at }, ...this.payments.filter((each) => each.at !== at)].slice(0, 5);
        break;
      case 'chat_message': {
        const talk = this.talk(data.job_id);
        if (talk.messages.some((message) => message.id === data.id && message.at === at)) return;
        talk.messages = [...talk.messages, { ...data, at }].sort((first, second) => first.at - second.at).slice(-40);
        talk.typing.delete(String(data.from));
        this.job = String(data.job_id);
        break;
      }
      case 'typing': {
        const { typing } = this.talk(data.job_id);
        if (data.is_typing) typing.set(String(data.user_id), Date.now());
        else typing.delete(String(data.user_id));
        break;
      }
      case 'read_receipt':
        this.talk(data.job_id).read.set(String(data.user_id), data.up_to_id);
        break;
      case 'presence':
        this.presence.set(String(data.user_id), data.status);
        break;
    }
    if (!isOld) this.#toast(event, data);
  }

  talk(job) {
    const key = String(job);
    const talk = this.talks.get(key) ?? { messages: [], typing: new Map(), read: new Map() };
    // The one that was looked at last is last.
    this.talks.delete(key);
    this.talks.set(key, talk);
    while (this.talks.size > MOST_TALKS) this.talks.delete(this.talks.keys().next().value);
    return talk;
  }

  dismiss(number) {
    this.toasts = this.toasts.filter((toast) => toast.number !== number);
  }

  #job(data) {
    const key = String(data.job_id);
    const job = this.jobs.get(key) ?? { id: key, title: `Job ${key}`, status: 'open' };
    this.jobs.delete(key);
    this.jobs.set(key, job);
    while (this.jobs.size > MOST_JOBS) this.jobs.delete(this.jobs.keys().next().value);
    return job;
  }

  #toast(event, data) {
    const text = toastText(event, data, this.userType, this.jobs.get(String(data?.job_id))?.title);
    if (!text) return;
    this.toasts = [{ number: ++this.#numbers, event, ...text }, ...this.toasts].slice(0, MOST_TOASTS);
  }
}

/** What a user of this type is told; undefined: the event is not for him. */
function toastText(event, data, userType, title = `job ${data?.job_id}`) {
  const isWorker = userType === 'worker';
  switch (event) {
    case 'job_created':
      return isWorker
        ? { kind: 'info', title: 'New job', text: `${data.title}, ${money(data.pay_amount_usd)}` }
        : undefined;
    case 'job_accepted':
      return isWorker ? undefined : { kind: 'info', title: 'Job accepted', text: `Somebody takes ${title}` };
    case 'job_completed':
      return {
        kind: 'good',
        title: 'Job completed',
        text: isWorker ? `${title}: you are paid` : `${title}: payment released`,
      };
    case 'job_refunded':
      return isWorker ? undefined : { kind: 'warn', title: 'Refunded', text: `${title}: ${words(data.reason)}` };
    case 'payment_confirmed':
      return { kind: 'good', title: 'Payment confirmed', text: `${money(data.amount_usd)} for ${title}` };
    case 'announcement':
      return { kind: 'info', title: data.title, text: data.message };
  }
}

/** One connection for each party, so that both ends of the talk can be seen. */
function connect(platform, model) {
  model.parties = platform.users.slice(0, 2).map((user) => {
    const isMain = user === platform.user;
    const board = isMain ? model : new Board();
    board.userType = /worker/i.test(user.name) ? 'worker' : 'employer';
    const heard = (event, data) => {
      if (isMain && event) platform.received(event, data);
      else platform.changed();
    };
    return new Party(user, board, platform.address(), heard);
  });
  model.party = model.parties.find(({ user }) => user === platform.user);
  const { connection } = model.party;
  connection.onState((state) => {
    platform.setState(state);
    if (state === 'open') connection.send('presence_get', { user_ids: model.parties.map(({ id }) => id) });
  });
  platform.setState(connection.state);
  return () => model.parties.forEach((party) => party.connection.close());
}

function published(platform, model) {
  return histories(platform, model.party.channels);
}

function View({ platform, model }) {
  const jobs = [...model.jobs.values()].reverse();
  return html`
    <div class="grid wide-right">
      <div class="stack">
        <section class="panel" aria-label="Jobs">
            <header><h2>Job board</h2><span class="count">${jobs.length}</span></header>
            ${jobs.length === 0 && html`<${Empty}>The next job shows up here.<//>`}
            <ul class="tiles">
              ${jobs.map((job) =>
                html`<li class="tile" key=${job.id}>
            <span class="row"><b>${job.title}</b><${Chip} kind=${KINDS[job.status]}>${words(job.status)}<//></span>
            <span class="row quiet"><span>${
                  job.pay === undefined ? '' : money(job.pay)
                } <small>#${job.id}</small></span>
              <span class="badge-space">${
                  job.worker && html`<${Avatar} name=${nameOf(platform, job.worker)} />`
                }</span></span>
          </li>`
              )}
            </ul>
          </section>
      </div>
      <div class="stack">
        <${Chat} model=${model} job=${model.job ?? FIRST_JOB} />
        <${Payments} payments=${model.payments} />
      </div>
      <${Toasts} platform=${platform} model=${model} />
    </div>
  `;
}

export function nameOf(platform, id) {
  return platform.users.find((user) => String(user.id) === String(id))?.name.split(',')[0] ?? `User ${id}`;
}

function Payments({ payments }) {
  return html`<section class="panel" aria-label="Payments">
    <header><h2>Payments</h2></header>
    ${payments.length === 0 && html`<${Empty}>Confirmed payments for your jobs.<//>`}
    <ul class="feed">
      ${
    payments.map((payment) =>
      html`<li key=${payment.at}><${Time} at=${payment.at} />
        <span><b>${money(payment.amount_usd)}</b> for job ${payment.job_id}</span><${Chip} kind="good">${
        words(payment.status)
      }<//></li>`
    )
  }
    </ul>
  </section>`;
}

function Toasts({ platform, model }) {
  const dismiss = (number) => {
    model.dismiss(number);
    platform.changed();
  };
  return html`<div class="toasts" aria-live="polite" aria-label="Notices">
    ${
    model.toasts.map((toast) =>
      html`
        <div class="toast ${toast.kind}" key=${toast.number} onAnimationEnd=${(event) =>
          event.animationName === 'fade' && dismiss(toast.number)}>
          <div><b>${toast.title}</b><p>${toast.text}</p></div>
          <button type="button" aria-label="Dismiss" onClick=${() => dismiss(toast.number)}>×</button>
        </div>
      `
    )
  }
  </div>`;
}

export const paychain = {
  name: 'paychain',
  label: 'PayChain',
  title: 'A job board that talks',
  text: 'Jobs, payments and notices by who you are, and the talk between the two parties of a job.',
  /** Of the contract's examples, with those of the mock. */
  ids: { '"job_id": 123': `"job_id": ${FIRST_JOB}`, '"job_id": 124': `"job_id": ${FIRST_JOB}` },
  makeModel: () => new Board(),
  connect,
  published,
  View,
};
