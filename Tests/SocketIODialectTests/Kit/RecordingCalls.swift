// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Realtime
import Synchronization

/// Takes calls to apps and answers when it is told to.
final class RecordingCalls: AppCalls {
    typealias Completion = @Sendable (Result<[UInt8], RequestError>) -> Void

    private struct Content: Sendable {
        var calls: [(call: AppCall, completion: Completion)] = []
        var connections: [any AppConnection] = []
        var ignored = 0
    }

    private let content = Mutex(Content())

    /// What the apps were told, in order.
    var bodies: [JSONNode] {
        self.content.withLock { $0.calls.map(\.call.body) }.compactMap { try? JSONDocument(parsing: $0).root }
    }

    var connections: [any AppConnection] { self.content.withLock { $0.connections } }

    var ignored: Int { self.content.withLock { $0.ignored } }

    func answer(_ index: Int, _ result: Result<String, RequestError>) {
        let completion = self.content.withLock { $0.calls[index].completion }
        completion(result.map { Array($0.utf8) })
    }

    func call(_ call: AppCall, on eventLoop: any EventLoop, completion: @escaping Completion) {
        self.content.withLock { $0.calls.append((call, completion)) }
    }

    func opened(_ connection: any AppConnection) { self.content.withLock { $0.connections.append(connection) } }

    func closed(_ connection: any AppConnection) {
        self.content.withLock { $0.connections.removeAll { $0 === connection } }
    }

    func ignoredAnswer(of app: String) { self.content.withLock { $0.ignored += 1 } }

    func recheck(_ apps: AppTable) {
        for connection in self.connections where apps.app(connection.app.id)?.keyHash != connection.app.keyHash {
            connection.end()
        }
    }
}
