// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a JSON value is (RFC 8259 §3).
@usableFromInline
package enum JSONKind: UInt8, Sendable {
    case null, bool, number, string, array, object
}
