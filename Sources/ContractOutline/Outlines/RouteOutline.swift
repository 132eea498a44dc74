// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// An HTTP request that is answered on the clients' ports.
package struct RouteOutline: Sendable {
    package var method: String
    /// `/orders/{orderId}/state`.
    package var path: String
    /// Whose credentials count: `user`, `backend`, `app` or `anyone`.
    package var sender: String
    /// The operation.
    package var does: String
    /// JSON Schema of the body; `nil`: anything, or none.
    package var body: String?
    /// The status of an answer when all went well.
    package var status: Int
    /// The answer's body, a template as JSON text; `nil`: empty, or another service's.
    package var reply: String?
    /// One element of a list in the answer, a template as JSON text.
    package var item: String?
    /// The names of query parameters that it looks at.
    package var queries: [String]
    /// Of `publish`: the event, which may have places.
    package var event: String?
    /// The core's codes that it may be refused with.
    package var errors: [String]
    package var location: SourceLocation
}
