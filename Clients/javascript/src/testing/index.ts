// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * Tests of programs on Switchboard: `switchboard-client/testing`: a Socket.IO server in the test's own process, which stands in
 * for the module socket.io, and the mock of a contract's whole server.
 * @module
 */
export { Broadcast } from './broadcast.ts';
export type { ClientSocket } from './client.ts';
export {
  MockError,
  MockServer,
  mockServer,
  type MockServerOptions,
  type MockUser,
  type Outage,
} from './mock-server.ts';
export { type Middleware, Namespace } from './namespace.ts';
export { type Handshake, ServerSocket, ServerSocket as Socket } from './server-socket.ts';
export { Server, Server as default, type ServerOptions } from './server.ts';
