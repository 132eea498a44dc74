// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections

extension PlatformDefinition {
    /// Lets templates say what went wrong, in the platform's words.
    ///
    /// - Parameter scope: has everything else that the error's message may name.
    /// - Parameter isRefusal: a Socket.IO client is told that it may not join.
    /// - Returns: the message.
    @discardableResult
    package func describe(
        _ error: RequestError, in scope: inout TemplateScope, isRefusal: Bool = false
    ) -> String {
        scope.error = error
        scope.errorCode = self.errors.publicCode(of: error.code)
        scope.errorStatus = self.errors.status(of: error.code)
        let words = isRefusal ? self.errors[error.code].refused?.text(in: scope) : nil
        let message = words ?? self.message(of: error, in: scope)
        scope.errorMessage = message
        return message
    }

    /// An error's message in the platform's words.
    package func message(of error: RequestError, in scope: borrowing TemplateScope) -> String {
        guard let template = self.errors[error.code].message else { return error.message }
        return template.text(in: scope) ?? error.message
    }

    /// How a connection ends that met this error; `nil`: it stays.
    package func ending(for error: RequestError, message: String) -> (code: CloseCode, reason: String)? {
        let rule = self.errors[error.code]
        guard let code = rule.close, !error.sparesConnection else { return nil }
        return (code, rule.reason ?? message)
    }

    /// How a connection ends that cannot go on after this error, whatever the contract says of it.
    package func finalEnding(for error: RequestError, message: String) -> (code: CloseCode, reason: String) {
        let rule = self.errors[error.code]
        return (self.errors.closeCode(of: error.code), rule.reason ?? message)
    }
}
