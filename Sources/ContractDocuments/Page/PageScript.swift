// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What makes the page comfortable: tabs, copying, searching, the place in the menu. Without it everything can be read.
enum PageScript {
    static let text = Self.page + ConsoleScript.text

    private static let page = #"""
        'use strict';
        document.documentElement.classList.add('js');
        const all = (selector, root = document) => [...root.querySelectorAll(selector)];
        const remembered = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
          set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* not allowed here */ } } };

        // Tabs: what stands below each other is shown one at a time; the same choice holds everywhere.
        const groups = [];
        for (const tabs of all('.tabs')) {
          const sections = all(':scope > section', tabs);
          if (sections.length < 2) continue;
          const list = document.createElement('div');
          list.className = 'tablist';
          list.setAttribute('role', 'tablist');
          const buttons = sections.map((section) => {
            const button = document.createElement('button');
            button.type = 'button';
            button.textContent = section.dataset.tab;
            button.setAttribute('role', 'tab');
            button.setAttribute('aria-controls', section.id);
            button.addEventListener('click', () => { remembered.set('switchboard-tab', section.dataset.tab); choose(section.dataset.tab); });
            button.addEventListener('keydown', (event) => {
              const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
              if (!step) return;
              const next = buttons[(buttons.indexOf(button) + step + buttons.length) % buttons.length];
              next.focus();
              next.click();
            });
            section.setAttribute('role', 'tabpanel');
            list.append(button);
            return button;
          });
          tabs.prepend(list);
          groups.push({ sections, buttons });
        }
        function choose(name) {
          for (const { sections, buttons } of groups) {
            let index = sections.findIndex((section) => section.dataset.tab === name);
            if (index < 0) index = Math.max(0, buttons.findIndex((button) => button.getAttribute('aria-selected') === 'true'));
            sections.forEach((section, position) => { section.hidden = position !== index; });
            buttons.forEach((button, position) => {
              button.setAttribute('aria-selected', String(position === index));
              button.tabIndex = position === index ? 0 : -1;
            });
          }
        }
        choose(remembered.get('switchboard-tab'));

        // Copying: the clipboard where the page may, otherwise the selection.
        for (const block of all('pre')) {
          const button = document.createElement('button');
          button.type = 'button';
          button.className = 'copy';
          button.textContent = 'Copy';
          button.addEventListener('click', async () => {
            const code = block.querySelector('code');
            let copied = false;
            try {
              await navigator.clipboard.writeText(code.textContent);
              copied = true;
            } catch {
              const range = document.createRange();
              range.selectNodeContents(code);
              getSelection().removeAllRanges();
              getSelection().addRange(range);
              copied = document.execCommand('copy');
            }
            button.textContent = copied ? 'Copied' : 'Selected';
            setTimeout(() => { button.textContent = 'Copy'; }, 1500);
          });
          block.append(button);
        }

        // Searching: names, descriptions and fields.
        const filter = document.getElementById('filter');
        const count = document.getElementById('filter-count');
        const entries = all('[data-search]');
        const links = new Map(all('nav a[href^="#"]').map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
        function search() {
          const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
          let shown = 0;
          for (const entry of entries) {
            const text = entry.dataset.search.toLowerCase();
            entry.hidden = !words.every((word) => text.includes(word));
            if (!entry.hidden) shown += 1;
            const link = links.get(entry.id);
            if (link) link.parentElement.hidden = entry.hidden;
          }
          count.textContent = words.length === 0 ? '' : shown === 0 ? 'Nothing fits.' : shown + ' of ' + entries.length;
        }
        filter.addEventListener('input', search);
        addEventListener('keydown', (event) => {
          const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '');
          if (event.key === '/' && !typing) {
            event.preventDefault();
            nav.classList.add('open');
            filter.focus();
          }
          if (event.key === 'Escape' && document.activeElement === filter) {
            filter.value = '';
            search();
            filter.blur();
          }
        });

        // The menu, on small screens, and where in the page one is.
        const nav = document.querySelector('nav');
        const menu = document.getElementById('menu');
        menu.addEventListener('click', () => { menu.setAttribute('aria-expanded', String(nav.classList.toggle('open'))); });
        nav.addEventListener('click', (event) => {
          if (event.target.closest('a')) { nav.classList.remove('open'); menu.setAttribute('aria-expanded', 'false'); }
        });
        const observer = new IntersectionObserver((changes) => {
          for (const change of changes) {
            if (!change.isIntersecting) continue;
            for (const link of links.values()) link.classList.remove('here');
            links.get(change.target.id)?.classList.add('here');
          }
        }, { rootMargin: '0px 0px -80% 0px' });
        for (const id of links.keys()) {
          const target = document.getElementById(id);
          if (target) observer.observe(target);
        }

        """#
}
