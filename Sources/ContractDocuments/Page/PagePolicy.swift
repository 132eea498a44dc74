// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// What a browser lets the page do (CSP level 3): run its own script, show its own style, connect to sockets and to the server it came from.
enum PagePolicy {
    static let text =
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; connect-src 'self' ws: wss:; "
        + "style-src '\(Self.hash(PageStyle.text))'; script-src '\(Self.hash(PageScript.text))'"

    /// The same for the list of platforms, which runs nothing.
    static let ofList =
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '\(Self.hash(PageStyle.text))'"

    /// Of the bytes between the tags.
    private static func hash(_ text: String) -> String {
        "sha256-" + Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    }
}
