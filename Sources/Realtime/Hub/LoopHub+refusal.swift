// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections

extension LoopHub {
    /// What a client is told that is not let in, in the platform's words: a JSON object with a text `message`.
    ///
    /// - Returns: `nil` where the client is to come back, and therefore is not refused: its connection ends with the code.
    package func refusal(_ error: RequestError, of number: UInt64) -> (payload: [UInt8]?, code: CloseCode) {
        self.statistics.errors[error.code, default: 0] += 1
        let definition = self.rules.definition
        var scope = TemplateScope(now: self.platform.clock.now())
        scope.connectionNumber = number
        let message = definition.describe(error, in: &scope, isRefusal: true)
        let ending = definition.finalEnding(for: error, message: message)
        guard !ending.code.bringsBack else { return (nil, ending.code) }
        return ((definition.frames.refused ?? Self.refused).rendered(in: scope), ending.code)
    }

    private static let refused = Template(
        .object([
            (key: "message", value: .value(TemplatePath(.errorMessage))),
            (key: "data", value: .object([(key: "code", value: .value(TemplatePath(.errorCode)))])),
        ]))
}

extension CloseCode {
    /// Whether a client whose connection ends with this is to connect again by itself.
    package var bringsBack: Bool {
        switch self {
        case .normal, .goingAway, .internalError, .tryAgainLater, Self(rawValue: 1012): true
        default: false
        }
    }
}
