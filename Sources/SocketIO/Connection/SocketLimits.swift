// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one connection may ask of the server. Times are milliseconds.
package struct SocketLimits: Sendable {
    /// From the session's begin until a first namespace is joined. Past it the connection ends.
    package var connectTimeout: Int64 = 45_000
    /// Attachments of one packet; newer clients refuse more than ten as well.
    package var attachmentCount = 10
    /// Bytes of one packet's attachments together.
    package var attachmentByteCount = 10_000_000
    /// From a binary packet's header to its last attachment. Past it the connection ends.
    package var attachmentTimeout: Int64 = 20_000
    /// Namespaces that are joined or being joined. A CONNECT past it is refused.
    package var namespacesPerConnection = 64
    /// CONNECTs that wait for the gate's answer. One more ends the connection.
    package var pendingConnects = 16
    /// Of a namespace's name. A longer one ends the connection.
    package var namespaceByteCount = 512
    /// Arrays and objects inside each other in a packet's JSON. Deeper ones end the connection.
    package var maximumNesting = 128

    package init() {}
}
