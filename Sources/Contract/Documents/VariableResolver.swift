// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Puts the values of variables into a contract's scalars.
struct VariableResolver {
    let environment: [String: String]
    let isProduction: Bool
    /// Makes, or finds again, a secret that the environment does not give.
    let generatedSecret: @Sendable (_ name: String) throws(SecretFailure) -> String?

    struct Result {
        var text: String
        var origin: DocumentNode.Origin
        var variables: [String]
    }

    /// What a scalar is for, where that matters to its variables.
    enum Use {
        case value
        /// A key that signs tokens, the one value that may be made up.
        case secret
        /// Nobody will look at it: a variable that is not set is nothing.
        case nothing
    }

    /// - Returns: `nil` after a fault.
    func resolve(_ pieces: [MaskedText.Piece], for use: Use, at location: SourceLocation, _ faults: FaultCollector)
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
                let fallback = use == .nothing ? fallback ?? "" : fallback
                if let value = self.value(of: name, fallback: fallback, &result.origin) {
                    result.text += value
                    if result.origin == .variable { faults.noteVariable(name, at: location) }
                } else if use == .secret && pieces.count == 1 && !self.isProduction {
                    guard let secret = self.secret(name, at: location, faults) else {
                        isComplete = false
                        continue
                    }
                    result.origin = .generated
                    result.text += secret
                } else {
                    self.reportMissing(name, isSecret: use == .secret, at: location, faults)
                    isComplete = false
                }
            }
        }
        return isComplete ? result : nil
    }

    /// The value as far as it can be told without a fault; for what has to be known before the file is read as a whole.
    func quietValue(of pieces: [MaskedText.Piece]) -> String? {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .malformed: return nil
            case .variable(let name, let fallback):
                var origin = DocumentNode.Origin.file
                guard let value = self.value(of: name, fallback: fallback, &origin) else { return nil }
                text += value
            }
        }
        return text
    }

    private func value(of name: String, fallback: String?, _ origin: inout DocumentNode.Origin) -> String? {
        let given = self.environment[name]
        if let given, !given.isEmpty || fallback == nil {
            origin = .variable
            return given
        }
        if let fallback {
            origin = .fallback
            return fallback
        }
        return nil
    }

    private func secret(_ name: String, at location: SourceLocation, _ faults: FaultCollector) -> String? {
        do throws(SecretFailure) {
            if let secret = try self.generatedSecret(name) { return secret }
            self.reportMissing(name, isSecret: true, at: location, faults)
        } catch {
            faults.error(
                "the variable \(name) is not set, and no secret can be made for it: \(error.reason)", at: location,
                hint: "set it in the server's environment")
        }
        return nil
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
