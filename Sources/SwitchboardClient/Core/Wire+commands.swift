// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Wire {
    /// A message that subscribes or unsubscribes; `nil` where the dialect cannot say it of these channels.
    func text(_ command: Dialect.ChannelCommand?, _ channels: [String], since: String? = nil) -> String? {
        guard let command else { return nil }
        let names = channels.compactMap { Self.name(of: $0, in: command) }
        guard names.count == channels.count, let first = names.first else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        if names.count == 1, let member = command.channel {
            writer.key(member)
            writer.string(first)
        } else if let member = command.channels {
            writer.key(member)
            writer.beginArray()
            for name in names { writer.string(name) }
            writer.endArray()
        } else {
            return nil
        }
        if let since, let member = self.dialect.positions?.since {
            writer.key(member)
            writer.string(since)
        }
        writer.endObject()
        // Beside the command, wherever `data` puts what other commands say.
        return self.text(command.name, members: writer.bytes, within: nil)
    }

    /// How many channels one message may name.
    var channelLimit: Int {
        guard self.dialect.subscribe?.channels != nil else { return 1 }
        // A refusal that does not say of what it is has to be about one channel; a callback answers its own command.
        return !self.isSocketIO && self.dialect.error != nil && self.dialect.error?.channel == nil ? 1 : 100
    }

    /// A command and what it says.
    ///
    /// - Parameter object: a JSON object.
    func text(_ name: String, object: [UInt8]) -> String {
        self.text(name, members: object, within: self.dialect.data)
    }

    /// The application's own ping; `nil`: it has none.
    var ping: String? { self.dialect.ping.map { self.text($0, object: Array("{}".utf8)) } }

    /// The answer that is awaited of a command that does not describe it.
    func usualAnswer(to name: String) -> Dialect.Answer {
        Dialect.Answer(is: [self.dialect.command: name], data: self.dialect.event.data)
    }

    private func text(_ name: String, members object: [UInt8], within data: String?) -> String {
        var writer = JSONWriter()
        if self.isSocketIO {
            writer.beginArray()
            writer.string(name)
            writer.raw(object)
            writer.endArray()
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        writer.beginObject()
        writer.key(self.dialect.command)
        writer.string(name)
        if let data {
            writer.key(data)
            writer.raw(object)
        } else if let root = (try? JSONDocument(parsing: object))?.root {
            for member in root.members {
                writer.key(member.name)
                writer.raw(member.value)
            }
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The part of a channel's name that the command carries.
    private static func name(of channel: String, in command: Dialect.ChannelCommand) -> String? {
        guard channel.hasPrefix(command.prefix), channel.dropFirst(command.prefix.count).hasSuffix(command.suffix)
        else {
            return nil
        }
        let name = channel.dropFirst(command.prefix.count).dropLast(command.suffix.count)
        return name.isEmpty ? nil : String(name)
    }
}
