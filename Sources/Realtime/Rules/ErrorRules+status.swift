// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension ErrorRules {
    /// What an error is as an HTTP status, in the platform's words or by its code.
    package func status(of code: RequestError.Code) -> Int { self[code].status ?? Self.defaultStatus[code] ?? 500 }

    private static let defaultStatus: [RequestError.Code: Int] = [
        .invalidMessage: 400,
        .binaryMessage: 400,
        .invalidQuery: 400,
        .unknownCommand: 400,
        .unauthenticated: 401,
        .invalidCredentials: 401,
        .sessionEnded: 401,
        .expired: 401,
        .forbidden: 403,
        .appForbidden: 403,
        .appPrefix: 403,
        .notFound: 404,
        .unknownApp: 404,
        .conflict: 409,
        .invalidPayload: 422,
        .invalidRequest: 422,
        .invalidChannel: 422,
        .unknownEvent: 422,
        .rateLimited: 429,
        .tooManyMessages: 429,
        .tooManyConnections: 429,
        .tooManyAttempts: 429,
        .tooManyInvalid: 429,
        .tooManySubscriptions: 429,
        .appFailed: 502,
        .appUnavailable: 503,
        .storageUnavailable: 503,
        .unavailable: 503,
        .shuttingDown: 503,
    ]
}
