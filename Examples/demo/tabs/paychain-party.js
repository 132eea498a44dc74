// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { connectPaychain } from 'switchboard-client/paychain';
import { Recent } from '../shared/recent.js';

/** The job that both users are parties of from the start. */
export const FIRST_JOB = '1000';
const MOST_FOLLOWED = 4;

/** One user with his connection, and what he has heard. */
export class Party {
  /** The jobs whose channels are subscribed to, the newest last. */
  #followed = new Map();
  /** The server's ids of events that have come, by whatever way. */
  #seen = new Recent();
  #startedAt = Date.now();

  /** @param heard is called with each event that has come, and after answers */
  constructor(user, board, address, heard) {
    this.user = user;
    this.id = String(user.id);
    this.board = board;
    this.heard = heard;
    this.connection = connectPaychain(address, {
      token: user.token,
      schedule: { first: 400, factor: 1.5, most: 2000 },
    });
    this.connection.onError(() => {});
    this.connection.onAny((received) => this.#take(received));
    this.connection.subscribe(['jobs', `user:${this.id}`]);
    this.connection.send('history', { channel: 'jobs', limit: 30 });
    this.follow(FIRST_JOB);
  }

  /** Where he has a claim to miss nothing. */
  get channels() {
    return ['jobs', `user:${this.id}`, ...[...this.#followed.keys()].map((job) => `job:${job}`)];
  }

  /** Subscribes to a job's channel, and asks for what was said there before he knew of it. */
  follow(job) {
    if (this.#followed.has(job)) return;
    const [oldest] = [...this.#followed.keys()].filter((each) => each !== FIRST_JOB);
    if (this.#followed.size >= MOST_FOLLOWED) {
      this.#followed.get(oldest)();
      this.#followed.delete(oldest);
    }
    this.#followed.set(job, this.connection.subscribe(`job:${job}`));
    this.connection.send('history', { channel: `job:${job}`, limit: 30 });
  }

  #take({ event, data, time, position }) {
    if (event === 'reconnect_token') return;
    if (event === 'history') {
      // What came live meanwhile is among it.
      for (const each of data.messages) this.#hear(each.type, each.data, each.timestamp, each.id, true);
      const last = data.messages.findLast((each) => this.#makesParty(each.type, each.data));
      if (data.channel === 'jobs' && last) this.follow(String(last.data.job_id));
      return this.heard();
    }
    this.#hear(event, data, time, position, false);
  }

  #hear(event, data, time, id, isOld) {
    if (id !== undefined && !this.#seen.add(id)) return;
    this.board.apply(event, data, Date.parse(time), isOld);
    if (!isOld && this.#makesParty(event, data)) this.follow(String(data.job_id));
    // What was before the page is shown, and nothing that has come to it.
    if (isOld && Date.parse(time) < this.#startedAt) this.heard();
    else this.heard(event, data);
  }

  /** Whether it says that he has a job from now on. */
  #makesParty(event, data) {
    if (event === 'job_status_changed') return true;
    return event === 'job_accepted' && [data.employer_id, data.worker_id].some((user) => String(user) === this.id);
  }
}
