// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Takes the place of the module socket.io-client in the script for pages without modules, where socket.io-client's own
// script has come first and has made the global `io`.

// deno-lint-ignore no-explicit-any
const client = (globalThis as any).io;
if (typeof client !== 'function') throw new Error("switchboard-io.js: load socket.io-client's script before this one");

export const { io, Manager, Socket, protocol } = client;
