// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocketPeer } from './websocket.ts';

/** What divides packets in the body of a request. */
const SEPARATOR = '\x1e';
const OPEN = '0', CLOSE = '1', PING = '2', PONG = '3', MESSAGE = '4', UPGRADE = '5', NOOP = '6';

/** The timers of a session, in milliseconds. */
export interface Timers {
  readonly pingInterval: number;
  readonly pingTimeout: number;
}

/** One client of Engine.IO 4, over requests or a WebSocket, or over requests and then a WebSocket. */
export class Session {
  readonly id: string;
  /** The request that opened it; a client in this process has none. */
  readonly request: IncomingMessage | undefined;
  /** Called with each message, and once with the reason of its end. */
  onmessage: (message: string | Uint8Array) => void = () => {};
  onclose: (reason: string) => void = () => {};
  private readonly timers: Timers;
  private readonly waiting: (string | Uint8Array)[] = [];
  private peer: WebSocketPeer | undefined;
  private local: ((message: string | Uint8Array) => void) | undefined;
  private poll: ServerResponse | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isOpen = true;

  constructor(id: string, request: IncomingMessage | undefined, timers: Timers) {
    this.id = id;
    this.request = request;
    this.timers = timers;
  }

  get transportName(): string {
    return this.peer || this.local ? 'websocket' : 'polling';
  }

  // MARK: Opening

  openOverPolling(response: ServerResponse): void {
    respond(response, 200, OPEN + this.greeting(['websocket']));
    this.beat();
  }

  openOverWebSocket(peer: WebSocketPeer): void {
    this.adopt(peer);
    peer.send(OPEN + this.greeting([]));
    this.beat();
  }

  /** Opens it for a client in this process, who is called with each message. */
  openLocally(receive: (message: string | Uint8Array) => void): void {
    this.local = receive;
  }

  private greeting(upgrades: readonly string[]): string {
    const { pingInterval, pingTimeout } = this.timers;
    return JSON.stringify({ sid: this.id, upgrades, pingInterval, pingTimeout, maxPayload: 1_000_000 });
  }

  // MARK: Sending

  /** Sends a message: a text, or bytes. */
  send(message: string | Uint8Array): void {
    this.write(typeof message === 'string' ? MESSAGE + message : message);
  }

  private write(packet: string | Uint8Array): void {
    if (!this.isOpen) return;
    if (this.local) {
      const message = typeof packet === 'string' ? packet.slice(1) : packet;
      const isMessage = typeof packet !== 'string' || packet.startsWith(MESSAGE);
      if (isMessage) setImmediate(() => this.local?.(message));
    } else if (this.peer) {
      this.peer.send(packet);
    } else {
      this.waiting.push(packet);
      this.answerPoll();
    }
  }

  private answerPoll(): void {
    if (!this.poll || this.waiting.length === 0) return;
    const packets = this.waiting.splice(0);
    const body = packets.map((each) => typeof each === 'string' ? each : `b${Buffer.from(each).toString('base64')}`);
    respond(this.poll, 200, body.join(SEPARATOR));
    this.poll = undefined;
  }

  // MARK: Receiving

  /** A request for packets, which waits until there are some. */
  takePoll(response: ServerResponse): void {
    if (this.poll) {
      respond(response, 400, '{"code":3,"message":"Bad request"}');
      return this.close('transport error');
    }
    this.poll = response;
    response.on('close', () => {
      if (this.poll === response) this.close('transport close');
    });
    this.answerPoll();
  }

  /** A request with packets. */
  takePost(body: string, response: ServerResponse): void {
    respond(response, 200, 'ok');
    for (const packet of body.split(SEPARATOR)) {
      if (packet.startsWith('b')) this.onmessage(Buffer.from(packet.slice(1), 'base64'));
      else this.take(packet);
    }
  }

  /** A WebSocket that wants to take over from requests. */
  probe(peer: WebSocketPeer): void {
    peer.onmessage = (packet) => {
      if (packet === PING + 'probe') {
        peer.send(PONG + 'probe');
        // The request that waits has to be answered before the client changes over.
        if (this.poll) this.write(NOOP);
      } else if (packet === UPGRADE && this.isOpen && !this.peer) {
        this.adopt(peer);
        for (const waiting of this.waiting.splice(0)) peer.send(waiting);
        if (this.poll) respond(this.poll, 200, NOOP);
        this.poll = undefined;
      } else {
        peer.close();
      }
    };
  }

  private adopt(peer: WebSocketPeer): void {
    this.peer = peer;
    peer.onmessage = (packet) => typeof packet === 'string' ? this.take(packet) : this.onmessage(packet);
    peer.onclose = () => this.close('transport close');
  }

  /** A message of a client in this process. */
  takeLocally(message: string | Uint8Array): void {
    if (this.isOpen) this.onmessage(message);
  }

  private take(packet: string): void {
    switch (packet[0]) {
      case MESSAGE:
        return this.onmessage(packet.slice(1));
      case PONG:
        return this.beat();
      case CLOSE:
        return this.close('transport close');
    }
  }

  // MARK: Ending

  private beat(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.write(PING);
      this.timer = setTimeout(() => this.close('ping timeout'), this.timers.pingTimeout);
      this.timer.unref?.();
    }, this.timers.pingInterval);
    this.timer.unref?.();
  }

  close(reason: string): void {
    if (!this.isOpen) return;
    this.write(CLOSE);
    this.isOpen = false;
    clearTimeout(this.timer);
    if (this.poll) respond(this.poll, 200, NOOP);
    this.poll = undefined;
    this.peer?.close();
    this.onclose(reason);
  }
}

/** Answers a request, for pages of any origin. */
export function respond(response: ServerResponse, status: number, body: string): void {
  if (response.writableEnded || response.destroyed) return;
  const origin = response.req?.headers.origin;
  response.writeHead(status, {
    'Content-Type': status === 200 ? 'text/plain; charset=UTF-8' : 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...(origin ? { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' } : {}),
  });
  response.end(body);
}
