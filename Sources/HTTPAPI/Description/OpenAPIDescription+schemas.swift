// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Generated from docs/openapi.yaml by scripts/embed-openapi; change it there.

extension OpenAPIDescription {
    static let schemas = #"""
          schemas:
            Publication:
              type: object
              additionalProperties: false
              required: [event, data]
              properties:
                event: { type: string, minLength: 1, maxLength: 255, description: Its name in the contract. }
                data: { description: The payload; the contract has its schema. }
                to:
                  type: array
                  minItems: 1
                  items: { type: string, minLength: 1, maxLength: 255 }
                  description: Channels, instead of those the contract sends the event to.
                users:
                  type: array
                  minItems: 1
                  items: { type: string, minLength: 1, maxLength: 255 }
                  description: Users whose own channels it goes to; besides `to`, or instead of the contract's routes.
                id: { type: string, minLength: 1, maxLength: 64, description: Instead of an id of the server's. }
                time: { type: string, format: date-time, description: Instead of the moment of publication. }
                idempotencyKey:
                  type: string
                  minLength: 1
                  maxLength: 255
                  description: Requests with one key within 24 hours are one publication. Not for publications of a batch.
            Batch:
              type: array
              minItems: 1
              maxItems: 1000
              items: { $ref: "#/components/schemas/Publication" }
            Receipt:
              type: object
              additionalProperties: false
              required: [id, time, channels, receivers]
              properties:
                id: { type: string, minLength: 1, maxLength: 64 }
                time: { $ref: "#/components/schemas/Time" }
                channels: { type: array, items: { type: string } }
                receivers:
                  type: [integer, "null"]
                  minimum: 0
                  description: Connections it was handed to; null for a repetition, which is not sent again.
                duplicate: { const: true, description: Only in the answer to a repetition. }
            Time:
              type: string
              format: date-time
              description: UTC, with milliseconds.
            Users:
              type: object
              additionalProperties: false
              required: [users]
              properties:
                users: { type: array, items: { type: string, minLength: 1, maxLength: 255 } }
              example: { users: ["did:rangkai:alice", "did:rangkai:bob"] }
            Members:
              type: object
              additionalProperties: false
              required: [channel, members]
              properties:
                channel: { type: string }
                members: { type: array, uniqueItems: true, items: { type: string } }
                link: { type: string, description: The channel whose members it shares. }
            Platforms:
              type: object
              additionalProperties: false
              required: [platforms]
              properties:
                platforms:
                  type: array
                  items:
                    type: object
                    additionalProperties: false
                    required: [name, title, channels, events]
                    properties:
                      name: { type: string }
                      title: { type: string }
                      channels: { type: array, items: { type: string }, description: "Patterns, such as `order:{orderId}`." }
                      events: { type: array, items: { type: string } }
            Channels:
              type: object
              additionalProperties: false
              required: [channels]
              properties:
                channels:
                  type: array
                  items:
                    type: object
                    additionalProperties: false
                    required: [name, subscribers]
                    properties:
                      name: { type: string }
                      subscribers: { type: integer, minimum: 1, description: Connections of this server. }
                next: { type: string, description: There are more; the last name of this page. }
            Connections:
              type: object
              additionalProperties: false
              required: [connections]
              properties:
                connections: { type: array, items: { $ref: "#/components/schemas/Connection" } }
                next: { type: string, description: There are more; the last id of this page. }
            Connection:
              type: object
              additionalProperties: false
              required: [id, user, roles, dialect, transport, pingMilliseconds, connectedAt, expiresAt, channels, messageCount]
              properties:
                id: { type: string, format: uuid, description: No other connection has or had it. }
                user: { type: [string, "null"], description: Null where the platform lets clients in without a token. }
                roles: { type: array, items: { type: string } }
                dialect: { type: string, description: The wire language it speaks. }
                transport: { enum: [websocket, polling], description: What carries it now. }
                pingMilliseconds:
                  type: [integer, "null"]
                  minimum: 0
                  description: What the last ping took that it answered; null before that, and for plain WebSocket connections.
                connectedAt: { $ref: "#/components/schemas/Time" }
                expiresAt:
                  description: When its token expires; null for never.
                  oneOf:
                    - { $ref: "#/components/schemas/Time" }
                    - { type: "null" }
                channels: { type: array, items: { type: string }, description: What it is subscribed to. }
                messageCount: { type: integer, minimum: 0, description: Messages that the client has sent. }
            NewSession:
              type: object
              additionalProperties: false
              required: [user]
              properties:
                user: { type: string, minLength: 1, maxLength: 255 }
                expiresIn:
                  description: Seconds, or a text with its unit; a day unless it is given. A hundred years at most.
                  default: 24h
                  oneOf:
                    - { type: integer, minimum: 1, maximum: 3155760000 }
                    - { type: string, pattern: "^[0-9]{1,10}[smhd]$" }
                name: { type: string, minLength: 1, maxLength: 255 }
                avatar: { type: string, minLength: 1, maxLength: 2048 }
                roles: { type: array, items: { type: string, minLength: 1, maxLength: 255 } }
                claims: { type: object, description: "What the contract's rights and templates see; 16 KiB at most." }
              example: { user: "did:rangkai:alice", expiresIn: 8h, name: Alice, roles: [editor] }
            Session:
              type: object
              additionalProperties: false
              required: [key, user, createdAt, expiresAt]
              properties:
                id: { type: string, description: What the client shows. Only in the answer to its making. }
                key: { type: string, pattern: "^[0-9a-f]{64}$", description: The SHA-256 of the id. }
                user: { type: string }
                name: { type: string }
                avatar: { type: string }
                roles: { type: array, items: { type: string } }
                claims: { type: object }
                createdAt: { $ref: "#/components/schemas/Time" }
                expiresAt: { $ref: "#/components/schemas/Time" }
            Sessions:
              type: object
              additionalProperties: false
              required: [sessions]
              properties:
                sessions: { type: array, items: { $ref: "#/components/schemas/Session" } }
                next: { type: string, description: There are more; the last key of this page. }
            Webhooks:
              type: object
              additionalProperties: false
              required: [waiting, oldest, dead, delivered, failed, lost]
              properties:
                waiting: { type: integer, minimum: 0, description: Kept and not accepted yet. }
                oldest: { type: [string, "null"], format: date-time, description: When the oldest of them was made. }
                dead: { type: integer, minimum: 0, description: Given up and kept for the operator. }
                delivered: { type: integer, minimum: 0 }
                failed: { type: integer, minimum: 0, description: Tries. }
                lost: { type: integer, minimum: 0, description: Could not be kept and were never sent. }
            DeadWebhook:
              type: object
              additionalProperties: false
              required: [sequence, tries, reason, givenUpAt, message]
              properties:
                sequence: { type: integer, minimum: 1 }
                tries: { type: integer, minimum: 0 }
                reason: { type: string }
                givenUpAt: { $ref: "#/components/schemas/Time" }
                message: { type: object, description: What was sent. }
            DeadWebhooks:
              type: object
              additionalProperties: false
              required: [dead]
              properties:
                dead: { type: array, items: { $ref: "#/components/schemas/DeadWebhook" } }
                next: { type: string, description: There are more; the last sequence of this page. }
            DeadWebhookSelection:
              oneOf:
                - type: object
                  additionalProperties: false
                  required: [sequences]
                  properties:
                    sequences: { type: array, minItems: 1, maxItems: 1000, items: { type: integer } }
                - type: object
                  additionalProperties: false
                  required: [all]
                  properties:
                    all: { const: true }
              example: { sequences: [17, 18] }
            User:
              type: object
              additionalProperties: false
              required: [user]
              properties:
                user: { type: string }
                name: { type: string }
                avatar: { type: string }
            UserRequest:
              type: object
              additionalProperties: false
              properties:
                name: { type: string, minLength: 1, maxLength: 255 }
                avatar: { type: string, minLength: 1, maxLength: 2048 }
              example: { name: John Doe }
            ServiceRequest:
              type: object
              additionalProperties: false
              required: [url]
              properties:
                url: { type: string, minLength: 1, maxLength: 2048, description: "Where it is: `http[s]://host[:port][/path]`." }
                health:
                  type: string
                  minLength: 1
                  maxLength: 2048
                  description: Where it is asked for its health; an address, or a path at the host of `url`.
                port: { type: integer, minimum: 1, maximum: 65535, description: Default that of `url`. }
                version: { type: string, minLength: 1, maxLength: 128 }
                every: { type: integer, minimum: 1, maximum: 86400, description: Seconds between two questions; default the contract's. }
              example: { url: "http://localhost:20005", health: /health, version: 1.0.0 }
            HealthReport:
              type: object
              additionalProperties: false
              required: [status]
              properties:
                status:
                  type: string
                  description: "`healthy`, `degraded` or `unhealthy`; also `ok`, `up`, `pass`; `warn`, `warning`; `fail`, `down`, `error`."
                checks: { type: object, description: A check's name to an object with its `status`. }
                details: { type: object, description: May hold `checks` and `metrics` instead. }
                version: { type: string }
                metrics: { type: object, description: Published when it has changed, at most once in the service's interval. }
              example: { status: healthy, checks: { database: { status: healthy, responseTime: 5 } } }
            Service:
              type: object
              additionalProperties: false
              required: [service, url, port, every, origin, state]
              properties:
                service: { type: string }
                url: { type: string }
                health: { type: string }
                port: { type: integer }
                version: { type: string }
                every: { type: number, description: Seconds between two questions. }
                origin: { enum: [contract, registry] }
                state: { enum: [healthy, degraded, unhealthy, lost, unknown] }
                checks: { type: object, description: Of the last report since the start. }
                metrics: { type: object }
                heardAt:
                  allOf: [{ $ref: "#/components/schemas/Time" }]
                  description: When it answered or reported last, since the start.
            Services:
              type: object
              additionalProperties: false
              required: [services]
              properties:
                services: { type: array, items: { $ref: "#/components/schemas/Service" } }
                next: { type: string, description: There are more; the last name of this page. }
            AppEvents:
              type: object
              description: By their names, which begin with a prefix of the app and a colon.
              additionalProperties:
                type: object
                additionalProperties: false
                properties:
                  description: { type: string, minLength: 1, maxLength: 4096 }
                  schema: { type: [object, boolean], description: "JSON Schema 2020-12; every such event is checked against it." }
                  example: { description: A payload that fits the schema. }
            AppRequest:
              type: object
              additionalProperties: false
              properties:
                name: { type: string, minLength: 1, maxLength: 255 }
                prefixes:
                  type: array
                  description: What its events' names begin with, before a colon. By default what the id implies, lottery of app_lottery_v1; the id itself is always one, too.
                  maxItems: 16
                  items: { type: string, pattern: "^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*$", maxLength: 128 }
                permissions:
                  type: array
                  description: "Of the contract's `apps.permissions`: realtime:publish, realtime:call."
                  items: { type: string, minLength: 1, maxLength: 255 }
                rooms: { type: array, description: Where it publishes; by default everywhere., maxItems: 10000, items: { type: string, minLength: 1, maxLength: 255 } }
                webhook:
                  type: object
                  additionalProperties: false
                  required: [url, secret]
                  properties:
                    url: { type: string, pattern: "^https?://", maxLength: 2048 }
                    secret: { type: string, pattern: "^whsec_", description: "`whsec_` and the base64 of 24 to 64 random bytes, with which calls are signed." }
                events: { $ref: "#/components/schemas/AppEvents" }
              example: { name: Lottery, permissions: ["realtime:publish"] }
            App:
              type: object
              additionalProperties: false
              required: [id, origin, prefixes, permissions, events]
              properties:
                id: { type: string }
                origin: { type: string, enum: [manifest, registry] }
                name: { type: string }
                prefixes: { type: array, items: { type: string } }
                permissions: { type: array, items: { type: string } }
                rooms: { type: array, items: { type: string } }
                webhook: { type: object, additionalProperties: false, required: [url], properties: { url: { type: string } } }
                events: { $ref: "#/components/schemas/AppEvents" }
                key: { type: string, description: Of a new app alone. }
            Apps:
              type: object
              additionalProperties: false
              required: [apps, suppressed]
              properties:
                apps: { type: array, items: { $ref: "#/components/schemas/App" } }
                suppressed:
                  type: array
                  description: The ids of apps that are registered and do not hold, as the manifest has an app with their id, key or prefixes.
                  items: { type: string }
            AppKey:
              type: object
              additionalProperties: false
              required: [id, key]
              properties:
                id: { type: string }
                key: { type: string }
            Revocation:
              type: object
              additionalProperties: false
              description: Either one token, by its `jti`, or all that were issued to a user before a moment.
              properties:
                jti: { type: string, minLength: 1, maxLength: 255 }
                user: { type: string, minLength: 1, maxLength: 255 }
                before:
                  allOf: [{ $ref: "#/components/schemas/Time" }]
                  description: Of a user; default now. Tokens without `iat` count as older. As `iat` has whole seconds, so do those of the same second.
                until:
                  allOf: [{ $ref: "#/components/schemas/Time" }]
                  description: The tokens have expired by then, and this may be forgotten. Default never.
              example: { user: usr_abc123 }
            NewTokens:
              type: object
              additionalProperties: false
              required: [user]
              properties:
                user: { type: string, minLength: 1, maxLength: 255 }
                name: { type: string, minLength: 1, maxLength: 255 }
                avatar: { type: string, minLength: 1, maxLength: 2048 }
                roles: { type: array, items: { type: string, minLength: 1, maxLength: 255 } }
                claims: { type: object, description: "Further claims; those that the server writes itself are left out. The token may have 8 KiB." }
              example: { user: usr_abc123, name: John Doe }
            Tokens:
              type: object
              additionalProperties: false
              required: [accessToken, refreshToken, expiresIn]
              properties:
                accessToken: { type: string, description: "A JWT. Its `jti` is `family:F:N`; revoking `family:F` revokes all of the sign-in's." }
                refreshToken: { type: string }
                expiresIn: { type: integer, minimum: 1, description: Seconds for which the access token holds. }
            Disconnected:
              type: object
              additionalProperties: false
              required: [disconnected]
              properties:
                disconnected: { type: integer, minimum: 0 }
            History:
              type: object
              additionalProperties: false
              required: [channel, publications]
              properties:
                channel: { type: string }
                publications:
                  type: array
                  items:
                    type: object
                    additionalProperties: false
                    required: [offset, id, event, time, data]
                    properties:
                      offset: { type: integer, minimum: 1, description: Counts the channel's kept publications from 1. }
                      id: { type: string }
                      event: { type: string }
                      time: { $ref: "#/components/schemas/Time" }
                      data: {}
                next: { type: integer, description: There are more; the last offset of this page. }
            Live:
              type: object
              additionalProperties: false
              required: [status]
              properties:
                status: { const: live }
            Reload:
              type: object
              required: [ok, faults]
              additionalProperties: false
              properties:
                ok: { type: boolean, description: Whether the contracts took effect. }
                faults:
                  type: array
                  items:
                    type: object
                    required: [severity, message]
                    additionalProperties: false
                    properties:
                      severity: { type: string, enum: [error, warning] }
                      place: { type: string, description: "`file:line:column`." }
                      message: { type: string }
                      hint: { type: string, description: What to do about it. }
            Readiness:
              type: object
              additionalProperties: false
              required: [status]
              properties:
                status: { enum: [ready, notReady] }
            Error:
              type: object
              additionalProperties: false
              required: [error]
              properties:
                error:
                  type: object
                  additionalProperties: false
                  required: [code, message]
                  properties:
                    code:
                      enum:
                        - conflict
                        - internalError
                        - invalidChannel
                        - invalidJSON
                        - invalidPath
                        - invalidPayload
                        - invalidQuery
                        - invalidRequest
                        - methodNotAllowed
                        - notFound
                        - shuttingDown
                        - storageUnavailable
                        - unauthenticated
                        - unknownEvent
                        - unsupportedMediaType
                    message: { type: string, description: For people. }
                    pointer: { type: string, format: json-pointer, description: Where in the body; empty for all of it. }
                    index: { type: integer, minimum: 0, description: Which publication of a batch. }
              example:
                error:
                  code: invalidPayload
                  message: must be a string, not a number
                  pointer: /2/data/orderId
                  index: 2

        """#
}
