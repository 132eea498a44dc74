// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Checked by the compiler and never run: each expected error is one that it would not forgive to be gone.

import { rangkai, type RangkaiEvents } from '../src/rangkai.ts';
import { useConnection, useEvent } from '../src/react/index.ts';
import { useWebSocket, WebSocketProvider } from '../src/react/paychain.ts';
import { useWebSocket as useRangkai } from '../src/react/rangkai.ts';
import { useRoomEvents } from '../src/react/rooms.ts';

export function Component(): void {
  const { on, subscribe, isConnected, send } = useWebSocket();
  const stop: () => void = on('job_created', (data) => data.title.toUpperCase());
  // @ts-expect-error -- a job has no such member
  on('job_created', (data) => data.colour);
  on('something_else', (data) => data.anything);
  subscribe('jobs');
  subscribe(['jobs', 'payments']);
  // @ts-expect-error -- channels are texts
  subscribe([7]);
  send('ping');
  const isOpen: boolean = isConnected;

  WebSocketProvider({
    userType: 'employer',
    toasts: { job_created: { everyone: { icon: 'i', text: (data) => `${data.title}` } } },
  });
  // @ts-expect-error -- the dialect is PayChain's
  WebSocketProvider({ options: { dialect: rangkai } });

  const live = useConnection<RangkaiEvents>('ws://localhost:3000/ws', { dialect: rangkai });
  useEvent(live, 'order.created', (order) => order.total.amount.toFixed(2));
  // @ts-expect-error -- there is no such event
  useEvent(live, 'order.exploded', () => {});

  const { ws, events } = useRangkai('token', ['global']);
  ws.on('order.paid', (order) => order.status === 'paid');
  const { socket } = useRoomEvents('room', 'token');
  socket?.emit('room:unsubscribe', { roomId: 'room' });
  return void [stop, isOpen, events[0]?.timestamp.length];
}
