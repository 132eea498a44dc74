// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The vendored socket.io-client as a module, for the tests. SOCKET_IO_CLIENT chooses another version.

// @ts-self-types="../../types/socket.io-client.d.ts"

import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const version = process.env.SOCKET_IO_CLIENT ?? '4.8.1';
const file = fileURLToPath(new URL(`../../../../.vendor/socket.io-client/${version}.js`, import.meta.url));

function load() {
  const module = { exports: {} };
  new Function('module', 'exports', readFileSync(file, 'utf8'))(module, module.exports);
  return module.exports;
}

// Where scripts/vendor could not get it, what imports it still loads; see `vendored` in vendored.ts.
const client = existsSync(file) ? load() : { Manager: class {}, Socket: class {} };

export const { io, Manager, Socket, protocol } = client;
export default io;
