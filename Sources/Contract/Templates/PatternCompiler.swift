// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Makes patterns of the keys of `channels:` and `namespaces:`.
struct PatternCompiler {
    /// Names it in messages.
    var what = "a channel pattern"
    /// What no parameter is called, unless it is the whole pattern.
    var reserved: String? = "name"
    let faults: FaultCollector

    /// - Returns: `nil` after a fault.
    func pattern(_ text: String, at location: SourceLocation) -> ChannelPattern? {
        do throws(PlaceText.Failure) {
            let pieces = try PlaceText(text).pieces
            guard !pieces.isEmpty else { throw PlaceText.Failure(message: "\(self.what) must not be empty") }
            var parts: [ChannelPattern.Part] = []
            var names: Set<String> = []
            for piece in pieces {
                switch piece {
                case .literal(let literal):
                    guard ChannelName(literal) != nil else {
                        throw PlaceText.Failure(
                            message:
                                "\(self.what == "a channel pattern" ? "a channel name" : self.what) has at most \(ChannelName.maximumByteCount) bytes and no control characters"
                        )
                    }
                    parts.append(.literal(literal))
                case .place(let place):
                    if case .parameter? = parts.last {
                        throw PlaceText.Failure(
                            message: "nothing tells where one parameter ends and {\(place.path)} begins",
                            hint: "put text between them, such as a colon")
                    }
                    parts.append(.parameter(try self.parameter(place, isAlone: pieces.count == 1, &names)))
                }
            }
            return ChannelPattern(parts: parts)
        } catch {
            self.faults.error(error.message, at: location, hint: error.hint)
            return nil
        }
    }

    /// - Parameter isAlone: it is the whole pattern, and its value the whole name.
    private func parameter(
        _ place: PlaceText.Place, isAlone: Bool, _ names: inout Set<String>
    ) throws(PlaceText.Failure) -> String {
        guard place.keys.count == 1, !place.isOptional, !place.isSpread, place.fallback == nil else {
            throw PlaceText.Failure(message: "a pattern's parameter is one name, such as {orderId}")
        }
        guard place.keys[0] != self.reserved || isAlone else {
            throw PlaceText.Failure(
                message: "a parameter cannot be called \"name\"", hint: "{channel.name} is the channel's whole name")
        }
        guard names.insert(place.keys[0]).inserted else {
            throw PlaceText.Failure(message: "the parameter {\(place.keys[0])} stands twice in the pattern")
        }
        return place.keys[0]
    }
}
