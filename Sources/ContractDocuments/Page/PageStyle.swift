// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The style sheet of the page: one file, light and dark, phone and print.
enum PageStyle {
    static let text = #"""
        :root {
          --ink: #1c2230; --soft: #5a6478; --paper: #ffffff; --panel: #f5f7fa; --line: #dfe4ec; --accent: #1657c9;
          --accent-soft: #e8effc; --code: #10141f; --code-ink: #e4e9f4; --code-soft: #8d99b3; --good: #12753a; --bad: #b3261e;
          --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
          --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
          color-scheme: light dark;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e6eaf3; --soft: #9da8bd; --paper: #12161f; --panel: #1a202c; --line: #2c3444; --accent: #7fb0ff;
            --accent-soft: #1d2b45; --code: #0b0e15; --good: #6fd598; --bad: #ff9a92;
          }
        }
        * { box-sizing: border-box; }
        html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); }
        a { color: var(--accent); text-decoration: none; }
        a:hover { text-decoration: underline; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
        .skip { position: absolute; left: -99rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; z-index: 9; }
        .frame { display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
        nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem 1rem 3rem; background: var(--panel);
          border-right: 1px solid var(--line); font-size: .9rem; }
        nav .brand { font-weight: 650; font-size: 1.05rem; color: var(--ink); display: block; margin-bottom: .75rem; }
        nav .part { font-size: .72rem; font-weight: 700; letter-spacing: .07em; text-transform: uppercase; color: var(--soft); margin: 1.25rem 0 .3rem; }
        nav ul { list-style: none; margin: 0; padding: 0; }
        nav li a { display: block; padding: .16rem .5rem; border-radius: 5px; color: var(--ink); overflow-wrap: anywhere; }
        nav li a:hover { background: var(--accent-soft); text-decoration: none; }
        nav li a.here { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
        nav li a code { background: none; padding: 0; font-size: .82rem; }
        #filter { width: 100%; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--paper);
          color: var(--ink); font: inherit; }
        #filter-count { color: var(--soft); font-size: .8rem; min-height: 1.2em; margin: .25rem 0 0; }
        #menu { display: none; }
        main { padding: 2rem clamp(1rem, 4vw, 3.5rem) 6rem; max-width: 82rem; min-width: 0; }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
        h2 { font-size: 1.4rem; margin: 3rem 0 .8rem; padding-top: 1rem; border-top: 1px solid var(--line); }
        .entry > h2 { font-size: 1.08rem; margin: 0 0 .3rem; padding: 0; border: 0; }
        h3 { font-size: 1.08rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
        h4 { font-size: .85rem; color: var(--soft); margin: 1.1rem 0 .35rem; overflow-wrap: anywhere; }
        .sides > div > h4:first-child { margin-top: .35rem; }
        p { margin: .5rem 0; max-width: 46rem; }
        .lead { color: var(--soft); font-size: 1.05rem; }
        .links { font-size: .9rem; color: var(--soft); }
        code { font: .875em var(--mono); background: var(--panel); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere; }
        pre { position: relative; background: var(--code); color: var(--code-ink); border-radius: 8px; padding: .9rem 1rem; margin: .4rem 0 .8rem;
          overflow-x: auto; font: .82rem/1.5 var(--mono); tab-size: 2; }
        pre code { background: none; padding: 0; font: inherit; color: inherit; overflow-wrap: normal; }
        pre .k { color: #8fc1ff; } pre .s { color: #a5d6a7; } pre .n { color: #ffcc80; } pre .c { color: var(--code-soft); }
        .copy { position: absolute; top: .4rem; right: .4rem; border: 0; border-radius: 5px; padding: .2rem .55rem; cursor: pointer;
          font: .75rem var(--sans); background: #2a3347; color: #e4e9f4; opacity: 0; }
        pre:hover .copy, pre:focus .copy, .copy:focus-visible { opacity: 1; }
        @media (hover: none) { .copy { opacity: .8; } }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .4rem 0 1rem; }
        th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; }
        th, td { padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        td p { margin: 0; }
        td.name { white-space: nowrap; }
        table.facts td.name { width: 13rem; color: var(--soft); }
        .entry > .wide:last-child table { margin-bottom: 0; }
        .entry > .wide:last-child tr:last-child td { border-bottom: 0; }
        td .note { color: var(--soft); }
        .required { color: var(--bad); font-size: .75rem; margin-left: .35rem; }
        .depth1 { padding-left: 1.2rem; } .depth2 { padding-left: 2.4rem; } .depth3 { padding-left: 3.6rem; }
        .depth4 { padding-left: 4.8rem; } .depth5 { padding-left: 6rem; }
        .entry { border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; margin: 1rem 0; }
        .entry > .sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 1.5rem; }
        .anchor { color: var(--soft); margin-left: .4rem; opacity: 0; font-weight: 400; }
        h2:hover .anchor, h3:hover .anchor, .anchor:focus { opacity: 1; }
        .tag { display: inline-block; font-size: .75rem; padding: .05rem .5rem; border-radius: 99px; background: var(--accent-soft);
          color: var(--accent); margin: 0 .3rem .2rem 0; }
        .method { font: 600 .8rem var(--mono); color: var(--good); margin-right: .5rem; }
        .hint { border-left: 3px solid var(--accent); background: var(--accent-soft); padding: .5rem .9rem; border-radius: 0 6px 6px 0;
          max-width: 46rem; font-size: .92rem; }
        .tablist { display: flex; flex-wrap: wrap; gap: .2rem; border-bottom: 1px solid var(--line); margin-top: .8rem; }
        .tablist button { border: 0; background: none; padding: .4rem .8rem; font: inherit; font-size: .9rem; color: var(--soft); cursor: pointer;
          border-bottom: 2px solid transparent; }
        .tablist button[aria-selected="true"] { color: var(--accent); border-color: var(--accent); font-weight: 600; }
        .js .tabs > section > h4 { display: none; }
        .fault { color: var(--bad); }
        [hidden] { display: none !important; }
        form.console { display: grid; gap: .6rem; grid-template-columns: repeat(2, minmax(0, 1fr)); max-width: 60rem; }
        form.console label { display: grid; gap: .15rem; font-size: .82rem; color: var(--soft); }
        form.console .all { grid-column: 1 / -1; }
        form.console input, form.console select, form.console textarea { font: .9rem var(--mono); padding: .45rem .55rem; width: 100%;
          border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: var(--ink); }
        form.console textarea { min-height: 6.5rem; resize: vertical; }
        .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
        .button { font: 600 .9rem var(--sans); padding: .45rem 1rem; border-radius: 6px; border: 1px solid var(--accent); cursor: pointer;
          background: var(--accent); color: var(--paper); }
        .button.plain { background: none; color: var(--accent); }
        .button:disabled { opacity: .45; cursor: default; }
        #try-state::before { content: "●"; margin-right: .35rem; color: var(--soft); }
        #try-state[data-state="open"]::before { color: var(--good); } #try-state[data-state="closed"]::before { color: var(--bad); }
        #try-frames { list-style: none; margin: 1rem 0 0; padding: 0; max-height: 32rem; overflow: auto; background: var(--code); color: var(--code-ink);
          border-radius: 8px; font: .8rem/1.5 var(--mono); }
        #try-frames:empty::after { content: "Frames appear here, newest last."; display: block; padding: .9rem 1rem; color: var(--code-soft); }
        #try-frames li { padding: .3rem .9rem; border-bottom: 1px solid #222a3a; white-space: pre-wrap; overflow-wrap: anywhere; }
        #try-frames li::before { content: attr(data-mark); margin-right: .6rem; color: var(--code-soft); }
        #try-frames li.sent { color: #8fc1ff; } #try-frames li.note { color: var(--code-soft); }
        footer { margin-top: 4rem; color: var(--soft); font-size: .85rem; }
        @media (max-width: 72rem) { .entry > .sides { grid-template-columns: minmax(0, 1fr); } }
        @media (max-width: 52rem) {
          .frame { display: block; }
          nav { position: sticky; height: auto; max-height: 100vh; padding: .6rem 1rem; border-right: 0; border-bottom: 1px solid var(--line);
            z-index: 5; }
          nav .brand { margin: 0; }
          .js #menu { display: block; position: absolute; right: 1rem; top: .45rem; font: inherit; background: none; color: var(--accent);
            border: 1px solid var(--line); border-radius: 6px; padding: .15rem .7rem; }
          .js nav .list { display: none; padding-top: .6rem; }
          .js nav.open .list { display: block; }
          html { scroll-padding-top: 4rem; }
          main { padding-top: 1.25rem; }
          h1 { font-size: 1.6rem; }
          .entry { padding: .9rem; }
          form.console { grid-template-columns: minmax(0, 1fr); }
          table.stack, table.stack tbody, table.stack tr, table.stack td { display: block; width: 100%; }
          table.stack thead { display: none; }
          table.stack tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
          table.stack td { border: 0; padding: .1rem 0; }
          table.stack td.name { white-space: normal; }
          table.stack td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); font-size: .8rem; }
        }
        @media print {
          nav, .copy, .skip, #try { display: none !important; }
          .frame { display: block; }
          .entry { break-inside: avoid; }
          pre { white-space: pre-wrap; background: #f5f7fa; color: #1c2230; border: 1px solid #dfe4ec; }
          .js .tabs > section[hidden] { display: block !important; }
          .js .tabs > section > h4 { display: block; }
          .tablist { display: none; }
        }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
        """#
}
