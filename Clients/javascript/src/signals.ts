// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** Who can be listened to: a window or a document. */
interface Target {
  addEventListener?(name: string, handler: () => void): void;
  removeEventListener?(name: string, handler: () => void): void;
  readonly visibilityState?: string;
}

/**
 * Watches the network and the page; nothing outside of browsers.
 * @param check is called with true when the network is back or the page is looked at again, with false when the network goes
 * @returns what ends it
 */
export function watchSignals(check: (isBack: boolean) => void): () => void {
  const page = globalThis as Target & { document?: Target };
  const { document } = page;
  const back = () => check(true);
  const gone = () => check(false);
  const seen = () => {
    if (document?.visibilityState !== 'hidden') back();
  };
  page.addEventListener?.('online', back);
  page.addEventListener?.('offline', gone);
  document?.addEventListener?.('visibilitychange', seen);
  return () => {
    page.removeEventListener?.('online', back);
    page.removeEventListener?.('offline', gone);
    document?.removeEventListener?.('visibilitychange', seen);
  };
}
