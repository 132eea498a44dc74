// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Connections

extension PlatformDefinition {
    /// An error's message in the platform's words.
    package func message(of error: RequestError, in scope: borrowing TemplateScope) -> String {
        guard let template = self.errors[error.code].message else { return error.message }
        return template.text(in: scope) ?? error.message
    }

    /// How a connection ends that met this error; `nil`: it stays.
    package func ending(for error: RequestError, message: String) -> (code: CloseCode, reason: String)? {
        let rule = self.errors[error.code]
        guard let code = rule.close else { return nil }
        return (code, rule.reason ?? message)
    }

    /// How a connection ends that cannot go on after this error, whatever the contract says of it.
    package func finalEnding(for error: RequestError, message: String) -> (code: CloseCode, reason: String) {
        let rule = self.errors[error.code]
        return (self.errors.closeCode(of: error.code), rule.reason ?? message)
    }
}
