// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Generated from docs/openapi.yaml by scripts/embed-openapi; change it there.

extension OpenAPIDescription {
    static let services = #"""
          /v1/platforms/{platform}/services:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            get:
              operationId: listServices
              tags: [services]
              summary: The services that are watched, with their last state.
              parameters:
                - name: after
                  in: query
                  description: Only services whose names sort behind this one.
                  schema: { type: string }
                - { $ref: "#/components/parameters/Limit" }
              responses:
                "200":
                  description: By name.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Services" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/services/{service}:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - { $ref: "#/components/parameters/Service" }
            put:
              operationId: putService
              tags: [services]
              summary: Register a service, or change its registration.
              description: |
                Kept, and announced, when the answer comes. The same again changes nothing and announces nothing. With `health` the
                server asks the service; without, the service has to report.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/ServiceRequest" }
              responses:
                "200":
                  description: It is watched.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Service" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/Conflict" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }
            delete:
              operationId: removeService
              tags: [services]
              summary: Watch a service no more.
              description: Announced with the reason `unregistered`. One that the contract names is refused with 409.
              responses:
                "204": { description: It is no longer watched. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/Conflict" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/services/{service}/health:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - { $ref: "#/components/parameters/Service" }
            post:
              operationId: reportHealth
              tags: [services]
              summary: How a service is, in its own words.
              description: |
                A status that is not the retained one is published; the same refreshes what is retained, within a second, and nobody is
                told, unless the contract tells all.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/HealthReport" }
              responses:
                "200":
                  description: Taken; published and kept, if it was news.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Service" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/reload:
            post:
              operationId: reload
              tags: [operation]
              summary: Read the contracts again, as SIGHUP does.
              description: |
                All of them take effect, or none does. Connections stay, with the subscriptions that they still have a right to.
                Which contracts there are and where they listen is fixed until the next start. The answer comes when every
                connection is under the new contracts, or nothing has changed.
              responses:
                "200":
                  description: They are in effect. Faults, if any, are warnings.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Reload" }
                      example: { ok: true, faults: [] }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "422":
                  description: Something is wrong with them, and nothing has changed.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Reload" }
                      example:
                        ok: false
                        faults:
                          - severity: error
                            place: Contracts/rangkai.yaml:9:3
                            message: 'a reload does not move a listener: this one is at *:8080/ws'
                            hint: restart the server for that
                "503": { $ref: "#/components/responses/Unavailable" }

          /health/live:
            get:
              operationId: isLive
              tags: [operation]
              summary: Whether the process answers.
              security: []
              responses:
                "200":
                  description: It does.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Live" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }

          /health/ready:
            get:
              operationId: isReady
              tags: [operation]
              summary: Whether clients should be sent here.
              security: []
              responses:
                "200":
                  description: They should.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Readiness" }
                      example: { status: ready }
                "400": { $ref: "#/components/responses/BadRequest" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503":
                  description: Not yet, or not any more.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Readiness" }
                      example: { status: notReady }

          /metrics:
            get:
              operationId: readMetrics
              tags: [operation]
              summary: Counters and gauges in the Prometheus text format 0.0.4.
              security: []
              responses:
                "200":
                  description: Each metric of a platform has the labels `platform` and `node`.
                  content:
                    text/plain:
                      schema: { type: string }
                "400": { $ref: "#/components/responses/BadRequest" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /openapi.yaml:
            get:
              operationId: readDescription
              tags: [operation]
              summary: This description.
              security: []
              responses:
                "200":
                  description: OpenAPI 3.1.
                  content:
                    application/yaml:
                      schema: { type: object, required: [openapi, paths] }
                "400": { $ref: "#/components/responses/BadRequest" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }

          /docs:
            get:
              operationId: listDocuments
              tags: [operation]
              summary: The platforms of this server, each with its documents. A page.
              description: Not there when the server was told to show none (`--no-docs`).
              security: []
              responses:
                "200":
                  description: HTML that needs nothing else.
                  headers: &documentHeaders
                    ETag: { required: true, schema: { type: string }, example: '"3f2a9c0177b04d1e80000000"' }
                  content:
                    text/html: { schema: { type: string } }
                "304": { description: It is still the one that `If-None-Match` names. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }

          /docs/{document}:
            get:
              operationId: readDocument
              tags: [operation]
              summary: What a contract says, for people and for programs.
              description: |
                The platform's name alone is a page for frontend developers. With an ending it is the same for programs: `.asyncapi.yaml` and
                `.asyncapi.json` (AsyncAPI 3.0), `.openapi.yaml` and `.openapi.json` (OpenAPI 3.1, of the platform's own HTTP requests), `.md`.
                A reload changes them with the contracts.
              security: []
              parameters:
                - name: document
                  in: path
                  required: true
                  description: The platform's name, and an ending.
                  schema: { type: string, minLength: 1 }
                  example: rangkai
              responses:
                "200":
                  description: The document. Nothing secret is in it.
                  headers: *documentHeaders
                  content:
                    text/html: { schema: { type: string } }
                    text/markdown: { schema: { type: string } }
                    application/json: { schema: { type: object } }
                    application/yaml: { schema: { type: object } }
                "304": { description: It is still the one that `If-None-Match` names. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }


        """#
}
