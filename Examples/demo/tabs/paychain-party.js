// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { connectPaychain } from 'switchboard-client/paychain';

/** The job that both users are parties of from the start. */
export const FIRST_JOB = '1000';
const MOST_FOLLOWED = 4;

/** One user with his connection, and what he has heard. */
export class Party {
  /** The jobs whose channels are subscribed to, the newest last. */
  #followed = new Map();
  /** The server's ids of events that have come, by whatever way. */
  #seen = new Set();
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
      return this.heard();
    }
    this.#hear(event, data, time, position, false);
  }

  #hear(event, data, time, id, isOld) {
    if (id !== undefined) {
      if (this.#seen.has(id)) return;
      this.#seen.add(id);
    }
    this.board.apply(event, data, Date.parse(time), isOld);
    const isOwn = [data?.employer_id, data?.worker_id].some((user) => String(user) === this.id);
    if (event === 'job_status_changed' || (event === 'job_accepted' && isOwn)) this.follow(String(data.job_id));
    // What was before the page is shown, and nothing that has come to it.
    if (isOld && Date.parse(time) < this.#startedAt) this.heard();
    else this.heard(event, data);
  }
}
