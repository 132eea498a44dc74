// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { Decoder, encode, type Packet, PacketType } from './packets.ts';
import type { ServerSocket } from './server-socket.ts';
import type { Session } from './session.ts';

/** What a server does with packets that are about no socket yet. */
export interface Admission {
  admit(connection: Connection, nsp: string, auth: unknown, admitted: (socket: ServerSocket) => void): void;
}

/** One client's connection, which carries the sockets of several namespaces. */
export class Connection {
  readonly session: Session;
  isOpen = true;
  private readonly decoder = new Decoder();
  private readonly sockets = new Map<string, ServerSocket>();
  private readonly admission: Admission;

  constructor(session: Session, admission: Admission) {
    this.session = session;
    this.admission = admission;
    session.onmessage = (message) => {
      const packet = this.decode(message);
      if (packet) this.take(packet);
    };
  }

  send(packet: Packet): void {
    for (const message of encode(packet)) this.session.send(message);
  }

  /** Takes a socket out that has left. */
  leave(socket: ServerSocket): void {
    this.sockets.delete(socket.nsp.name);
  }

  close(reason: string): void {
    this.session.close(reason);
  }

  /** The session has ended. */
  ended(reason: string): void {
    this.isOpen = false;
    for (const socket of [...this.sockets.values()]) socket.left(reason);
  }

  /** What a client sends must not end the test's process; what the test's handlers throw is the test's to see. */
  private decode(message: string | Uint8Array): Packet | undefined {
    try {
      return this.decoder.add(message);
    } catch {
      this.close('parse error');
      return undefined;
    }
  }

  private take(packet: Packet): void {
    if (packet.type === PacketType.connect) {
      if (this.sockets.has(packet.nsp)) return;
      const [nsp] = packet.nsp.split('?');
      return this.admission.admit(this, nsp, packet.data ?? {}, (socket) => this.sockets.set(nsp, socket));
    }
    this.sockets.get(packet.nsp)?.take(packet);
  }
}
