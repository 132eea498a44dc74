// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import Tokens

/// A fetcher that does nothing until the test answers, or answers at once from a script.
final class HeldFetcher: KeyFetcher {
    private let waiting = Mutex<[@Sendable (Result<[UInt8], KeyFault>) -> Void]>([])
    private let script: Mutex<[String?]>
    private let started = Mutex(0)

    /// - Parameter script: documents to answer with in turn, nil for a failure; then fetches are held.
    init(script: [String?] = []) { self.script = Mutex(script) }

    /// Fetches begun so far.
    var count: Int { self.started.withLock { $0 } }

    func fetch(_ address: String, completion: @escaping @Sendable (Result<[UInt8], KeyFault>) -> Void) {
        self.started.withLock { $0 += 1 }
        let next = self.script.withLock { $0.isEmpty ? [] : [$0.removeFirst()] }
        if let answer = next.first { return Self.tell(completion, answer) }
        self.waiting.withLock { $0.append(completion) }
    }

    /// Ends all fetches that are held.
    func answer(_ document: String?) {
        let waiting = self.waiting.withLock { waiting in
            let all = waiting
            waiting = []
            return all
        }
        for completion in waiting { Self.tell(completion, document) }
    }

    private static func tell(_ completion: (Result<[UInt8], KeyFault>) -> Void, _ document: String?) {
        completion(document.map { .success(Array($0.utf8)) } ?? .failure(KeyFault(.unreadable, "down")))
    }
}
