// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// What a client of a contract says to subscribe, found in the contract's own commands.
struct SubscribeMessage {
    private let commandKey: String
    private let command: String
    /// The member that names the channel, or a part of its name between `before` and `after`.
    private let channelKey: String
    private let before: String
    private let after: String
    private let isArray: Bool
    private let isEvent: Bool

    /// - Returns: `nil` when the contract has no command that subscribes to a channel its message names.
    init?(_ definition: PlatformDefinition) {
        for (name, command) in definition.commands.sorted(by: { $0.key < $1.key }) {
            guard case .subscribe(let sources, _, _, _) = command.operation else { continue }
            for source in sources {
                guard let place = Self.place(in: source) else { continue }
                (self.before, self.channelKey, self.after, self.isArray) = place
                self.commandKey = definition.commandKey
                self.command = name
                self.isEvent = definition.listeners.first?.isSocketIO == true
                return
            }
        }
        return nil
    }

    private static func place(
        in source: Operation.ChannelSource
    ) -> (before: String, key: String, after: String, isArray: Bool)? {
        switch source {
        case .text(let template):
            var (before, key, after) = ("", String?.none, "")
            for part in template.parts {
                switch part {
                case .literal(let text): if key == nil { before += text } else { after += text }
                case .value(let path):
                    guard key == nil, case .args(let keys) = path.source, keys.count == 1 else { return nil }
                    key = keys[0]
                }
            }
            return key.map { (before, $0, after, false) }
        case .each(let path):
            guard case .args(let keys) = path.source, keys.count == 1 else { return nil }
            return ("", keys[0], "", true)
        case .eachWithin(let before, let path, let after):
            guard case .args(let keys) = path.source, keys.count == 1, let before = self.literal(before),
                let after = self.literal(after)
            else { return nil }
            return (before, keys[0], after, true)
        }
    }

    private static func literal(_ template: TextTemplate) -> String? {
        template.parts.reduce("") { text, part in
            guard let text, case .literal(let literal) = part else { return nil }
            return text + literal
        }
    }

    /// A JSON object for a plain connection; the JSON array of an event and its argument for Socket.IO.
    ///
    /// - Returns: `nil` when the command cannot name this channel.
    func text(for channel: String) -> String? {
        guard channel.hasPrefix(self.before), channel.dropFirst(self.before.count).hasSuffix(self.after) else {
            return nil
        }
        let name = String(channel.dropFirst(self.before.count).dropLast(self.after.count))
        guard !name.isEmpty else { return nil }
        var writer = JSONWriter()
        if self.isEvent {
            writer.beginArray()
            writer.string(self.command)
        }
        writer.beginObject()
        if !self.isEvent {
            writer.key(self.commandKey)
            writer.string(self.command)
        }
        writer.key(self.channelKey)
        if self.isArray { writer.beginArray() }
        writer.string(name)
        if self.isArray { writer.endArray() }
        writer.endObject()
        if self.isEvent { writer.endArray() }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
