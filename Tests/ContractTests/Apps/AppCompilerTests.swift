// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Foundation
import Realtime
import Testing

@Suite struct AppCompilerTests {
    private static let route = """
        http:
          "POST /o/{id}":
            does: publish
            as: app
            event: "{body.event}"
            channels: [ "order:{path.id}" ]
            body: { type: object, required: [ event ], properties: { event: { type: string } } }

        """

    private func messages(_ text: String) -> [String] {
        let text =
            SmallContract.text.replacingOccurrences(
                of: "\"order:{orderId}\": { subscribe: member }",
                with:
                    "\"order:{orderId}\": { subscribe: member, publish: any }\n  \"pair:{a}:{b}\": { subscribe: member }"
            )
            + "\n" + text
        return ContractLoader(environment: [:]).outcome(of: text, file: "c.yaml").faults.map {
            "\($0.message) | \($0.hint ?? "")"
        }
    }

    @Test func `a contract lets apps publish`() {
        #expect(
            self.messages(
                "apps: { channel: \"order:{orderId}\" }\nlimits: { apps: [ 10/s per channel ] }\n" + Self.route
            ).isEmpty)
    }

    @Test(arguments: [
        ("apps: {}", "\"channel\" is missing | the rooms of apps, such as channel: \"room:{roomId}\""),
        (
            "apps: { channel: \"ordr:{orderId}\" }",
            "there is no channel \"ordr:{orderId}\" under \"channels\" | did you mean \"order:{orderId}\"?"
        ),
        (
            "apps: { channel: \"pair:{a}:{b}\" }",
            "a channel of apps has one parameter, whose values are their rooms | known here: order:{orderId}, user:{id}"
        ),
        (
            "apps: { channel: \"user:{id}\" }",
            "no app can publish here: user:{id} takes no events that the contract does not declare | write publish: any, or publish: \"{app}:{event}\", under channels: \"user:{id}\""
        ),
        (Self.route, "the platform has no apps | write apps: { channel: \"room:{roomId}\" }"),
        (
            "apps: { channel: \"order:{orderId}\" }\nhttp: { \"GET /a\": { does: health, as: app, reply: {} } }",
            "an app publishes, and may do nothing else | write does: publish"
        ),
        (
            "apps: { channel: \"order:{orderId}\" }\nhttp: { \"POST /a\": { does: publish, as: app, event: a, users: [ b ] } }",
            "an app publishes into rooms alone | "
        ),
        (
            "apps: { channel: \"order:{orderId}\" }\nlimits: { apps: 100001/min per app }",
            "\"apps\" is counted exactly, so it must allow at most 100000 | "
        ),
        (
            "apps: { channel: \"order:{orderId}\" }\nlimits: { apps: 10/min per user }",
            "\"apps\" cannot be counted per user | known here: per app, per channel"
        ),
    ])
    func `what cannot be is refused`(text: String, message: String) {
        #expect(self.messages(text).contains(message), "\(self.messages(text))")
    }
}
