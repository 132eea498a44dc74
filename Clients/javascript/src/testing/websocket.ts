// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Bytes of one message; more is no test's. */
const LONGEST = 100_000_000;
const TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

/** The server's end of one WebSocket (RFC 6455), without extensions. */
export class WebSocketPeer {
  /** Called with each message. */
  onmessage: (message: string | Buffer) => void = () => {};
  /** Called once, when the connection has ended on either side. */
  onclose: () => void = () => {};
  private readonly stream: Duplex;
  private input: Buffer = Buffer.alloc(0);
  private parts: Buffer[] = [];
  private kind = 0;
  private isOpen = true;

  /** Answers the request to switch protocols. Gives nothing, having refused it, where it is none for WebSocket. */
  static accept(request: IncomingMessage, stream: Duplex, head: Uint8Array): WebSocketPeer | undefined {
    const key = request.headers['sec-websocket-key'];
    if (request.headers.upgrade?.toLowerCase() !== 'websocket' || typeof key !== 'string') {
      stream.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      return undefined;
    }
    const accept = createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
    stream.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    return new WebSocketPeer(stream, head);
  }

  private constructor(stream: Duplex, head: Uint8Array) {
    this.stream = stream;
    stream.on('data', (bytes: Buffer) => this.read(bytes));
    stream.on('error', () => this.end());
    stream.on('close', () => this.end());
    // Whoever has the peer sets its handlers first.
    if (head.length > 0) queueMicrotask(() => this.read(Buffer.from(head)));
  }

  send(message: string | Uint8Array): void {
    if (typeof message === 'string') this.write(TEXT, Buffer.from(message));
    else this.write(BINARY, Buffer.from(message));
  }

  close(): void {
    if (!this.isOpen) return;
    this.write(CLOSE, Buffer.from([0x03, 0xe8]));
    this.stream.end();
    this.end();
  }

  private write(kind: number, payload: Buffer): void {
    if (!this.isOpen) return;
    const length = payload.length;
    let header: Buffer;
    if (length < 126) {
      header = Buffer.from([0x80 | kind, length]);
    } else if (length < 65536) {
      header = Buffer.from([0x80 | kind, 126, length >> 8, length & 255]);
    } else {
      header = Buffer.alloc(10);
      header[0] = 0x80 | kind;
      header[1] = 127;
      header.writeBigUInt64BE(BigInt(length), 2);
    }
    this.stream.write(Buffer.concat([header, payload]));
  }

  private read(bytes: Buffer): void {
    this.input = Buffer.concat([this.input, bytes]);
    while (this.isOpen && this.readFrame());
  }

  private readFrame(): boolean {
    const { input } = this;
    if (input.length < 2) return false;
    const short = input[1] & 127;
    const start = (short === 126 ? 4 : short === 127 ? 10 : 2) + 4;
    if (input.length < start) return false;
    const length = short === 126 ? input.readUInt16BE(2) : short === 127 ? Number(input.readBigUInt64BE(2)) : short;
    if (length > LONGEST || (input[1] & 0x80) === 0) {
      this.close();
      return false;
    }
    if (input.length < start + length) return false;
    const mask = input.subarray(start - 4, start);
    const payload = Buffer.from(input.subarray(start, start + length));
    for (let index = 0; index < length; index++) payload[index] ^= mask[index & 3];
    this.input = input.subarray(start + length);
    this.take(input[0] & 15, (input[0] & 0x80) !== 0, payload);
    return true;
  }

  private take(kind: number, isLast: boolean, payload: Buffer): void {
    if (kind === CLOSE) return this.close();
    if (kind === PING) return this.write(PONG, payload);
    if (kind === PONG) return;
    if (kind !== 0) this.kind = kind;
    this.parts.push(payload);
    if (!isLast) return;
    const message = Buffer.concat(this.parts);
    this.parts = [];
    this.onmessage(this.kind === TEXT ? message.toString('utf8') : message);
  }

  private end(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.stream.destroy();
    this.onclose();
  }
}
