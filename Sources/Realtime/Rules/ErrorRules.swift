// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections

/// The core's error codes in a platform's own words.
package struct ErrorRules: Sendable {
    package struct Rule: Sendable {
        /// `nil`: the core's own message.
        package var message: TextTemplate?
        /// Takes its place where a Socket.IO client is refused that wants to join.
        package var refused: TextTemplate?
        /// Ends the connection with this code after the error was sent.
        package var close: CloseCode?
        /// The close frame's reason; `nil`: the message.
        package var reason: String?

        /// The HTTP status; `nil`: the code's own.
        package var status: Int?
        /// What programs are told; `nil`: the core's own code.
        package var code: String?

        package init(
            message: TextTemplate? = nil, close: CloseCode? = nil, reason: String? = nil, status: Int? = nil,
            code: String? = nil
        ) {
            self.message = message
            self.close = close
            self.reason = reason
            self.status = status
            self.code = code
        }
    }

    private var rules: [RequestError.Code: Rule]

    package init(_ rules: [RequestError.Code: Rule] = [:]) { self.rules = rules }

    /// The platform's rule for a code. One without a rule of its own is told like the more general code that it is a case of.
    package subscript(code: RequestError.Code) -> Rule {
        var general: RequestError.Code? = code
        while let next = general {
            if let rule = self.rules[next] { return rule }
            general = Self.generalCode[next]
        }
        return Rule(close: Self.defaultClose[code])
    }

    /// What programs are told instead of the core's own code.
    package func publicCode(of code: RequestError.Code) -> String { self[code].code ?? code.rawValue }

    /// The code whose rule holds for this one when it has none of its own.
    package static func generalCode(of code: RequestError.Code) -> RequestError.Code? { self.generalCode[code] }

    private static let generalCode: [RequestError.Code: RequestError.Code] = [
        .expired: .unauthenticated,
        .sessionEnded: .invalidCredentials,
        .invalidCredentials: .unauthenticated,
        .binaryMessage: .invalidMessage,
        .appPrefix: .appForbidden,
        .tooManyMessages: .rateLimited,
        .tooManyConnections: .rateLimited,
        .tooManyAttempts: .rateLimited,
    ]

    /// The code for an end that the core wants, even where the contract's rule leaves the connection open.
    package func closeCode(of code: RequestError.Code) -> CloseCode {
        self[code].close ?? Self.defaultClose[code] ?? .policyViolation
    }

    private static let defaultClose: [RequestError.Code: CloseCode] = [
        .unauthenticated: .policyViolation,
        .invalidCredentials: .policyViolation,
        .sessionEnded: .policyViolation,
        .unavailable: .tryAgainLater,
        .tooManyConnections: .policyViolation,
        .tooManyAttempts: .policyViolation,
        .tooManyInvalid: .policyViolation,
        .idle: .normal,
        .lifetimeOver: .normal,
        .expired: .policyViolation,
        .tooSlow: .tooSlow,
        .disconnected: .normal,
        .shuttingDown: .goingAway,
        .internalError: .internalError,
    ]
}
