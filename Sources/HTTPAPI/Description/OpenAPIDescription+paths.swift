// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Generated from docs/openapi.yaml by scripts/embed-openapi; change it there.

extension OpenAPIDescription {
    static let paths = #"""
        openapi: 3.1.0
        info:
          title: Switchboard admin API
          version: "1"
          summary: Publish events, keep members, see connections, watch health.
          description: |
            Served on the admin listener (port 9000 and loopback unless configured otherwise).

            **Keys.** Every path needs an API key as `Authorization: Bearer KEY`, except `/health/live`, `/health/ready`,
            `/metrics`, `/openapi.yaml` and `/docs`. A server may have several keys at once; any of them will do.

            **Errors** all have one form, `{"error": {"code", "message", "pointer"?, "index"?}}`. Programs decide by `code`;
            `message` is for people and may change. `pointer` is a JSON Pointer (RFC 6901) into the request's body; `index`
            is the place of the wrong publication in a batch.

            **Names in paths** are percent-encoded one by one: a `/` in a channel's name is `%2F`; a `:` may stay as it is.
            Query parameters that a path does not have, or has twice, are refused.

            **Pages.** A listing that ends early has `next`; pass it as `after` to go on from there.
          license: { name: Apache-2.0, identifier: Apache-2.0 }
        servers:
          - url: http://127.0.0.1:9000
        security:
          - apiKey: []
        tags:
          - { name: publishing, description: Bring events to those who may see them. }
          - { name: members, description: Who belongs to which channel. }
          - { name: connections, description: Who is connected and listens to what. }
          - { name: users, description: "The directory of users, where the contract wants to know them, and revocations of tokens." }
          - { name: services, description: "Services that are watched, where the contract says so (`monitor:`)." }
          - { name: sessions, description: "Sessions that users are known by, where the contract takes them from this server." }
          - { name: webhooks, description: "Events on their way to the platform's own backend, and those that were given up." }
          - { name: apps, description: "Programs of others that publish into the platform's channels, and answer what clients send." }
          - { name: mock, description: "What a mock backend does, on servers that were started with `--mock`; see docs/testing.md." }
          - { name: operation, description: "Health, metrics, this description: no key needed. Reading the contracts again." }
        paths:
          /v1/platforms:
            get:
              operationId: listPlatforms
              tags: [publishing]
              summary: The platforms of this server, with the channel patterns and events of their contracts.
              responses:
                "200":
                  description: All of them, in the order in which they were loaded.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Platforms" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }

          /v1/platforms/{platform}/events:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            post:
              operationId: publish
              tags: [publishing]
              summary: Publish one event, or a batch of them.
              description: |
                An event is checked against the platform's contract and goes where the contract sends it, unless the
                request says where itself. The answer comes when it was handed to every receiver and, where the contract
                keeps it, is on disk.

                An array is a batch: every publication is checked before the first is sent; with one of them wrong, none
                is. They are delivered in order.
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      oneOf:
                        - { $ref: "#/components/schemas/Publication" }
                        - { $ref: "#/components/schemas/Batch" }
                    examples:
                      one:
                        summary: An event that the contract routes by its payload
                        value:
                          event: order.shipped
                          data:
                            orderId: o-17
                            orderNumber: "2025-0017"
                            status: shipped
                            buyerDid: did:rangkai:alice
                            vendorDid: did:rangkai:bob
                            timestamp: "2025-11-05T12:00:00Z"
                          idempotencyKey: order-o-17-shipped
                      named:
                        summary: The same event, sent to channels named by the request
                        value: { event: announcement, data: { text: Maintenance at noon }, to: [global] }
                      batch:
                        summary: All or nothing
                        value:
                          - { event: announcement, data: { text: One }, to: [global] }
                          - { event: announcement, data: { text: Two }, to: [global] }
              responses:
                "200":
                  description: Published. One receipt, or for a batch an array of them in the same order.
                  content:
                    application/json:
                      schema:
                        oneOf:
                          - { $ref: "#/components/schemas/Receipt" }
                          - { type: array, minItems: 1, maxItems: 1000, items: { $ref: "#/components/schemas/Receipt" } }
                      examples:
                        one:
                          value:
                            id: 01JBXK2Q9R000G3T
                            time: "2025-11-05T12:00:00.000Z"
                            channels: ["order:o-17", "user:did:rangkai:alice"]
                            receivers: 2
                        repeated:
                          summary: The idempotency key was used before for the same request
                          value:
                            id: 01JBXK2Q9R000G3T
                            time: "2025-11-05T12:00:00.000Z"
                            channels: ["order:o-17", "user:did:rangkai:alice"]
                            receivers: null
                            duplicate: true
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/Conflict" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/channels:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            get:
              operationId: listChannels
              tags: [connections]
              summary: The channels that somebody is subscribed to.
              parameters:
                - name: prefix
                  in: query
                  description: Only channels whose names begin so.
                  schema: { type: string }
                  example: "order:"
                - name: after
                  in: query
                  description: Only channels whose names sort behind this one.
                  schema: { type: string }
                - { $ref: "#/components/parameters/Limit" }
              responses:
                "200":
                  description: Sorted by name.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Channels" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }

          /v1/platforms/{platform}/channels/{channel}/members:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - { $ref: "#/components/parameters/Channel" }
            get:
              operationId: readMembers
              tags: [members]
              summary: Who belongs to a channel.
              responses:
                "200":
                  description: Its own members and those it shares with the linked channel, sorted; none for most channels.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Members" }
                      example: { channel: "order:o-17", members: ["did:rangkai:alice", "did:rangkai:bob"] }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "422": { $ref: "#/components/responses/Unprocessable" }
            put:
              operationId: replaceMembers
              tags: [members]
              summary: Make exactly these users the channel's members.
              description: |
                A link to another channel ends. Whoever loses the right to a channel loses the subscription at once.
              requestBody: { $ref: "#/components/requestBodies/Users" }
              responses: &memberChange
                "204": { description: "Done, and kept." }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }
            post:
              operationId: addMembers
              tags: [members]
              summary: Add users to the channel's members.
              requestBody: { $ref: "#/components/requestBodies/Users" }
              responses: *memberChange
            delete:
              operationId: removeMembers
              tags: [members]
              summary: Remove these users; without a body, everybody.
              description: |
                Members shared through a link stay, as they are the other channel's; without a body the link ends as well.
                Whoever loses the right to a channel loses the subscription at once.
              requestBody:
                required: false
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/Users" }
              responses: *memberChange

          /v1/platforms/{platform}/channels/{channel}/history:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - { $ref: "#/components/parameters/Channel" }
            get:
              operationId: readHistory
              tags: [publishing]
              summary: The kept publications of a channel.
              parameters:
                - name: after
                  in: query
                  description: Only publications with a larger offset.
                  schema: { type: integer, format: int64, minimum: 0, default: 0 }
                - name: limit
                  in: query
                  description: The most publications in one answer.
                  schema: { type: integer, minimum: 1, maximum: 1000, default: 100 }
              responses:
                "200":
                  description: Oldest first.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/History" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/webhooks:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            get:
              operationId: readWebhooks
              tags: [webhooks]
              summary: What waits for the platform's backend, and what became of the rest.
              responses:
                "200":
                  description: The figures of this moment; counters begin with the process.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Webhooks" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }

          /v1/platforms/{platform}/webhooks/dead:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            get:
              operationId: listDeadWebhooks
              tags: [webhooks]
              summary: Events that were given up.
              parameters:
                - name: after
                  in: query
                  description: Only events with a larger sequence.
                  schema: { type: integer, minimum: 0 }
                - { $ref: "#/components/parameters/Limit" }
              responses:
                "200":
                  description: By their sequence. Each is kept for 30 days.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/DeadWebhooks" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }
            post:
              operationId: retryDeadWebhooks
              tags: [webhooks]
              summary: Let events that were given up wait again.
              description: |
                They go to the ends of their lines, with their ids, bodies and sequences, and have their whole time again.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/DeadWebhookSelection" }
              responses:
                "200":
                  description: How many.
                  content:
                    application/json:
                      schema:
                        type: object
                        additionalProperties: false
                        required: [retried]
                        properties:
                          retried: { type: integer, minimum: 0 }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }
            delete:
              operationId: removeDeadWebhooks
              tags: [webhooks]
              summary: Forget events that were given up.
              description: |
                They will never be delivered.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/DeadWebhookSelection" }
              responses:
                "200":
                  description: How many.
                  content:
                    application/json:
                      schema:
                        type: object
                        additionalProperties: false
                        required: [removed]
                        properties:
                          removed: { type: integer, minimum: 0 }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }


        """#
}
