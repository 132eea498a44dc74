// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Generated from docs/openapi.yaml by scripts/embed-openapi; change it there.

extension OpenAPIDescription {
    static let apps = #"""
          /v1/platforms/{platform}/apps:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
            get:
              operationId: listApps
              tags: [apps]
              summary: The apps that hold now, of the manifest and registered.
              responses:
                "200":
                  description: By their ids.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Apps" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }

          /v1/platforms/{platform}/apps/{app}:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - { $ref: "#/components/parameters/App" }
            get:
              operationId: readApp
              tags: [apps]
              summary: One app.
              responses:
                "200":
                  description: There is such an app.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/App" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
            put:
              operationId: putApp
              tags: [apps]
              summary: Register an app, or say anew what it may do.
              description: |
                It holds when the answer comes, and is kept. A new app's key is in the answer and nowhere else: the server keeps
                its digest. The key of an app that is there stays.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: { $ref: "#/components/schemas/AppRequest" }
              responses:
                "200":
                  description: The app is registered.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/App" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/AppConflict" }
                "413": { $ref: "#/components/responses/TooLarge" }
                "415": { $ref: "#/components/responses/UnsupportedMediaType" }
                "422": { $ref: "#/components/responses/Unprocessable" }
                "503": { $ref: "#/components/responses/Unavailable" }
            delete:
              operationId: removeApp
              tags: [apps]
              summary: End an app's registration. Its key holds no more.
              responses:
                "204": { description: The app is gone. }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/AppConflict" }
                "503": { $ref: "#/components/responses/Unavailable" }

          /v1/platforms/{platform}/apps/{app}/key:
            parameters:
              - { $ref: "#/components/parameters/Platform" }
              - { $ref: "#/components/parameters/App" }
            post:
              operationId: renewAppKey
              tags: [apps]
              summary: Give an app another key. The old one holds no more.
              responses:
                "200":
                  description: The new key, which is shown this once.
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/AppKey" }
                "400": { $ref: "#/components/responses/BadRequest" }
                "401": { $ref: "#/components/responses/Unauthenticated" }
                "404": { $ref: "#/components/responses/NotFound" }
                "405": { $ref: "#/components/responses/MethodNotAllowed" }
                "409": { $ref: "#/components/responses/AppConflict" }
                "503": { $ref: "#/components/responses/Unavailable" }


        """#
}
