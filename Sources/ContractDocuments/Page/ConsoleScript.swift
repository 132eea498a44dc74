// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Trying it live: connects from the page and shows every frame, as it is on the wire.
///
/// Only where the page comes from a server: a page on a disk has no origin that a contract could allow.
enum ConsoleScript {
    static let text = #"""
        const box = document.getElementById('try');
        if (box && /^https?:$/.test(location.protocol)) {
          const data = JSON.parse(document.getElementById('contract-data').textContent);
          const at = (name) => document.getElementById('try-' + name);
          const mostFrames = 500;
          let socket = null;
          let acks = 0;
          all('[data-served]').forEach((element) => { element.hidden = false; });
          all('[data-unserved]').forEach((element) => { element.hidden = true; });

          const endpoint = () => data.endpoints[at('endpoint').selectedIndex] ?? data.endpoints[0];
          function place() {
            const { secure, host, port, path } = endpoint();
            const name = host || location.hostname.replace(/^\[?::1\]?$/, 'localhost');
            at('address').value = (secure ? 'wss' : 'ws') + '://' + name + ':' + port + path;
            const names = endpoint().namespaces ?? [];
            at('namespace').parentElement.hidden = names.length === 0;
            at('namespace').value = names[0] ?? '';
          }
          function pretty(text) { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } }
          function show(kind, text) {
            const item = document.createElement('li');
            item.className = kind;
            item.dataset.mark = new Date().toLocaleTimeString() + { sent: ' →', received: ' ←', note: ' ·' }[kind];
            item.textContent = text;
            const list = at('frames');
            const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 40;
            list.append(item);
            while (list.childElementCount > mostFrames) list.firstElementChild.remove();
            if (isAtEnd) list.scrollTop = list.scrollHeight;
          }
          function state(name, words) {
            at('state').dataset.state = name;
            at('state').textContent = words;
            at('connect').textContent = name === 'closed' ? 'Connect' : 'Disconnect';
            at('send').disabled = name !== 'open';
          }
          function connect() {
            const { socketIO } = endpoint();
            const url = new URL(at('address').value);
            const token = at('token').value.trim();
            if (socketIO) {
              url.pathname = url.pathname.replace(/\/?$/, '/');
              url.searchParams.set('EIO', '4');
              url.searchParams.set('transport', 'websocket');
            }
            if (token && data.credential?.in === 'query') url.searchParams.set(data.credential.name, token);
            if (token && data.credential?.in === 'cookie') document.cookie = data.credential.name + '=' + token + '; path=/; SameSite=Lax';
            const one = new WebSocket(url);
            socket = one;
            state('waiting', 'connecting');
            one.onopen = () => { if (!socketIO) state('open', 'connected'); };
            one.onmessage = ({ data: frame }) => {
              if (typeof frame !== 'string') return show('note', 'binary, ' + (frame.size ?? frame.byteLength) + ' bytes');
              if (!socketIO) return show('received', pretty(frame));
              receive(one, frame, token);
            };
            one.onclose = ({ code, reason }) => {
              if (socket !== one) return;
              socket = null;
              state('closed', 'closed ' + code + (reason ? ': ' + reason : ''));
              show('note', 'closed ' + code + (reason ? ': ' + reason : '')
                + (code === 1006 ? '. Is the server there, the token good, and this page (' + location.origin + ') among the origins?' : ''));
            };
          }
          // Engine.IO 4 and Socket.IO 5, as far as texts go.
          function receive(one, frame, token) {
            const namespace = at('namespace').value && at('namespace').value !== '/' ? at('namespace').value + ',' : '';
            if (frame[0] === '0') {
              const auth = token && data.credential?.in === 'auth' ? JSON.stringify({ [data.credential.name]: token }) : '';
              one.send('40' + namespace + auth);
            } else if (frame === '2') {
              one.send('3');
            } else if (frame[0] === '4') {
              const body = frame.slice(2).replace(/^\/[^,]*,/, '');
              if (frame[1] === '0') state('open', 'connected');
              const word = { 0: 'joined', 1: 'left', 2: '', 3: 'answer', 4: 'refused' }[frame[1]] ?? '';
              show(frame[1] === '4' ? 'note' : 'received', (word ? word + ' ' : '') + pretty(body));
              if (frame[1] === '4') one.close();
            }
          }
          function send() {
            const { socketIO } = endpoint();
            const text = at('message').value;
            let value;
            try { value = JSON.parse(text); } catch (fault) { return show('note', 'not sent: ' + fault.message); }
            const namespace = at('namespace').value && at('namespace').value !== '/' ? at('namespace').value + ',' : '';
            acks += 1;
            socket?.send(socketIO ? '42' + namespace + acks + JSON.stringify(value) : JSON.stringify(value));
            show('sent', pretty(text));
          }
          at('endpoint').addEventListener('change', place);
          at('command').addEventListener('change', () => { at('message').value = data.commands[at('command').selectedIndex]?.message ?? ''; });
          at('connect').addEventListener('click', () => {
            if (socket) socket.close(1000);
            else try { connect(); } catch (fault) { state('closed', fault.message); }
          });
          at('send').addEventListener('click', send);
          at('clear').addEventListener('click', () => { at('frames').textContent = ''; });
          at('event').addEventListener('change', () => { at('payload').value = data.events[at('event').selectedIndex]?.request ?? ''; });
          at('publish').addEventListener('click', async () => {
            try {
              const answer = await fetch(new URL('../v1/platforms/' + encodeURIComponent(data.name) + '/events', location.href), {
                method: 'POST',
                headers: { 'Authorization': 'Bearer ' + at('key').value.trim(), 'Content-Type': 'application/json' },
                body: at('payload').value,
              });
              at('receipt').textContent = answer.status + ' ' + (await answer.text());
            } catch (fault) {
              at('receipt').textContent = String(fault);
            }
          });
          for (const form of all('form.console')) form.addEventListener('submit', (event) => event.preventDefault());
          for (const { name, message } of data.commands) at('command').append(new Option(name, message));
          for (const { name } of data.events) at('event').append(new Option(name));
          at('command').dispatchEvent(new Event('change'));
          at('event').dispatchEvent(new Event('change'));
          place();
          state('closed', 'not connected');
        }
        """#
}
