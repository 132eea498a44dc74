// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
import Synchronization

/// Lets a mock backend hear of what clients send, when it wants to. Threads: any.
package final class CommandWatch: Sendable {
    /// - Parameters:
    ///   - name: of the command.
    ///   - args: the client's message, or the first argument of his event.
    package typealias Watcher = @Sendable (_ name: String, _ args: JSONNode?, Identity?) -> Void

    private let watcher = Mutex<Watcher?>(nil)
    /// So that a server without a mock asks for no lock.
    private let isWatched = Atomic(false)

    init() {}

    package func exchange(_ watcher: Watcher?) {
        self.watcher.withLock { $0 = watcher }
        self.isWatched.store(watcher != nil, ordering: .relaxed)
    }

    func tell(_ request: ClientRequest, of identity: Identity?) {
        guard self.isWatched.load(ordering: .relaxed), let name = request.name else { return }
        self.watcher.withLock { $0 }?(name, request.args, identity)
    }
}
