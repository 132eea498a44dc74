// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Generated from docs/openapi.yaml by scripts/embed-openapi; change it there.

extension OpenAPIDescription {
    static let mock = #"""
          /v1/platforms/{platform}/mock:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            get:
              operationId: readMock
              tags: [mock]
              summary: What the platform's mock backend does, and what it could.
              description: Of a server that was not started with `--mock`, this and the rest answer 404.
              responses:
                "200":
                  description: The scenario, and where it stands.
                  content:
                    application/json:
                      schema:
                        type: object
                        additionalProperties: false
                        required: [scenario, paused, published, failed, outage, tracks, moments, steps, running, users]
                        properties:
                          scenario:
                            description: Null on a platform that has none; the contract's examples are published there.
                            type: [object, "null"]
                            additionalProperties: false
                            required: [title, file]
                            properties:
                              title: { type: string }
                              file: { type: string }
                          paused: { type: boolean }
                          published: { type: integer, description: Events since the start or the last reset. }
                          failed: { type: integer, description: "Events that were refused, as the log says." }
                          outage:
                            description: What is broken now; null when nothing is.
                            type: [object, "null"]
                            additionalProperties: false
                            properties:
                              refuse: { enum: [connections, tokens] }
                              close: { type: integer }
                              slow: { type: number, description: Seconds. }
                              for: { type: number, description: Seconds from its beginning. }
                          tracks: { type: array, items: { type: string }, description: They start by themselves. }
                          moments: { type: array, items: { type: string }, description: They are played on demand. }
                          steps: { type: array, items: { type: string }, description: Steps with a name of their own. }
                          running:
                            type: array
                            description: Oldest first.
                            items:
                              type: object
                              additionalProperties: false
                              required: [run, name, steps]
                              properties:
                                run: { type: integer }
                                name: { type: string }
                                steps: { type: integer, description: Steps taken so far. }
                          users:
                            type: array
                            items:
                              type: object
                              additionalProperties: false
                              required: [id, name, roles]
                              properties:
                                id: { type: string }
                                name: { type: [string, "null"] }
                                roles: { type: array, items: { type: string } }
                                token: { type: string, description: Good for some hours at least. }
                                session: { type: string, description: "The same, as the cookie has it." }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/mock/play:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            post:
              operationId: playMock
              tags: [mock]
              summary: Play a moment, a track or a named step now, also while the tracks are paused.
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [name]
                      properties:
                        name: { type: string, minLength: 1, maxLength: 255 }
                        with: { type: object, description: Variables that its steps see. }
                    example: { name: winner, with: { winner: { id: usr_bob, name: Bob, participant: part_bob } } }
              responses:
                "200":
                  description: It has begun; its events come one after the other from now on.
                  content:
                    application/json:
                      schema:
                        type: object
                        additionalProperties: false
                        required: [run]
                        properties:
                          run: { type: integer, description: "Its number, as `running` has it." }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/Conflict" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/mock/pause:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            post:
              operationId: pauseMock
              tags: [mock]
              summary: Let no track take a further step.
              description: What is played by hand goes on.
              responses:
                "204": { description: The tracks rest. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/mock/resume:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            post:
              operationId: resumeMock
              tags: [mock]
              summary: Let the tracks go on where they were.
              description: Nothing is made up for.
              responses:
                "204": { description: The tracks go on. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/mock/reset:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            post:
              operationId: resetMock
              tags: [mock]
              summary: Begin the scenario anew.
              description: As after the start of the server. Nothing is broken any more.
              requestBody:
                required: false
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      properties:
                        paused: { type: boolean, default: false, description: The tracks are held before their first step. }
              responses:
                "204": { description: "Members and records are set, and the tracks begin." }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/mock/outage:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            put:
              operationId: breakMock
              tags: [mock]
              summary: Break something on purpose.
              description: Takes the place of what was broken before.
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      minProperties: 1
                      properties:
                        refuse: { enum: [connections, tokens], description: "New connections (503), or whatever tokens come with them." }
                        close:
                          description: Open connections end with this code.
                          anyOf:
                            - { type: integer, minimum: 1000, maximum: 1003 }
                            - { type: integer, minimum: 1007, maximum: 1014 }
                            - { type: integer, minimum: 3000, maximum: 4999 }
                        slow: { type: number, exclusiveMinimum: 0, maximum: 86400, description: Seconds by which handshakes and answers of apps come later. }
                        for: { type: number, exclusiveMinimum: 0, maximum: 86400, description: "Seconds; without, until it is mended." }
                    example: { refuse: connections, close: 1012, for: 10 }
              responses:
                "204": { description: It is broken. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }
            delete:
              operationId: mendMock
              tags: [mock]
              summary: Mend what is broken.
              responses:
                "204": { description: Everything works. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }


        """#
}
