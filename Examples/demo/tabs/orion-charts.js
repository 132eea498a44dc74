// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { html, useEffect, useRef } from 'preact-htm';

/** Loaded when it is first needed: it is larger than everything else together. */
let library;

/** Load and latency of one service over the last minutes. */
export function Charts({ points }) {
  return html`
    <div class="charts">
      <${Chart} points=${points} title="Load, %" most=${100} lines=${[['CPU', 'cpu', 0], ['Memory', 'memory', 1]]} />
      <${Chart} points=${points} title="Latency, ms" lines=${[['p50', 'latency.p50', 2], ['p95', 'latency.p95', 3]]} />
    </div>
  `;
}

function Chart({ points, title, lines, most }) {
  const canvas = useRef(null);
  const chart = useRef(undefined);
  useEffect(() => {
    let isGone = false;
    // A script that leaves the name `Chart`.
    library ??= import('/chart.js');
    library.then(() => {
      if (isGone) return;
      chart.current = new globalThis.Chart(canvas.current, configuration(lines, most));
      update(chart.current, points, lines);
    });
    return () => {
      isGone = true;
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, []);
  useEffect(() => {
    if (chart.current) update(chart.current, points, lines);
  }, [points]);
  return html`
    <figure>
      <figcaption>${title}</figcaption>
      <div class="canvas">
        <canvas ref=${canvas} role="img" aria-label=${title}></canvas>
      </div>
    </figure>
  `;
}

function update(chart, points, lines) {
  chart.data.labels = points.map(({ at }) => new Date(at).toTimeString().slice(0, 8));
  lines.forEach(([, path], index) => {
    chart.data.datasets[index].data = points.map((point) =>
      path.split('.').reduce((value, name) => value?.[name], point)
    );
  });
  chart.update('none');
}

function configuration(lines, most) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const scale = {
    grid: { color: colour('--line') },
    border: { display: false },
    ticks: { color: colour('--quiet'), maxTicksLimit: 5 },
  };
  return {
    type: 'line',
    data: {
      labels: [],
      datasets: lines.map(([label, , tint]) => ({
        label,
        data: [],
        borderColor: colour(`--chart-${tint}`),
        backgroundColor: colour(`--chart-${tint}`),
        borderWidth: 2,
        pointRadius: 0,
        tension: 0.3,
      })),
    },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: 'index', intersect: false },
      plugins: { legend: { position: 'bottom', labels: { color: colour('--quiet'), boxWidth: 10, boxHeight: 10 } } },
      scales: {
        x: { ...scale, ticks: { ...scale.ticks, maxRotation: 0, autoSkip: true } },
        y: { ...scale, beginAtZero: true, suggestedMax: most },
      },
    },
  };
}
