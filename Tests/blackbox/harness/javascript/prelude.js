// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What a test's program finds beside itself, in Node and in a page alike. `harness` is what the test asked for
// (harness/javascript.py); `client` is socket.io-client.

'use strict';

function prepare(scope, harness, client) {
  // One line of JSON each, which the test awaits.
  scope.say = (name, ...values) => console.log(JSON.stringify([name, ...values]));

  // Printed addresses lead to the server under test, and the test chooses the transports; all else is the program's.
  const resolve = (address) => {
    for (const [printed, real] of harness.hosts) {
      if (address === printed || address.startsWith(`${printed}/`)) { return real + address.slice(printed.length); }
    }
    return address;
  };
  const io = (address, options) => {
    if (typeof address === 'object') { [address, options] = [undefined, address]; }
    return client(resolve(address === undefined ? '/' : address), { ...options, ...harness.options });
  };
  Object.assign(io, client, { io, connect: io, default: io });
  scope.io = io;

  // A page of the platform asks its own server.
  const fetchAnywhere = scope.fetch;
  scope.fetch = (address, ...options) => {
    const isRelative = typeof address === 'string' && address.startsWith('/') && harness.hosts.length > 0;
    return fetchAnywhere(isRelative ? harness.hosts[0][1] + address : address, ...options);
  };

  // Names that a printed block takes for granted: values, and functions that tell what they were called with.
  Object.assign(scope, harness.names);
  for (const name of harness.functions) { scope[name] = (...values) => scope.say(name, ...values); }
}

if (typeof module === 'object') { module.exports = prepare; }
