// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { createContext, createElement, Fragment, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { Fault, Options, State } from '../index.ts';
import { ownOf } from '../own.ts';
import { paychain, paychainAddress, type PaychainEvents, paychainSchedule } from '../paychain.ts';
import { useConnection, useConnectionState, useLatest } from './hooks.ts';
import type { Channels, LiveConnection } from './live.ts';
import { toastOf, type ToastRules, TOASTS, type UserType, userTypeOf } from './paychain-toasts.ts';
import { Invalidator, QUERY_KEYS, type QueryClientLike, type QueryKeys } from './queries.ts';
import { type ToastOptions, Toasts, useToastList } from './toasts.ts';

export type { ToastRule, ToastRules, ToastText, UserType } from './paychain-toasts.ts';
export type { QueryClientLike, QueryKeys } from './queries.ts';
export type { ToastOptions } from './toasts.ts';

/** A library of toasts, such as react-hot-toast's or sonner's `toast`: called as `toast(text, { icon })`. */
export type ToastLibrary =
  | ((text: string, options: { icon: string }) => unknown)
  | { readonly success: (text: string, options: { icon: string }) => unknown };

/** The properties of `WebSocketProvider`. All may be left out. */
export interface WebSocketProviderProps {
  /** The server's address with its path; absent: `VITE_WS_URL`, or `ws://localhost:8080`, and `/ws`. */
  readonly url?: string;
  /** The user's token, or what gives one, asked anew for each attempt to connect. Absent: a guest. */
  readonly token?: Options['token'];
  /** Whom events are shown for; absent: what the token says. */
  readonly userType?: UserType;
  /** Channels that are subscribed for as long as the provider is there; components may subscribe to more. */
  readonly channels?: Channels;
  /** React Query's client, whose lists are fetched again after events, and after each reconnect. */
  readonly queryClient?: QueryClientLike;
  /** The query keys that events make out of date, beside or instead of the documented ones. */
  readonly queryKeys?: QueryKeys;
  /** Shows toasts instead of the built-in ones; false: there are none. */
  readonly toast?: ToastLibrary | false;
  /** Icons and texts, beside or instead of the documented ones. */
  readonly toasts?: ToastRules;
  readonly toastOptions?: ToastOptions;
  /** Further options of the connection, such as `schedule` or `heartbeat`. */
  readonly options?: Partial<Omit<Options<PaychainEvents>, 'dialect' | 'token'>>;
  /** Is told of every fault, of which none is thrown; absent: they go to the browser's console as warnings. */
  readonly onError?: (fault: Fault) => void;
  readonly children?: ReactNode;
}

/** What `useWebSocket()` gives. The functions stay the same; only `isConnected` and `state` change. */
export interface WebSocketValue {
  /** True only while the connection is open and the server has said so. */
  readonly isConnected: boolean;
  /** `failed` after the last try: offer `reconnect()`. */
  readonly state: State;
  /**
   * Subscribes, now or once connected, and again after each reconnect. Returns a function that takes this call back; the
   * last one to do so unsubscribes.
   */
  readonly subscribe: LiveConnection<PaychainEvents>['subscribe'];
  /** Ends the subscription to these channels for the whole app. */
  readonly unsubscribe: LiveConnection<PaychainEvents>['unsubscribe'];
  /** Calls the handler with the `data` of each message of this type, until the returned function is called. */
  readonly on: <Name extends string>(
    type: Name,
    handler: (data: Name extends keyof PaychainEvents ? PaychainEvents[Name] : Record<string, unknown>) => void,
  ) => () => void;
  /** Sends a message, now or once connected. */
  readonly send: (type: string, data?: unknown) => void;
  /** Tries to connect at once, also after the last try. */
  readonly reconnect: () => void;
}

const Context = createContext<WebSocketValue | undefined>(undefined);

/** The address that a frontend's environment names: `VITE_WS_URL` with `/ws`, as Vite fills it in. */
export function defaultURL(): string {
  const environment = (import.meta as { env?: Record<string, string | undefined> }).env;
  return paychainAddress(environment?.VITE_WS_URL || undefined);
}

/**
 * One connection to PayChain for everything within: reconnects after 1, 2, 4, 8 and 16 s, subscribes again, shows toasts by
 * user type, and has React Query fetch again what events make out of date.
 */
export function WebSocketProvider(props: WebSocketProviderProps): ReactElement {
  const latest = useLatest(props);
  const userType = useUserType(props);
  const live = useConnection<PaychainEvents>(props.url ?? defaultURL(), {
    schedule: paychainSchedule,
    positions: true,
    ...props.options,
    dialect: paychain,
    token: userType.token,
    onError: props.onError,
  });
  const state = useConnectionState(live);
  const list = useToastList(useLatest(props.toastOptions ?? {}));
  const [invalidator] = useState(() => new Invalidator(() => latest.current.queryClient));

  useEffect(() => {
    const stop = live.onAny(({ event, data }) => {
      const { toast, toasts, queryKeys } = latest.current;
      invalidator.invalidate(ownOf(queryKeys, event) ?? ownOf(QUERY_KEYS, event) ?? []);
      if (toast === false) return;
      const rules = ownOf(toasts, event) === undefined ? TOASTS : toasts as ToastRules;
      const shown = toastOf(rules, event, data, latest.current.userType ?? userType.now());
      if (shown === undefined) return;
      if (toast === undefined) list.show(shown);
      else (typeof toast === 'function' ? toast : toast.success)(shown.text, { icon: shown.icon });
    });
    return () => {
      stop();
      invalidator.clear();
    };
  }, [live, list, invalidator]);

  // Whatever was missed while there was no connection: the lists show it, for the first time as well as later.
  const wasOpen = useRef(false);
  useEffect(() => {
    if (state !== 'open') return;
    if (wasOpen.current) {
      const keys = Object.values({ ...QUERY_KEYS, ...latest.current.queryKeys }).flat();
      invalidator.invalidate([...new Map(keys.map((key) => [JSON.stringify(key), key])).values()]);
    }
    wasOpen.current = true;
  }, [state, invalidator]);

  const channels = JSON.stringify(props.channels ?? []);
  useEffect(() => {
    const names: Channels = JSON.parse(channels);
    return names.length > 0 ? live.subscribe(names) : undefined;
  }, [live, channels]);

  const value = useMemo<WebSocketValue>(() => ({
    isConnected: state === 'open',
    state,
    subscribe: live.subscribe,
    unsubscribe: live.unsubscribe,
    on: live.on as WebSocketValue['on'],
    send: live.send,
    reconnect: live.reconnect,
  }), [live, state]);
  return createElement(
    Fragment,
    null,
    createElement(Context.Provider, { value, children: props.children }),
    props.toast === undefined ? createElement(Toasts, { list, dismiss: props.toastOptions?.dismiss }) : null,
  );
}

/**
 * The connection of the provider around this component.
 * @throws Error where there is none
 */
export function useWebSocket(): WebSocketValue {
  const value = useContext(Context);
  if (value === undefined) throw new Error('useWebSocket() needs a <WebSocketProvider> around the component');
  return value;
}

/** Shows whether the app is connected, and offers to try again after the last try. */
export function WebSocketStatus(
  { connected = '🟢 Connected', disconnected = '🔴 Disconnected', reconnect = 'Reconnect', className }: {
    connected?: string;
    disconnected?: string;
    /** What the button is called; false: there is none. */
    reconnect?: string | false;
    className?: string;
  },
): ReactElement {
  const { isConnected, state, reconnect: tryAgain } = useWebSocket();
  return createElement(
    'span',
    { className },
    createElement('span', { role: 'status' }, isConnected ? connected : disconnected),
    state === 'failed' && reconnect !== false
      ? createElement(
        'button',
        { type: 'button', onClick: () => tryAgain(), style: { marginLeft: '0.5em' } },
        reconnect,
      )
      : null,
  );
}

/** The token, and what the one that was last used says of the user's type. */
function useUserType({ token }: WebSocketProviderProps) {
  const box = useRef<UserType | undefined>(undefined);
  const text = useLatest(typeof token === 'function' ? undefined : { type: userTypeOf(token) });
  const asked = typeof token !== 'function' ? token : async (): Promise<string | null | undefined> => {
    const given = await token();
    box.current = userTypeOf(given);
    return given;
  };
  const now = (): UserType | undefined => text.current ? text.current.type : box.current;
  return { token: asked, now };
}
