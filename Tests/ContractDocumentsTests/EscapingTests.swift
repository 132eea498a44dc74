// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ContractDocuments

@Suite struct EscapingTests {
    @Test func htmlTakesInterpolatedTextForText() {
        let html: HTMLText = "<td title=\"\("a\"b")\">\("<script>&'")</td>"
        #expect(html.html == "<td title=\"a&quot;b\">&lt;script&gt;&amp;&#39;</td>")
    }
}
