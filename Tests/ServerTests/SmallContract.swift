// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
import Realtime
import Server

/// A contract with everything that these tests look at, and parts that they replace.
enum SmallContract {
    static let secret = "0123456789abcdef0123456789abcdef"

    static func text(
        name: String = "shop",
        port: Int = 3000,
        auth: String = "{ tokens: [ { jwt: query.token } ], keys: { secret: \"${SHOP_SECRET}\" } }"
    ) -> String {
        """
        contract: \(name)
        listen: [ { port: \(port), websocket: /ws } ]
        auth: \(auth)
        commands:
          subscribe: { does: subscribe, channels: ["{args.channel}"], each: { type: subscribed, channel: "{channel.name}" } }
        channels:
          "user:{id}": { subscribe: { user: "{id}" } }
          global: { subscribe: everyone }
        events:
          note.second:
            to: ["user:{buyer}", "user:{vendor}"]
            data: { type: object, required: [buyer, vendor], properties: { buyer: { type: string }, vendor: { type: string } } }
            example: { buyer: ann, vendor: bob, timestamp: 2025-01-01T00:00:00Z }
          note.first:
            to: [global]
            example: { text: hello }
        """
    }

    static func definition(
        auth: String = "{ tokens: [ { jwt: query.token } ], keys: { secret: \"${SHOP_SECRET}\" } }"
    ) throws -> PlatformDefinition {
        let outcome = ContractLoader(environment: ["SHOP_SECRET": self.secret])
            .outcome(of: self.text(auth: auth), file: "shop.yaml")
        guard let definition = outcome.definition else { throw ContractFaults(outcome.faults) }
        return definition
    }
}
