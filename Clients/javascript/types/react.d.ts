// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What this package needs of React 18, to check its sources without React's own types. Apps that have those see them:
// the package imports `react` and is built with none of this.

export type ReactNode = unknown;
export interface ReactElement {
  readonly type: unknown;
  readonly props: unknown;
  readonly key: string | null;
}
export interface Context<T> {
  readonly Provider: (props: { value: T; children?: ReactNode }) => ReactElement | null;
}
export interface RefObject<T> {
  current: T;
}

export function createContext<T>(value: T): Context<T>;
export function createElement(type: unknown, props?: object | null, ...children: ReactNode[]): ReactElement;
export function useCallback<T>(callback: T, dependencies: readonly unknown[]): T;
export function useContext<T>(context: Context<T>): T;
export function useEffect(effect: () => void | (() => void), dependencies?: readonly unknown[]): void;
export function useInsertionEffect(effect: () => void | (() => void), dependencies?: readonly unknown[]): void;
export function useMemo<T>(make: () => T, dependencies: readonly unknown[]): T;
export function useRef<T>(value: T): RefObject<T>;
export function useState<T>(value: T | (() => T)): [T, (value: T | ((before: T) => T)) => void];
export function useSyncExternalStore<T>(
  subscribe: (change: () => void) => () => void,
  snapshot: () => T,
  server?: () => T,
): T;
export const Fragment: unknown;
