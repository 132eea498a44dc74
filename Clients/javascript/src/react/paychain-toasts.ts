// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { ownOf } from '../own.ts';
import type { Toast } from './toasts.ts';

/** Who uses the app. Unknown: only what concerns everybody is shown. */
export type UserType = 'employer' | 'worker' | (string & Record<never, never>);

/** An icon and a text; `{title}` in it stands for that member of the event's data. */
export interface ToastText {
  readonly icon: string;
  readonly text: string | ((data: Readonly<Record<string, unknown>>) => string);
}

/**
 * What one event shows: by user type, `everyone` for types that are not named. False: nothing.
 */
export type ToastRule = false | { readonly everyone?: ToastText; readonly [userType: string]: ToastText | undefined };

/** What events show, by their names. */
export type ToastRules = Readonly<Record<string, ToastRule>>;

/** The texts of PayChain's four job events. */
export const TOASTS: ToastRules = {
  job_created: { everyone: { icon: '💼', text: 'New job: {title}' } },
  job_accepted: { employer: { icon: '🎉', text: 'Your job was accepted' } },
  job_completed: {
    employer: { icon: '🎊', text: 'Job completed, payment released' },
    worker: { icon: '💰', text: 'Payment received' },
  },
  job_refunded: { employer: { icon: '🔄', text: 'Job expired, funds returned' } },
};

/** What this event shows to this user. */
export function toastOf(
  rules: ToastRules,
  event: string,
  data: unknown,
  userType: UserType | undefined,
): Toast | undefined {
  const rule = ownOf(rules, event);
  if (!rule) return undefined;
  const chosen = (userType === undefined ? undefined : ownOf(rule, userType)) ?? rule.everyone;
  if (chosen === undefined) return undefined;
  const members = (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>;
  return {
    icon: chosen.icon,
    text: typeof chosen.text === 'function' ? chosen.text(members) : filled(chosen.text, members),
  };
}

/** Whom a token is for: its claim `user_type`, else its (first) role. The token is not checked; the server does that. */
export function userTypeOf(token: string | null | undefined): UserType | undefined {
  try {
    const payload = (token ?? '').split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    const found = claims.user_type ?? claims.userType ?? claims.role ?? claims.roles;
    const first = Array.isArray(found) ? found[0] : found;
    return typeof first === 'string' ? first : undefined;
  } catch {
    return undefined;
  }
}

function filled(text: string, data: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = ownOf(data, name);
    return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, LONGEST) : '';
  });
}

const LONGEST = 200;
