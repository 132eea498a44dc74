// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime

/// The message by which a client of a contract subscribes, found in the contract's own commands.
struct SubscribeMessage {
    private let commandKey: String
    private let command: String
    private let channelKey: String
    private let isArray: Bool

    /// - Returns: `nil` when the contract has no command that subscribes to a channel its message names.
    init?(_ definition: PlatformDefinition) {
        for (name, command) in definition.commands.sorted(by: { $0.key < $1.key }) {
            guard case .subscribe(let sources, _, _, _) = command.operation else { continue }
            for source in sources {
                switch source {
                case .text(let template):
                    guard template.parts.count == 1, case .value(let path) = template.parts[0],
                        case .args(let keys) = path.source, keys.count == 1
                    else { continue }
                    (self.channelKey, self.isArray) = (keys[0], false)
                case .each(let path):
                    guard case .args(let keys) = path.source, keys.count == 1 else { continue }
                    (self.channelKey, self.isArray) = (keys[0], true)
                }
                (self.commandKey, self.command) = (definition.commandKey, name)
                return
            }
        }
        return nil
    }

    func text(for channel: String) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(self.commandKey)
        writer.string(self.command)
        writer.key(self.channelKey)
        if self.isArray {
            writer.beginArray()
            writer.string(channel)
            writer.endArray()
        } else {
            writer.string(channel)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
