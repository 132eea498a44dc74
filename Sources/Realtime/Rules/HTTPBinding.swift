// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSONSchema

/// What an HTTP request makes the server do: a binding to one of the core's operations.
package struct HTTPBinding: Sendable {
    /// Whose credentials count.
    package enum Caller: String, Sendable, CaseIterable {
        /// A user's, as for a connection.
        case user
        /// The API key, or a network that the contract trusts.
        case backend
        /// An app's key, which belongs to the app that `X-App-Id` names.
        case app
        /// Nobody's.
        case anyone
    }

    /// Upper case.
    package var method: String
    /// With `{parameters}`, as the router reads it.
    package var path: String
    package var caller: Caller
    package var operation: Operation
    /// Another service's address that answers instead; `nil`: the operation does.
    package var proxy: String?
    /// What the body must be; `nil`: there need not be one.
    package var body: CompiledSchema?
    /// Of the answer when all went well.
    package var status: Int
    package var location: SourceLocation

    package init(
        method: String,
        path: String,
        caller: Caller,
        operation: Operation,
        body: CompiledSchema? = nil,
        status: Int = 200,
        location: SourceLocation
    ) {
        self.method = method
        self.path = path
        self.caller = caller
        self.operation = operation
        self.body = body
        self.status = status
        self.location = location
    }
}
