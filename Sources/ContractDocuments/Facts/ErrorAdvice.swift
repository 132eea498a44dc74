// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an error means to who meets it in a client, and what to do.
enum ErrorAdvice {
    struct Advice {
        var when: String
        var action: String
    }

    static func advice(on code: String) -> Advice? { Self.all[code] }

    /// Codes that only backends and apps meet.
    static let notForClients: Set<String> = [
        "unknownEvent", "conflict", "appForbidden", "appPrefix", "storageUnavailable",
    ]

    private static let all: [String: Advice] = [
        "unauthenticated": Advice(
            when: "There is no credential, or it came too late.", action: "Sign in, then connect with the new token."),
        "invalidCredentials": Advice(
            when: "The credential does not hold.", action: "Get a new token and reconnect; do not try the same again."),
        "sessionEnded": Advice(when: "The session has ended.", action: "Sign in again."),
        "expired": Advice(when: "The credential held until now.", action: "Get a new token and reconnect."),
        "unavailable": Advice(
            when: "Who has to be asked does not answer.", action: "Wait and try again, each time longer."),
        "invalidMessage": Advice(when: "What was sent is no message of this API.", action: "Mend the program."),
        "binaryMessage": Advice(when: "Binary data was sent.", action: "Send text."),
        "unknownCommand": Advice(when: "There is no such command.", action: "Mend the program: see Commands."),
        "invalidChannel": Advice(when: "No channel is named like this.", action: "Mend the name: see Channels."),
        "forbidden": Advice(
            when: "The user may not do this.", action: "Do not try again; tell the user."),
        "notFound": Advice(when: "There is no such thing any more.", action: "Drop it from the page."),
        "unknownEvent": Advice(when: "The contract has no such event.", action: "Mend the publisher."),
        "invalidPayload": Advice(
            when: "The data does not fit its schema.", action: "Mend the program; the message says where."),
        "invalidRequest": Advice(when: "The request's form is wrong.", action: "Mend the program."),
        "invalidQuery": Advice(when: "A query parameter is wrong.", action: "Mend the address."),
        "rateLimited": Advice(when: "Too many requests.", action: "Wait, then go on more slowly: see Limits."),
        "tooManyMessages": Advice(when: "Too many messages.", action: "Send less often: see Limits."),
        "tooManyConnections": Advice(
            when: "Too many connections at once.", action: "Share one connection between tabs; close what is not used."),
        "tooManyAttempts": Advice(when: "Too many tries to connect.", action: "Wait longer between tries."),
        "tooManyInvalid": Advice(when: "Too much that is no message.", action: "Mend the program."),
        "idle": Advice(when: "Nothing was sent for too long.", action: "Reconnect when there is something to do."),
        "lifetimeOver": Advice(when: "The connection has lasted as long as one may.", action: "Reconnect at once."),
        "tooManySubscriptions": Advice(
            when: "Too many channels at once.", action: "Unsubscribe from what is not shown."),
        "conflict": Advice(
            when: "The idempotency key was used for something else.", action: "Take a new key for each publication."),
        "appForbidden": Advice(when: "The app may not do this.", action: "Ask the operator for the permission."),
        "appPrefix": Advice(when: "The event is not one of the app's.", action: "Name it with the app's prefix."),
        "unknownApp": Advice(when: "There is no such app.", action: "Mend the name."),
        "appUnavailable": Advice(when: "The app does not answer in time.", action: "Try again later."),
        "appFailed": Advice(when: "The app answered nonsense.", action: "Try again later; tell its makers."),
        "storageUnavailable": Advice(when: "What must be kept cannot be.", action: "Try again later."),
        "tooSlow": Advice(
            when: "The client does not read what it is sent.", action: "Reconnect, and subscribe to less."),
        "disconnected": Advice(when: "An operator has ended the connection.", action: "Reconnect after a while."),
        "shuttingDown": Advice(when: "The server restarts.", action: "Reconnect, after a short random delay."),
        "internalError": Advice(when: "A fault of the server.", action: "Reconnect, each time later; report it."),
    ]

    /// Close codes that the protocol itself has, besides those of the contract.
    static let protocolCodes: [(code: Int, when: String, action: String)] = [
        (1000, "You or the server closed the connection, and nothing was wrong.", "Nothing, or reconnect."),
        (1001, "The server goes down, or the page is left.", "Reconnect, after a short random delay."),
        (1002, "A client broke the WebSocket protocol.", "Mend the client library."),
        (1006, "No close frame came: the network, a proxy, or a refused handshake.", "Reconnect, each time later."),
        (1007, "A text was no UTF-8.", "Mend the program."),
        (1009, "A message was too long.", "Send less at once: see Limits."),
    ]
}
