// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a server on a plain WebSocket still has to answer, in the order in which it was asked, which is the order of its answers.
///
/// A machine without I/O.
struct AnswerLine {
    enum Entry {
        /// Confirmations of channels that are awaited.
        case channels([String])
        /// The end of a subscription that this client has left.
        case leaving(String)
        case command(UInt64, Dialect.Answer)
    }

    private var entries: [Entry] = []

    var hasCommands: Bool {
        self.entries.contains { if case .command = $0 { true } else { false } }
    }

    mutating func append(_ entry: Entry) { self.entries.append(entry) }

    /// Nobody waits for a command's answer any more. It keeps its place, so that an answer that comes late is nobody else's, but for a
    /// server that never answers.
    mutating func abandon(_ id: UInt64, keeping limit: Int = 1000) {
        guard self.entries.count > limit else { return }
        let place = self.entries.firstIndex { entry in
            if case .command(id, _) = entry { true } else { false }
        }
        if let place { self.entries.remove(at: place) }
    }

    var count: Int { self.entries.count }

    mutating func clear() { self.entries = [] }

    /// Whose answer a frame is, which is then no longer awaited.
    mutating func take(fitting fits: (Dialect.Answer) -> Bool) -> (id: UInt64, answer: Dialect.Answer)? {
        for (index, entry) in self.entries.enumerated() {
            guard case .command(let id, let answer) = entry, fits(answer) else { continue }
            self.entries.remove(at: index)
            return (id, answer)
        }
        return nil
    }

    /// A channel was confirmed or refused by its name.
    mutating func resolve(_ channel: String) {
        for (index, entry) in self.entries.enumerated() {
            guard case .channels(var channels) = entry, let place = channels.firstIndex(of: channel) else { continue }
            channels.remove(at: place)
            if channels.isEmpty { self.entries.remove(at: index) } else { self.entries[index] = .channels(channels) }
            return
        }
    }

    /// A channel that was left is left.
    mutating func resolveLeaving(_ channel: String) {
        let place = self.entries.firstIndex { entry in
            if case .leaving(channel) = entry { true } else { false }
        }
        if let place { self.entries.remove(at: place) }
    }

    /// What an error is about that does not say so: what was asked first.
    mutating func takeFirst() -> Entry? { self.entries.isEmpty ? nil : self.entries.removeFirst() }
}
