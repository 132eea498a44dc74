// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Puts the values of variables into a contract's scalars.
struct VariableResolver {
    let environment: [String: String]
    let isProduction: Bool
    /// Makes, or finds again, a secret that the environment does not give.
    let generatedSecret: @Sendable (_ name: String) -> String?

    struct Result {
        var text: String
        var origin: DocumentNode.Origin
        var variables: [String]
    }

    /// - Parameter isSecret: the scalar is a key that signs tokens, the one value that may be made up.
    /// - Returns: `nil` after a fault.
    func resolve(_ pieces: [MaskedText.Piece], isSecret: Bool, at location: SourceLocation, _ faults: FaultCollector)
        -> Result?
    {
        var result = Result(text: "", origin: .file, variables: [])
        var isComplete = true
        for piece in pieces {
            switch piece {
            case .literal(let text): result.text += text
            case .malformed:
                faults.error(
                    "\"${\" begins no variable here", at: location,
                    hint: "write ${NAME} or ${NAME:-default} in one line; write $${ for the text ${")
                isComplete = false
            case .variable(let name, let fallback):
                result.variables.append(name)
                if let value = self.value(
                    of: name, fallback: fallback, isSecret: isSecret && pieces.count == 1, &result.origin)
                {
                    result.text += value
                } else {
                    self.reportMissing(name, isSecret: isSecret, at: location, faults)
                    isComplete = false
                }
            }
        }
        return isComplete ? result : nil
    }

    private func value(
        of name: String, fallback: String?, isSecret: Bool, _ origin: inout DocumentNode.Origin
    ) -> String? {
        let given = self.environment[name]
        if let given, !given.isEmpty || fallback == nil {
            origin = .variable
            return given
        }
        if let fallback {
            origin = .fallback
            return fallback
        }
        guard isSecret, !self.isProduction, let secret = self.generatedSecret(name) else { return nil }
        origin = .generated
        return secret
    }

    private func reportMissing(_ name: String, isSecret: Bool, at location: SourceLocation, _ faults: FaultCollector) {
        let hint =
            switch (isSecret, self.isProduction) {
            case (true, true): "set it in the server's environment; in production mode no secret is made up"
            case (true, false): "set it in the server's environment"
            case (false, _): "set it in the server's environment, or write ${\(name):-default}"
            }
        faults.error("the variable \(name) is not set", at: location, hint: hint)
    }
}
