// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Testing

/// A contract that uses nearly every key, for tests that change one.
@Suite struct FullContract {
    static let text = #"""
        contract: full
        listen:
          - { port: 8080, websocket: /ws }
          - { port: 4000, socketio: /socket.io, tls: { certificate: "${CERT:-}", key: "${KEY:-}" }, namespaces: { "/": {}, "/admin": { require: [ { role: admin }, { claim: { a: b } } ] }, "/jobs/{id}": { joins: [ "job:{path.id}", "user:{user.id}" ] } } }
        auth:
          mode: ${MODE:-none}
          users: known
          tokens: [ { jwt: query.token }, { jwt: auth.token }, { session: cookie.session } ]
          keys: { secret: ${FULL_SECRET} }
          sessions: { secret: "${S:-}", ask: "${ASK:-}", cache: 30s, deadline: 2s }
          timeout: 10s
          expiry: { grace: 5s, emit: { over: { u: "{user.id}" } }, revoked: { over: { t: "{now}" } } }
          issue: { access: 10m, refresh: 7d }
          message: { type: AUTH, token: token, enabled: true }
          resume: { query: resume, for: 5m }
          trust: [ loopback, 10.0.0.0/8, "fd00::/8, 1.2.3.4" ]
        connect: { joins: [ "connections:all", "user:{user.id?}", { memberOf: "pool:{poolId}" }, { channel: "service:*", until: subscribe }, "service:{user.roles[]}" ] }
        frames:
          publication: { type: "{publication.event}", data: "{publication.data}", timestamp: "{publication.time}" }
          error: null
          resume: { type: resume, token: "{resume.token}", at: "{resume.expiresAt}" }
          lost: { n: "{lost.count}" }
          refused: { message: "no: {error.message}", data: { code: "{error.code}", r: "{error.reason?}", s: "{error.retryAfter?}" } }
          fail: { ok: false, code: "{error.code}", of: "{command.name}", x: "{args.x?}" }
          expired: { u: "{user.id}" }
          problem: { e: "{error.code}", p: "{error.pointer?}", c: "{error.channel?}", s: "{error.status}", j: "{path.job_id?}" }
        commands:
          subscribe: { does: subscribe, channels: [ "{args.channel}" ], since: "{args.since?}", each: { r: "{result.recovered?}", c: "{channel.name}" } }
          chat: { does: publish, args: { type: object, properties: { text: { type: string }, job_id: { type: string } } }, event: chat, data: { id: "{new.id}", from: "{user.id}", text: "{args.text}", job_id: "{args.job_id}", t: "{args.type}" }, reply: { id: "{result.id}", n: "{result.receivers}", c: "{result.channels}" } }
          presence_get: { does: presence, users: [ "{args.users[]?}" ], each: { u: "{presence.user}", s: "{presence.status}" } }
          who: { does: presence, channels: [ "hall:{args.hall}" ], reply: { u: "{result.users}", n: "{result.count}" } }
          history: { does: history, channels: [ "job:{args.job_id}" ], limit: "{args.limit|50}", before: "{args.before?}", reply: { ch: "{channel.name}", p: "{result.publications}", c: "{result.complete}" } }
          "job:watch": { does: subscribe, args: { type: object, properties: { job_id: { type: string }, type: { type: string } } }, channels: [ "job:{args.job_id}" ], ack: { r: "{result.record}", c: "{result.channels}" }, fail: { e: "{error.code}" }, emit: { "job:watched": { id: "{args.job_id}", now: "{now}" }, done: {} } }
          read: { does: markRead, notification: "{args.id}", reply: { ok: "{result.id}" } }
          state: { does: record, channels: [ "service:{args.services[]}" ], by: "{channel.service}", item: { s: "{result.record.status}" }, missing: null, reply: "{result.records}" }
          more: { does: refresh, token: "{args.token}", reply: { u: "{result.expiresAt?}" } }
          inbox: { does: inbox, since: "{args.since?}", limit: 20, item: { id: "{publication.id}" }, reply: { i: "{result.items}", n: "{result.next?}" } }
        http:
          "POST /broadcast": { does: publish, as: backend, body: { type: object, required: [ type ], properties: { type: { type: string }, data: true, channel: { type: string }, users: { type: array, items: { type: string } } } }, event: "{body.type}", data: "{body.data|{}}", channels: [ "{body.channel?}" ], users: [ "{body.users[]?}" ], otherwise: [ "connections:all" ], reply: { ok: true, id: "{result.id}" } }
          "GET /health": { does: health, as: anyone, reply: { n: "{result.connections}", b: "{result.byChannel}", u: "{result.uptime}" } }
          "GET /stats": { does: stats, as: anyone, reply: { n: "{result.connections}" } }
          "GET /jobs/{job_id}": { does: history, as: user, channels: [ "job:{path.job_id}" ], reply: "{result.publications}" }
          "POST /token": { does: refreshToken, as: anyone, proxy: "http://localhost:1/token" }
          "POST /games/{game}": { does: publish, as: app, body: { type: object, required: [ event ], properties: { event: { type: string } } }, event: "{body.event}", channels: [ "game:{path.game}" ], status: 202, reply: { id: "{result.id}", left: "{result.quota.remaining|null}" } }
          "GET /apps/{id}": { does: appEvents, as: anyone, app: "{path.id}", reply: { of: "{result.app.name?}", events: "{result.events}" } }
          "GET /inbox": { does: inbox, as: user, since: "{query.since?}", reply: "{result.items}" }
        channels:
          "{name}": { subscribe: everyone, publish: any }
          "connections:all": { internal: true, log: "sent {publication.event} to {channel.name}" }
          "user:{userId}": { subscribe: { user: "{userId}" }, history: { last: 10, for: 1h }, recover: true }
          "pool:{poolId}": { subscribe: member, slow: dropOldest }
          "service:{service}": { subscribe: everyone, all: "*" }
          "job:{job_id}": { subscribe: member, clientPublish: member, slow: { conflate: "{from}" }, durable: true, history: { last: 50, for: 30d } }
          "hall:{hall}": { subscribe: member, exists: byRecord, presence: { grace: 0s, online: { event: came, data: { h: "{channel.hall}", u: "{user.id}", t: "{now}" } }, offline: { event: came, data: {} } } }
          "game:{game}": { subscribe: everyone, publish: "{app}:{event}" }
          payments: { subscribe: [ { claim: { user_type: employer } }, { mode: none } ] }
        events:
          chat: { to: [ "job:{job_id}", { membersOf: "job:{job_id}", as: "user:{member}", except: "{from?}" } ], inbox: true, data: { type: object, required: [ job_id ], properties: { job_id: { type: string }, from: { type: string } } } }
          came: { data: { type: object } }
          health: { to: [ "service:{service}" ], record: { "service:{service}": { status: "{status}" } }, data: { type: object, required: [ service, status ], properties: { service: { type: string }, status: { type: string }, checks: { type: object } } } }
          presence: { to: [ { companionsOf: "{user_id}", in: "job:{job_id}", as: "user:{member}" } ], ephemeral: true, markup: keep, data: { type: object, required: [ user_id ], properties: { user_id: { type: string } } } }
        presence: { event: presence, grace: 10s, data: { user_id: "{user.id}", status: "{presence.status}" } }
        recovery: { ask: query.ids, for: 2m, reconnect: true, publication: { id: "{publication.position?}", type: "{publication.event}" } }
        markup: strip
        errors:
          tooManyMessages: { message: "Rate limit exceeded by {command.name|you}", code: RATE_LIMITED, close: 4008, status: 429 }
        limits:
          connections: [ 100 per user, 1000 per address ]
          attempts: [ { rate: 60/min per address, counts: refused }, 5/min per user ]
          messages: [ "${M:-100/min} per connection", { rate: 1000/min per user, exceeded: delay } ]
          publish: [ 10/s per user, 100/s per channel ]
          invalidMessages: 10/min
          apps: [ 600/min per app, 10/s per channel ]
          idle: { after: 15m, counts: both }
          subscriptions: { rate: 10/min per connection, counts: requests }
          lifetime: 24h
          throttle: { from: 1s, to: 30s }
        monitor: { every: 5s, deadline: 1s, lost: 1m, broadcast: all, services: { a: { url: "http://a:1/b", health: /c, port: 9, version: 1.0.0, every: 2s } }, update: { event: health, data: { service: "{service.name}", status: "{service.status}", checks: "{service.checks|{}}" } }, discovered: { event: came, data: { u: "{service.url}", p: "{service.port}", v: "{service.version?}" } }, removed: { event: came, data: { r: "{service.reason}", t: "{now}" } }, metrics: { event: came, data: { m: "{service.metrics}", c: "{service.metrics.cpu?}" } } }
        apps: { channel: "game:{game}", manifest: "${APPS:-}", permissions: [ realtime:publish, realtime:call ] }
        log: { started: up, connected: "c {connection.id} {user.id}", disconnected: "d {connection.id}" }
        alerts: { disconnects: { above: 100/min, below: 50/min, for: 10s, url: "http://localhost:1/a", secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY= }, errors: { above: 9/s } }
        """#

    @Test(arguments: ["none", "optional", "required"])
    func `it compiles without a fault, whoever must say who he is`(mode: String) throws {
        let outcome = ContractLoader(environment: ["MODE": mode, "FULL_SECRET": "s"])
            .outcome(of: Self.text, file: "c.yaml")
        #expect(outcome.faults.isEmpty)
        #expect(outcome.definition?.auth.mode.rawValue == mode)
    }
}
