// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Realtime

struct ClientPublishTests {
    private static var definition: PlatformDefinition {
        .market { definition in
            var job = ChannelRules("job:{jobId}", .member)
            job.clientPublish = [SubscribeRule(.member, location: .test)]
            definition.channels.append(job)
            var hidden = ChannelRules("hidden")
            hidden.isInternal = true
            hidden.clientPublish = [SubscribeRule(.everyone, location: .test)]
            definition.channels.append(hidden)
            definition.events["chat"] = EventType("chat", to: ["job:{job}"])
            definition.events["typing"] = EventType(
                name: "typing",
                routes: [
                    .membersOf(
                        NameTemplate("job:{job}"), as: NameTemplate("user:{member}"), except: NameTemplate("{user}"),
                        location: .test)
                ], location: .test)
        }
    }

    private let stage: Stage

    init() throws {
        self.stage = try Stage(Self.definition)
        self.stage.change(
            .addMembers(channel: ChannelName(known: "job:1"), users: [UserID("ann"), UserID("ben")]))
    }

    private func publish(_ event: String, _ data: String, as user: String?, _ channels: [String]? = nil) -> Outcome {
        self.stage.say(event, data) {
            $0.publisher = .client(user.map { Identity(user: UserID($0)) })
            $0.channels = channels
        }
    }

    @Test func `PAY-070 only the parties of a job write in its channel`() {
        let ann = self.stage.connect("ann", to: ["job:1"])
        #expect(self.publish("chat", #"{"job":"1"}"#, as: "ben").receipt?.receivers == 1)
        for user in ["eve", nil] as [String?] {
            #expect(self.publish("chat", #"{"job":"1"}"#, as: user).error?.code == .forbidden)
        }
        #expect(ann.data.count == 1)
    }

    @Test
    func `PAY-070 a client cannot publish where the contract gives clients no right, by whatever channel he names`() {
        for channel in ["global", "topic:a", "user:ben", "order:1", "hidden"] {
            #expect(self.publish("chat", #"{"job":"1"}"#, as: "ann", [channel]).error?.code == .forbidden)
        }
        #expect(self.publish("chat", #"{"job":"1"}"#, as: "ann", ["job:1", "global"]).error?.code == .forbidden)
        #expect(self.publish("order.updated", #"{"orderId":"1"}"#, as: "ann").error?.code == .forbidden)
    }

    @Test func `PAY-077 typing reaches the other side alone, and only a party may tell it`() {
        let ann = self.stage.connect("ann", to: ["user:ann"])
        let ben = self.stage.connect("ben", to: ["user:ben"])
        _ = self.publish("typing", #"{"job":"1","user":"ann"}"#, as: "ann")
        #expect(ben.data.count == 1 && ann.data.isEmpty)
        #expect(self.publish("typing", #"{"job":"1","user":"eve"}"#, as: "eve").error?.code == .forbidden)
    }
}
