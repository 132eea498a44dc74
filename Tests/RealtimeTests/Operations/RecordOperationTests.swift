// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Realtime
import Testing

@Suite struct RecordOperationTests {
    private let stage: Stage

    init() throws {
        self.stage = try Stage(
            WildcardTests.definition { definition in
                var health = EventType("health", to: ["service:{service}"])
                health.recordEffects = [
                    .init(
                        channel: NameTemplate("service:{service}"),
                        change: .replace(Template(payload: [("status", "status"), ("more", "more")])))
                ]
                definition.events["health"] = health
            })
        for service in ["user", "auth"] {
            self.stage.say("health", #"{"service":"\#(service)","status":"healthy","more":1}"#)
        }
    }

    private func answer(_ services: String) -> String {
        var operation = Operation.Record(
            channels: [
                .eachWithin(TextTemplate("service:"), TemplatePath(.args(["services"])), TextTemplate(parts: []))
            ],
            reply: Template(.value(TemplatePath(.result(["records"])))))
        operation.key = TextTemplate(parts: [.value(TemplatePath(.channelParameter("service")))])
        operation.item = Template(.object([("status", .value(TemplatePath(.result(["record", "status"]))))]))
        operation.missing = Template(.object([("status", .json(Array(#""unknown""#.utf8)))]))
        let document = JSONDocument.of(#"{"services":\#(services)}"#)
        var scope = TemplateScope(now: ManualClock.start)
        scope.args = document.root
        let answers = Mutexed<[String]>([])
        self.stage.platform.run(.record(operation), in: scope, as: .client(nil)) { result in
            answers.change {
                switch result {
                case .failure(let error): $0 = ["\(error.code): \(error.channel ?? "-")"]
                case .success(let answer): $0 = answer.texts.map { String(decoding: $0, as: UTF8.self) }
                }
            }
        }
        return answers.value.joined(separator: "\n")
    }

    @Test func `ORI-027 records are called and told as the contract says`() {
        #expect(self.answer(#"["auth","user"]"#) == #"{"auth":{"status":"healthy"},"user":{"status":"healthy"}}"#)
    }

    @Test func `ORI-D13 a service without a record is unknown, the name for all gives every record once`() {
        #expect(self.answer(#"["db"]"#) == #"{"db":{"status":"unknown"}}"#)
        let all = #"{"auth":{"status":"healthy"},"user":{"status":"healthy"}}"#
        #expect(self.answer(#"["*"]"#) == all)
        #expect(self.answer(#"["*","auth"]"#) == all)
        #expect(self.answer(#"[]"#) == "invalidChannel: ")
    }
}
