// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/**
 * The address of a socket.
 * @param url absolute, or a path of the page's origin; `http` becomes `ws`, `https` becomes `wss`
 * @param query parameters, which replace those of the same name
 * @throws TypeError when it is no address
 */
export function socketAddress(url: string, query: Readonly<Record<string, string | null | undefined>> = {}): string {
  const page = (globalThis as { location?: { href?: string } }).location?.href;
  const address = new URL(url, page);
  address.protocol = address.protocol.replace('http', 'ws');
  address.hash = '';
  for (const name of Object.keys(query)) {
    const value = query[name];
    // A storage says null for what it has not.
    if (value !== undefined && value !== null) address.searchParams.set(name, value);
  }
  return address.href;
}
