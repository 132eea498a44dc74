// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The core's error codes in a platform's own words.
package struct ErrorRules: Sendable {
    package struct Rule: Sendable {
        /// `nil`: the core's own message.
        package var message: TextTemplate?
        /// Ends the connection with this code after the error was sent.
        package var close: CloseCode?
        /// The close frame's reason; `nil`: the message.
        package var reason: String?

        package init(message: TextTemplate? = nil, close: CloseCode? = nil, reason: String? = nil) {
            self.message = message
            self.close = close
            self.reason = reason
        }
    }

    private var rules: [RequestError.Code: Rule]

    package init(_ rules: [RequestError.Code: Rule] = [:]) { self.rules = rules }

    /// The platform's rule for a code. `expired` is told like `unauthenticated` where it has no rule of its own.
    package subscript(code: RequestError.Code) -> Rule {
        if let rule = self.rules[code] { return rule }
        if code == .expired, let rule = self.rules[.unauthenticated] { return rule }
        return Rule(close: Self.defaultClose[code])
    }

    /// The code for an end that the core wants, even where the contract's rule leaves the connection open.
    package func closeCode(of code: RequestError.Code) -> CloseCode {
        self[code].close ?? Self.defaultClose[code] ?? .policyViolation
    }

    private static let defaultClose: [RequestError.Code: CloseCode] = [
        .unauthenticated: .policyViolation,
        .expired: .policyViolation,
        .tooSlow: .tooSlow,
        .disconnected: .normal,
        .shuttingDown: .goingAway,
        .internalError: .internalError,
    ]
}
