// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { createElement, useEffect, useState, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';

/** A message that is shown for a while. */
export interface Toast {
  readonly icon: string;
  readonly text: string;
}

interface Shown extends Toast {
  readonly key: number;
}

/** How the built-in toasts are shown. */
export interface ToastOptions {
  /** So many at once, the oldest going first; 5. */
  readonly most?: number;
  /** Milliseconds until a toast goes by itself, unless the pointer or the focus is on them; 6000. */
  readonly duration?: number;
  /** What the button that takes a toast away is called; `Dismiss`. */
  readonly dismiss?: string;
}

/** The toasts that are shown now, and when they go. */
export class ToastList {
  #toasts: readonly Shown[] = [];
  /** What the page shows: it follows at most every so many milliseconds, however many toasts there are. */
  #shown: readonly Shown[] = [];
  #pause: ReturnType<typeof setTimeout> | undefined;
  #next = 1;
  #isHeld = false;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #watchers = new Set<() => void>();
  readonly #options: { readonly current: ToastOptions };

  constructor(options: { readonly current: ToastOptions }) {
    this.#options = options;
  }

  readonly show = (toast: Toast): void => {
    const most = Math.max(1, this.#options.current.most ?? MOST);
    const shown = { ...toast, key: this.#next++ };
    const toasts = [...this.#toasts, shown];
    for (const gone of toasts.slice(0, -most)) this.#forget(gone.key);
    this.#change(toasts.slice(-most));
    if (!this.#isHeld) this.#start(shown.key);
  };

  readonly dismiss = (key: number): void => {
    this.#forget(key);
    this.#change(this.#toasts.filter((toast) => toast.key !== key));
    this.#follow();
  };

  /** While somebody reads them, none goes by itself. */
  readonly hold = (isHeld: boolean): void => {
    if (this.#isHeld === isHeld) return;
    this.#isHeld = isHeld;
    for (const { key } of this.#toasts) {
      if (isHeld) this.#forget(key);
      else this.#start(key);
    }
  };

  /** Takes all away and ends every timer. */
  readonly clear = (): void => {
    for (const { key } of this.#toasts) this.#forget(key);
    this.#isHeld = false;
    if (this.#toasts.length > 0) this.#change([]);
    this.#follow();
    clearTimeout(this.#pause);
    this.#pause = undefined;
  };

  readonly watch = (change: () => void): () => void => {
    this.#watchers.add(change);
    return () => this.#watchers.delete(change);
  };

  readonly snapshot = (): readonly Shown[] => this.#shown;

  #start(key: number): void {
    this.#timers.set(key, setTimeout(() => this.dismiss(key), this.#options.current.duration ?? DURATION));
  }

  #forget(key: number): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }

  #change(toasts: readonly Shown[]): void {
    this.#toasts = toasts;
    if (toasts.length === 0) this.#isHeld = false;
    if (this.#pause !== undefined) return;
    this.#follow();
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#follow();
    }, PAUSE);
  }

  #follow(): void {
    if (this.#shown === this.#toasts) return;
    this.#shown = this.#toasts;
    for (const change of [...this.#watchers]) change();
  }
}

/** The list of a component; it is empty and has no timers once that is gone. */
export function useToastList(options: { readonly current: ToastOptions }): ToastList {
  const [list] = useState(() => new ToastList(options));
  useEffect(() => list.clear, [list]);
  return list;
}

/**
 * Shows a list. Screen readers are told politely (`role=status`), each toast has a button that takes it away, and Escape on
 * one does so too. The class names are `switchboard-toasts` and `switchboard-toast`; a page's own rules need `!important`.
 */
export function Toasts({ list, dismiss = 'Dismiss' }: { list: ToastList; dismiss?: string }): ReactElement {
  const toasts = useSyncExternalStore(list.watch, list.snapshot, list.snapshot);
  const items = toasts.map(({ key, icon, text }) =>
    createElement(
      'div',
      {
        key,
        className: 'switchboard-toast',
        style: TOAST_STYLE,
        onKeyDown: (event: { key: string }) => {
          if (event.key === 'Escape') list.dismiss(key);
        },
      },
      createElement('span', { 'aria-hidden': true }, icon),
      createElement('span', { style: TEXT_STYLE }, text),
      createElement('button', {
        type: 'button',
        'aria-label': `${dismiss}: ${text}`,
        style: BUTTON_STYLE,
        onClick: () => list.dismiss(key),
      }, '×'),
    )
  );
  return createElement('div', {
    className: 'switchboard-toasts',
    role: 'status',
    'aria-live': 'polite',
    'aria-atomic': false,
    style: LIST_STYLE,
    onMouseEnter: () => list.hold(true),
    onMouseLeave: () => list.hold(false),
    onFocus: () => list.hold(true),
    onBlur: () => list.hold(false),
  }, ...items);
}

const PAUSE = 100;
const MOST = 5;
const DURATION = 6000;

const LIST_STYLE = {
  position: 'fixed',
  right: '1rem',
  bottom: '1rem',
  left: '1rem',
  zIndex: 1000,
  display: 'flex',
  flexDirection: 'column',
  alignItems: 'flex-end',
  gap: '0.5rem',
  pointerEvents: 'none',
};
const TOAST_STYLE = {
  display: 'flex',
  alignItems: 'center',
  gap: '0.6rem',
  maxWidth: 'min(24rem, 100%)',
  boxSizing: 'border-box',
  padding: '0.6rem 0.4rem 0.6rem 0.9rem',
  borderRadius: '0.6rem',
  background: '#1f2430',
  color: '#fff',
  font: '0.95rem/1.35 system-ui, sans-serif',
  boxShadow: '0 4px 18px rgb(0 0 0 / 30%)',
  pointerEvents: 'auto',
};
const TEXT_STYLE = { flex: 1, overflowWrap: 'anywhere' };
const BUTTON_STYLE = {
  border: 0,
  background: 'none',
  color: 'inherit',
  font: 'inherit',
  fontSize: '1.2rem',
  minWidth: '2rem',
  minHeight: '2rem',
  cursor: 'pointer',
};
