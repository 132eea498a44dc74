// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Generated from docs/openapi.yaml by scripts/embed-openapi; change it there.

extension OpenAPIDescription {
    static let components = #"""
        components:
          securitySchemes:
            apiKey:
              type: http
              scheme: bearer
              description: One of the server's API keys.

          parameters:
            Platform:
              name: platform
              in: path
              required: true
              description: The platform's name in its contract.
              schema: { type: string, minLength: 1 }
              example: rangkai
            Channel:
              name: channel
              in: path
              required: true
              description: A channel's name, percent-encoded; a pattern of the contract must match it.
              schema: { type: string, minLength: 1 }
              example: "order:o-17"
            Connection:
              name: connection
              in: path
              required: true
              description: The `id` of a connection, as clients are told it and as the listing has it.
              schema: { type: string, minLength: 1 }
              example: 3f2a9c01-77b0-4d1e-8000-00000000002a
            User:
              name: user
              in: query
              required: true
              description: The user's id.
              schema: { type: string, minLength: 1 }
              example: did:rangkai:alice
            Limit:
              name: limit
              in: query
              description: The most items in one answer.
              schema: { type: integer, minimum: 1, maximum: 1000, default: 1000 }

          requestBodies:
            Users:
              required: true
              content:
                application/json:
                  schema: { $ref: "#/components/schemas/Users" }

          responses:
            BadRequest:
              description: |
                `invalidJSON`: the body is not JSON. `invalidQuery`: a query parameter is unknown, repeated, or of another
                kind. `invalidPath`: the path's percent-encoding is broken.
              content: &error
                application/json:
                  schema: { $ref: "#/components/schemas/Error" }
            Unauthenticated:
              description: "`unauthenticated`: there is no API key, or not one of this server's."
              headers:
                WWW-Authenticate: { required: true, schema: { type: string }, example: Bearer realm="switchboard" }
              content: *error
            NotFound:
              description: "`notFound`: there is no such platform, path, connection, session or history."
              content: *error
            MethodNotAllowed:
              description: "`methodNotAllowed`: the path takes other methods; `Allow` names them."
              headers:
                Allow: { required: true, schema: { type: string }, example: "GET, HEAD, OPTIONS" }
              content: *error
            Conflict:
              description: "`conflict`: the idempotency key was used before for another request, or sessions are made elsewhere."
              content: *error
            TooLarge:
              description: The body is larger than the listener takes.
            UnsupportedMediaType:
              description: "`unsupportedMediaType`: there is a `Content-Type`, and it is not JSON."
              content: *error
            Unprocessable:
              description: |
                The body is JSON and wrong; nothing of it was carried out. `invalidRequest`: a key is unknown or missing, a
                value is of another kind. `unknownEvent`: the contract has no such event there. `invalidPayload`: `data`
                does not fit the event. `invalidChannel`: no pattern of the contract matches the name.
              content: *error
            Unavailable:
              description: |
                `storageUnavailable`: what has to be kept cannot be; nothing was carried out. `shuttingDown`: the server is
                going down.
              content: *error

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
