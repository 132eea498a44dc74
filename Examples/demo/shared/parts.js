// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html, useEffect, useState } from 'preact-htm';

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** A time of the day. */
export function Time({ at }) {
  const time = typeof at === 'number' ? at : Date.parse(at);
  if (!Number.isFinite(time)) return null;
  return html`<time datetime=${new Date(time).toISOString()}>${clock.format(time)}</time>`;
}

/** Initials in a circle, the same colour for the same name each time. */
export function Avatar({ name, isOffline = false }) {
  const initials = String(name ?? '?').split(',')[0].split(/[\s_-]+/).filter(Boolean).slice(0, 2).map((word) => word[0])
    .join('');
  return html`<span class="avatar tint-${tint(String(name).split(',')[0])} ${
    isOffline ? 'away' : ''
  }" title=${name} aria-label=${name}>
    ${initials.toUpperCase()}
  </span>`;
}

/** 0 to 7, by the text. */
export function tint(text) {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)) >>> 0;
  return sum % 8;
}

/** A small coloured word for a state. */
export function Chip({ kind = 'neutral', children }) {
  return html`<span class="chip ${kind}">${children}</span>`;
}

/** A bar that fills up; `value` from 0 to 1. */
export function Bar({ value, kind = '', label }) {
  const percent = Math.round(Math.max(0, Math.min(1, value || 0)) * 100);
  return html`
    <div class="bar ${kind}" role="progressbar" aria-valuenow=${percent} aria-valuemin="0" aria-valuemax="100"
      aria-label=${label}>
      <span style=${{ transform: `scaleX(${percent / 100})` }}></span>
    </div>
  `;
}

/** What is shown while there is nothing yet. */
export function Empty({ children }) {
  return html`<p class="empty">${children}</p>`;
}

/** The time, told so often, in milliseconds. */
export function useNow(every) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** `in_progress` as people write it. */
export function words(text) {
  return String(text ?? '').replaceAll(/[_-]+/g, ' ');
}

export function money(amount, currency = 'USD') {
  try {
    return new Intl.NumberFormat(undefined, { style: 'currency', currency, maximumFractionDigits: 2 }).format(amount);
  } catch {
    return `${amount} ${currency}`;
  }
}
