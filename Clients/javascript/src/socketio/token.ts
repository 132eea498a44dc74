// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { reasonOf } from '../reason.ts';
import type { Socket as StockSocket } from 'socket.io-client';
import type { Report } from './fault.ts';
import type { Options } from './options.ts';

/** Has the socket ask for the option `token`, where it is given, for each attempt. A program that sets `auth` later has the last word. */
export function useToken(socket: StockSocket, { token, auth }: Options, report: Report): void {
  if (token === undefined) return;
  const rest = typeof auth === 'object' ? auth : {};
  socket.auth = (send) => {
    const { engine } = socket.io;
    new Promise<string>((resolve) => resolve(typeof token === 'function' ? token() : token)).then((token) => {
      // The connection may have ended while the token was asked for.
      if (socket.io.engine === engine) send({ ...rest, token });
    }, (cause) => {
      report({ kind: 'token', cause, message: `there is no token: ${reasonOf(cause)}` });
      // As if the connection had failed: the stock client then tries again.
      engine.close();
    });
  };
}
