// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// One message of a client that asks for one of the contract's commands.
package struct ClientRequest {
    /// As the client named it.
    package let name: String?
    /// `nil`: the contract has no such command.
    package let command: Command?
    /// What came with it: an object.
    package let args: JSONNode

    /// - Parameter definition: the contract as it is on the connection's loop.
    package init(_ name: String?, args: JSONNode, of definition: PlatformDefinition) {
        self.name = name
        self.args = args
        self.command = name.flatMap { definition.commands[$0] ?? definition.callCommand(for: $0) }
    }
}
