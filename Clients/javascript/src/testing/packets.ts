// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { Buffer } from 'node:buffer';

/** The types of Socket.IO packets (protocol 5). */
export const PacketType = {
  connect: 0,
  disconnect: 1,
  event: 2,
  ack: 3,
  connectError: 4,
  binaryEvent: 5,
  binaryAck: 6,
} as const;

export interface Packet {
  readonly type: number;
  readonly nsp: string;
  /** Of an event that asks for an answer, and of the answer. */
  readonly id?: number;
  // deno-lint-ignore no-explicit-any
  readonly data?: any;
}

/** A packet as messages: a text, and the binary data that it names. */
export function encode(packet: Packet): (string | Uint8Array)[] {
  const attachments: Uint8Array[] = [];
  const data = packet.data === undefined ? undefined : extract(packet.data, attachments);
  const type = attachments.length === 0
    ? packet.type
    : packet.type === PacketType.event
    ? PacketType.binaryEvent
    : PacketType.binaryAck;
  const count = attachments.length > 0 ? `${attachments.length}-` : '';
  const nsp = packet.nsp === '/' ? '' : `${packet.nsp},`;
  const text = `${type}${count}${nsp}${packet.id ?? ''}${data === undefined ? '' : JSON.stringify(data)}`;
  return [text, ...attachments];
}

/** Makes packets of messages. What is none throws. */
export class Decoder {
  private waiting: { readonly packet: Packet; readonly count: number; readonly attachments: Uint8Array[] } | undefined;

  /** Gives the packet that this message completes. */
  add(message: string | Uint8Array): Packet | undefined {
    if (typeof message === 'string') {
      if (this.waiting) throw new Error('a text came in place of binary data');
      const { packet, count } = decode(message);
      if (count === 0) return packet;
      this.waiting = { packet, count, attachments: [] };
      return undefined;
    }
    if (!this.waiting) throw new Error('binary data came without a packet');
    const { packet, count, attachments } = this.waiting;
    attachments.push(message);
    if (attachments.length < count) return undefined;
    this.waiting = undefined;
    return { ...packet, data: restore(packet.data, attachments) };
  }
}

function decode(text: string): { packet: Packet; count: number } {
  const parts = /^([0-6])(?:(\d{1,3})-)?(?:(\/[^,]*),)?(\d{1,15})?([^]*)$/.exec(text);
  if (!parts) throw new Error(`no packet: ${text.slice(0, 80)}`);
  const [, digit, count, nsp = '/', id, json] = parts;
  const given = Number(digit);
  const type = given === PacketType.binaryEvent
    ? PacketType.event
    : given === PacketType.binaryAck
    ? PacketType.ack
    : given;
  const data = json === '' ? undefined : JSON.parse(json);
  if (type === PacketType.event && !(Array.isArray(data) && data.length > 0)) {
    throw new Error('an event without a name');
  }
  if (type === PacketType.ack && !Array.isArray(data)) throw new Error('an answer that is no list');
  return {
    packet: { type, nsp, data, ...(id === undefined ? {} : { id: Number(id) }) },
    count: given === type ? 0 : Number(count),
  };
}

/** The value with numbers in the places of its binary data, which are put into `attachments`. */
function extract(value: unknown, attachments: Uint8Array[]): unknown {
  if (value instanceof ArrayBuffer) return extract(Buffer.from(value), attachments);
  if (ArrayBuffer.isView(value)) {
    attachments.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    return { _placeholder: true, num: attachments.length - 1 };
  }
  if (Array.isArray(value)) return value.map((item) => extract(item, attachments));
  if (typeof value !== 'object' || value === null || typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, extract(item, attachments)]));
}

function restore(value: unknown, attachments: Uint8Array[]): unknown {
  if (Array.isArray(value)) return value.map((item) => restore(item, attachments));
  if (typeof value !== 'object' || value === null) return value;
  const { _placeholder, num } = value as { _placeholder?: unknown; num?: unknown };
  if (_placeholder === true && typeof num === 'number') return attachments[num];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, restore(item, attachments)]));
}
