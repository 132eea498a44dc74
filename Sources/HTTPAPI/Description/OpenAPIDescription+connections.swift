// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Generated from docs/openapi.yaml by scripts/embed-openapi; change it there.

extension OpenAPIDescription {
    static let connections = #"""
          /v1/platforms/{platform}/connections:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            get:
              operationId: listConnections
              tags: [connections]
              summary: The open connections.
              parameters:
                - name: user
                  in: query
                  description: Only this user's.
                  schema: { type: string }
                  example: did:rangkai:alice
                - name: after
                  in: query
                  description: Only connections that were opened after this one.
                  schema: { type: string, format: uuid }
                - { $ref: "#/components/parameters/Limit" }
              responses:
                "200":
                  description: In the order in which they were opened.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Connections" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/connections/{connection}:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - { $ref: "#/components/parameters/Connection" }
            get:
              operationId: readConnection
              tags: [connections]
              summary: One connection.
              responses:
                "200":
                  description: It is open.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Connection" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }
            delete:
              operationId: disconnect
              tags: [connections]
              summary: End one connection.
              responses:
                "204": { description: The client was told and the connection is being closed. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/connections/{connection}/events:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - { $ref: "#/components/parameters/Connection" }
            post:
              operationId: sendToConnection
              tags: [connections]
              summary: Send an event to one connection alone.
              description: |
                Whatever the connection is subscribed to. Data of an event that the contract declares must be as it says.
                Nothing is kept, and nothing else follows from it.
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [event, data]
                      properties:
                        event: { type: string, minLength: 1, maxLength: 255 }
                        data: {}
                      example: { event: announcement, data: { text: For you alone } }
              responses:
                "200":
                  description: It was handed to the connection.
                  content:
                    application/json:
                      schema:
                        type: object
                        additionalProperties: false
                        required: [id, time]
                        properties:
                          id: { type: string }
                          time: { $ref: "#/components/schemas/Time" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/users/{user}/connections:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - name: user
                in: path
                required: true
                description: The user's id, percent-encoded.
                schema: { type: string, minLength: 1 }
                example: did:rangkai:alice
            delete:
              operationId: disconnectUser
              tags: [connections]
              summary: End every connection of a user.
              responses:
                "200":
                  description: How many there were; 0 for a user who is not connected.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Disconnected" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/sessions:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            post:
              operationId: createSession
              tags: [sessions]
              summary: Make a session for a user.
              description: |
                The id is in this answer and nowhere else: the server keeps its SHA-256 alone. `key` names the session and
                lets nobody in. Refused where the contract asks the platform's own backend about sessions.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/NewSession" }
              responses:
                "201":
                  description: Made, and kept.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Session" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/Conflict" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }
            get:
              operationId: listSessions
              tags: [sessions]
              summary: A user's sessions.
              parameters:
                - { $ref: "#/components/parameters/User" }
                - name: after
                  in: query
                  description: Only sessions whose keys sort behind this one.
                  schema: { type: string }
                - { $ref: "#/components/parameters/Limit" }
              responses:
                "200":
                  description: Those that hold, sorted by key.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Sessions" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
            delete:
              operationId: endSessions
              tags: [sessions]
              summary: End all of a user's sessions, and the connections that rest on them.
              parameters:
                - { $ref: "#/components/parameters/User" }
              responses:
                "200":
                  description: How many there were.
                  content:
                    application/json:
                      schema:
                        type: object
                        additionalProperties: false
                        required: [ended]
                        properties:
                          ended: { type: integer, minimum: 0 }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/sessions/{session}:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - name: session
                in: path
                required: true
                description: The `id` or the `key` of a session.
                schema: { type: string, minLength: 1 }
                example: 5c6ba4f0a6a5c1d3e9a6b9bd5a6d5f4b8f4f9ad0c3d9b9e2a1c7b6d5e4f3a2b1
            get:
              operationId: readSession
              tags: [sessions]
              summary: One session.
              responses:
                "200":
                  description: It holds.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Session" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
            delete:
              operationId: endSession
              tags: [sessions]
              summary: End a session, and the connections that rest on it.
              responses:
                "204": { description: "It has ended, and so have they." }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/users/{user}:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - name: user
                in: path
                required: true
                schema: { type: string, minLength: 1, maxLength: 255 }
                example: usr_abc123
            get:
              operationId: readUser
              tags: [users]
              summary: A user of the directory.
              responses:
                "200":
                  description: The directory knows this user.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/User" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
            put:
              operationId: putUser
              tags: [users]
              summary: Put a user into the directory.
              description: |
                Where the contract has `auth: { users: known }`, only users of the directory connect. Name and avatar hold where a
                token does not say them.
              requestBody:
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/UserRequest" }
              responses:
                "200":
                  description: The directory has the user, on disk.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/User" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }
            delete:
              operationId: removeUser
              tags: [users]
              summary: Take a user out of the directory.
              description: "Where the contract has `auth: { users: known }`, his connections end."
              responses:
                "200":
                  description: The directory does not have the user.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Disconnected" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/revocations:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            post:
              operationId: revoke
              tags: [users]
              summary: Revoke tokens, and end the connections that rest on them.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/Revocation" }
              responses:
                "200":
                  description: The tokens are refused from now on; that is on disk. Connections that rested on them have ended.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Disconnected" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/tokens:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            post:
              operationId: createTokens
              tags: [users]
              summary: Sign a user in, with an access token and a refresh token.
              description: |
                The access token is signed with the secret of the contract, which says how long both hold (`auth.issue`). With the refresh
                token a client gets the next tokens, where the contract has the operation `refreshToken`. Each refresh token holds once: one
                that is brought again revokes all that came of this sign-in.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/NewTokens" }
              responses:
                "201":
                  description: Made, and kept. They are shown only here.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Tokens" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/Conflict" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }


        """#
}
