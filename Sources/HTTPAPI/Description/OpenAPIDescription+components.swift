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
            Service:
              name: service
              in: path
              required: true
              description: The service's name.
              schema: { type: string, pattern: "^[A-Za-z0-9_.:-]{1,128}$" }
              example: auth
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
            App:
              name: app
              in: path
              required: true
              description: The app's id.
              schema: { type: string, pattern: "^[A-Za-z0-9_.-]{1,128}$" }
              example: app_lottery_v1
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
              description: "`notFound`: there is no such platform, path, connection, session or history. `unknownApp`: there is no such app."
              content: *error
            MethodNotAllowed:
              description: "`methodNotAllowed`: the path takes other methods; `Allow` names them."
              headers:
                Allow: { required: true, schema: { type: string }, example: "GET, HEAD, OPTIONS" }
              content: *error
            Conflict:
              description: |
                `conflict`: the idempotency key was used before for another request, or sessions are made elsewhere, or a mock backend
                has too much under way.
              content: *error
            AppConflict:
              description: |
                `conflict`: the app is one of the manifest, or another one has the same id, or events that begin alike, or the
                contract itself has such events, or 256 apps are registered already.
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


        """#
}
