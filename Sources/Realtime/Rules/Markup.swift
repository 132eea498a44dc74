// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What becomes of HTML tags and control characters in the texts of a payload.
package enum Markup: String, Sendable, CaseIterable {
    /// Tags and control characters other than tab and newline are removed. A lone `<` stays.
    case strip
    /// `&`, `<` and `>` become entities; control characters are removed.
    case escape
    /// Payloads stay as they are.
    case keep
}
