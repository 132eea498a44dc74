// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import HTTPAPI
import NIOCore
import Realtime
import Testing

struct MetricsTests {
    /// A metrics page, read strictly by the Prometheus text format 0.0.4.
    private struct Page {
        var types: [String: String] = [:]
        /// By name and labels as they are written.
        var samples: [String: Double] = [:]

        init(_ text: String) throws {
            var help: Set<String> = []
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                switch words.prefix(2) {
                case ["#", "HELP"]: #expect(help.insert(words[2]).inserted, "\(line)")
                case ["#", "TYPE"]:
                    #expect(help.contains(words[2]) && self.types[words[2]] == nil, "\(line)")
                    self.types[words[2]] = words[3]
                default:
                    let space = try #require(line.lastIndex(of: " "))
                    let value = try #require(Double(line[line.index(after: space)...]))
                    let name = String(line[..<space])
                    #expect(self.samples.updateValue(value, forKey: name) == nil, "\(name) is there twice")
                    let bare = name.prefix { $0 != "{" }
                    let isTyped = self.types.keys.contains { family in
                        ["", "_bucket", "_sum", "_count"].contains { family + $0 == bare }
                    }
                    #expect(isTyped, "\(name) has no type")
                }
            }
        }
    }

    private static let information = ServerInformation(
        version: "1.2.3", node: "node-1", startedAt: Timestamp(milliseconds: 1500))

    private func page(of fixture: AdminFixture) throws -> Page {
        let answer = try fixture.send(.get, "/metrics")
        #expect(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text.hasSuffix("\n"))
        return try Page(answer.text)
    }

    @Test func `connections of all loops are counted by platform and node (RNG-064)`() throws {
        let fixture = try AdminFixture(information: Self.information)
        let labels = #"{platform="shop",node="node-1"}"#
        #expect(try self.page(of: fixture).samples["switchboard_connections\(labels)"] == 0)
        let ports = try (1...3).map { try fixture.connect("ann", on: $0 % 2, number: UInt64($0), to: "global") }
        ports[0].session?.close()
        let page = try self.page(of: fixture)
        #expect(page.types["switchboard_connections"] == "gauge")
        #expect(page.samples["switchboard_connections\(labels)"] == 2)
        #expect(page.samples["switchboard_connections_opened_total\(labels)"] == 3)
        #expect(page.samples["switchboard_subscriptions\(labels)"] == 2)
        #expect(page.samples["switchboard_channels\(labels)"] == 1)
    }

    @Test func `the time from publish to write is a cumulative histogram in seconds (RNG-065)`() throws {
        let fixture = try AdminFixture(information: Self.information)
        try fixture.connect("ann", on: 0, number: 1, to: "global")
        try fixture.connect("bob", on: 1, number: 2, to: "global")
        for _ in 0..<5 { _ = try fixture.publish(#"{"event":"hello","data":1,"to":["global"]}"#) }
        let page = try self.page(of: fixture)
        let name = "switchboard_broadcast_latency_seconds"
        let labels = #"platform="shop",node="node-1""#
        #expect(page.types[name] == "histogram")
        #expect(page.samples["\(name)_count{\(labels)}"] == 10)
        #expect(try #require(page.samples["\(name)_sum{\(labels)}"]) >= 0)
        let bounds = [
            "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5",
            "1", "+Inf",
        ]
        let buckets = bounds.compactMap { page.samples["\(name)_bucket{\(labels),le=\"\($0)\"}"] }
        #expect(buckets.count == bounds.count)
        #expect(buckets == buckets.sorted())
        #expect(buckets.last == 10)
    }

    @Test func `publications, refusals, deliveries, messages, errors and lost rights are counted`() throws {
        let fixture = try AdminFixture(information: Self.information)
        _ = try fixture.publish(#"{"event":"order.created","data":{"orderId":"1","buyer":"ann"}}"#)
        let client = try fixture.connect("ann", number: 1, to: "order:1", "global")
        _ = try fixture.publish(#"{"event":"hello","data":1,"to":["global"]}"#)
        _ = try fixture.publish(#"{"event":"hello","data":1}"#)
        _ = try fixture.publish("")
        client.session?.countMessage()
        client.session?.fail(RequestError(.unknownCommand, "no such command"))
        _ = try fixture.send(.delete, "/v1/platforms/shop/channels/order:1/members")
        let page = try self.page(of: fixture)
        let labels = #"platform="shop",node="node-1""#
        for (name, value) in [
            ("publications_total", 2.0), ("publications_refused_total", 2), ("deliveries_total", 1),
            ("messages_received_total", 1), ("subscriptions_ended_total", 1),
        ] {
            #expect(page.types["switchboard_\(name)"] == "counter")
            #expect(page.samples["switchboard_\(name){\(labels)}"] == value, "\(name)")
        }
        let errors = "switchboard_errors_total{\(labels),code="
        #expect(page.samples["\(errors)\"unknownCommand\"}"] == 1)
        // A code that was never told is there from the start.
        #expect(page.samples["\(errors)\"forbidden\"}"] == 0)
    }

    @Test func `the process and the build are described`() throws {
        let page = try self.page(of: try AdminFixture(information: Self.information))
        #expect(page.samples[#"switchboard_build_info{version="1.2.3",node="node-1"}"#] == 1)
        #expect(page.samples["process_start_time_seconds"] == 1.5)
        #expect(try #require(page.samples["process_cpu_seconds_total"]) > 0)
        #expect(try #require(page.samples["process_resident_memory_bytes"]) > 1_000_000)
        let open = try #require(page.samples["process_open_fds"])
        let most = try #require(page.samples["process_max_fds"])
        #expect(open >= 3 && open <= most)
    }

    @Test func `metrics of other parts stand on the page, values of labels escaped`() throws {
        let information = ServerInformation(
            node: "a\"b\\c\nd",
            metrics: { loop in
                let sample = MetricFamily.Sample(0.25, labels: [("path", "C:\\")])
                return loop.makeSucceededFuture([
                    MetricFamily("demo_load_ratio", .gauge, help: "A \\ and\na break.", samples: [sample])
                ])
            })
        let text = try AdminFixture(information: information).send(.get, "/metrics").text
        #expect(text.contains("# HELP demo_load_ratio A \\\\ and\\na break.\n# TYPE demo_load_ratio gauge\n"))
        #expect(text.contains("demo_load_ratio{path=\"C:\\\\\"} 0.25\n"))
        #expect(text.contains(#"switchboard_connections{platform="shop",node="a\"b\\c\nd"} 0"#))
    }

    @Test func `metrics that another part cannot give make the page 503`() throws {
        let information = ServerInformation(metrics: { $0.makeFailedFuture(EventLoopError.shutdown) })
        let answer = try AdminFixture(information: information).send(.get, "/metrics")
        #expect(answer.status == 503)
        #expect(try answer.fault == "shuttingDown")
    }
}
