// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// The objects that stand in a binary packet's JSON where a buffer was: `{"_placeholder":true,"num":0}`.
///
/// In packets without attachments such an object is data like any other.
package enum Placeholders {
    /// Which attachment the value stands for; nil: it is no placeholder.
    package static func number(of node: JSONNode) -> Int? {
        guard node.kind == .object, node["_placeholder"]?.bool == true else { return nil }
        return node["num"]?.int
    }

    /// Whether every placeholder in `payload`, at any depth, names one of `count` attachments. Some may be named twice, or never.
    static func areValid(in payload: JSONNode, count: Int) -> Bool {
        payload.document.withTape { tape in
            Self.mark.withUTF8Buffer { mark in
                Self.number.withUTF8Buffer { number in
                    let end = tape.next(after: payload.index)
                    for index in payload.index..<end where tape.kind(at: index) == .object {
                        guard let flag = tape.member(of: index, named: mark), tape.isTrue(at: flag) else { continue }
                        guard let place = tape.member(of: index, named: number), tape.kind(at: place) == .number,
                            let place = tape.decimal(at: place).int, (0..<count).contains(place)
                        else { return false }
                    }
                    return true
                }
            }
        }
    }

    private static let mark: StaticString = "_placeholder"
    private static let number: StaticString = "num"
}
