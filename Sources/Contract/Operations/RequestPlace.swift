// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a request comes from that starts an operation, and so what its templates may name.
struct RequestPlace {
    /// Names it in messages, such as "\"subscribe\"" or "POST /broadcast".
    var name: String
    /// What every template of the binding may begin with.
    var roots: [TemplateContext.Root]
    /// What to write instead of a root that is not known here.
    var advice: [TemplateContext.Root: String] = [:]
    /// Of an HTTP request's path.
    var pathParameters: [String] = []
    var arguments: PayloadFields?
    var body: PayloadFields?
    /// The request is a client's, and channels say which clients may publish.
    var isClient: Bool
    /// Socket.IO clients may be answered by `ack` and `emit` instead of `reply`.
    var mayAcknowledge = false
    /// Something can be sent for each of several things; otherwise there is one answer.
    var hasManyAnswers: Bool
}
