// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { io } from 'switchboard-client/socketio';

/** Opens a Socket.IO connection of the platform and follows its state. */
export function openSocket(platform, index, auth) {
  const socket = io(platform.address(index, 'http'), {
    auth,
    forceNew: true,
    // One socket from the first packet on: nothing to upgrade, and all frames in the console.
    transports: ['websocket'],
    reconnectionDelay: 400,
    reconnectionDelayMax: 2000,
    randomizationFactor: 0.2,
  });
  platform.setState('connecting');
  socket.on('connect', () => platform.setState('open'));
  socket.on('disconnect', () => platform.setState(socket.active ? 'waiting' : 'failed'));
  socket.on('connect_error', () => platform.setState(socket.active ? 'waiting' : 'failed'));
  return socket;
}
