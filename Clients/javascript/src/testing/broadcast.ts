// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import type { Namespace } from './namespace.ts';
import type { ServerSocket } from './server-socket.ts';

/** The sockets of a namespace that some rooms name: what `io.to('room')` gives. Each call gives a new one. */
export class Broadcast {
  private readonly namespace: Namespace;
  private readonly rooms: readonly string[];
  private readonly excluded: readonly string[];
  private readonly deadline: number | undefined;

  constructor(
    namespace: Namespace,
    rooms: readonly string[] = [],
    excluded: readonly string[] = [],
    deadline?: number,
  ) {
    this.namespace = namespace;
    this.rooms = rooms;
    this.excluded = excluded;
    this.deadline = deadline;
  }

  to(room: string | readonly string[]): Broadcast {
    return new Broadcast(this.namespace, [...this.rooms, ...[room].flat()], this.excluded, this.deadline);
  }

  in(room: string | readonly string[]): Broadcast {
    return this.to(room);
  }

  except(room: string | readonly string[]): Broadcast {
    return new Broadcast(this.namespace, this.rooms, [...this.excluded, ...[room].flat()], this.deadline);
  }

  /** Milliseconds for the answers; then `emit` takes a callback, which gets an error or none, and the answers. */
  timeout(deadline: number): Broadcast {
    return new Broadcast(this.namespace, this.rooms, this.excluded, deadline);
  }

  get volatile(): Broadcast {
    return this;
  }

  get local(): Broadcast {
    return this;
  }

  compress(_isWanted: boolean): Broadcast {
    return this;
  }

  emit(event: string, ...args: unknown[]): boolean {
    const callback = args[args.length - 1];
    const sockets = this.sockets();
    if (typeof callback !== 'function') {
      for (const socket of sockets) socket.emit(event, ...args);
      return true;
    }
    const values = args.slice(0, -1);
    const answers = sockets.map((socket) => socket.timeout(this.deadline ?? 30_000).emitWithAck(event, ...values));
    Promise.allSettled(answers).then((results) => {
      const good = results.flatMap((result) => result.status === 'fulfilled' ? [result.value] : []);
      callback(good.length < results.length ? new Error('operation has timed out') : null, good);
    });
    return true;
  }

  emitWithAck(event: string, ...args: unknown[]): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.emit(event, ...args, (error: Error | null, answers: unknown[]) => error ? reject(error) : resolve(answers));
    });
  }

  // deno-lint-ignore require-await -- as socket.io has it
  async fetchSockets(): Promise<ServerSocket[]> {
    return this.sockets();
  }

  socketsJoin(room: string | readonly string[]): void {
    for (const socket of this.sockets()) socket.join(room);
  }

  socketsLeave(room: string | readonly string[]): void {
    for (const socket of this.sockets()) for (const each of [room].flat()) socket.leave(each);
  }

  disconnectSockets(close = false): void {
    for (const socket of this.sockets()) socket.disconnect(close);
  }

  private sockets(): ServerSocket[] {
    return [...this.namespace.sockets.values()].filter(({ rooms }) =>
      (this.rooms.length === 0 || this.rooms.some((room) => rooms.has(room))) &&
      !this.excluded.some((room) => rooms.has(room))
    );
  }
}
