// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The vendored socket.io-client as a module, for the tests. SOCKET_IO_CLIENT chooses another version.

// @ts-self-types="../../types/socket.io-client.d.ts"

import { createRequire } from 'node:module';
import process from 'node:process';

const version = process.env.SOCKET_IO_CLIENT ?? '4.8.1';
const file = new URL(`../../../../.vendor/socket.io-client/${version}.js`, import.meta.url);
const module = { exports: {} };
new Function('module', 'exports', 'require', (await import('node:fs')).readFileSync(file, 'utf8'))(
  module,
  module.exports,
  createRequire(import.meta.url),
);

export const { io, Manager, Socket, protocol } = module.exports;
export default io;
