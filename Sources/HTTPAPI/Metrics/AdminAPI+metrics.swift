// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import HTTP
import NIOCore
import Realtime

extension AdminAPI {
    /// The Prometheus text format 0.0.4.
    func showMetrics(_ exchange: Exchange) {
        let loop = exchange.eventLoop
        let gathered = self.platforms.map { platform in
            platform.statistics(gatheredOn: loop).map { PlatformFigures(platform, $0) }
        }
        let platforms = EventLoopFuture.whenAllSucceed(gathered, on: loop)
        let page = platforms.and(self.information.metrics(loop)).map { platforms, others in
            var page = MetricsText()
            for family in MetricFamily.families(of: platforms, node: self.information.node) { page.append(family) }
            for family in MetricFamily.webhooks(of: self.platforms, node: self.information.node) {
                page.append(family)
            }
            for family in others { page.append(family) }
            for family in self.processFamilies { page.append(family) }
            return page.text
        }
        exchange.answer(with: page) { text in
            HTTPResponse(
                .ok, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
                body: ByteBuffer(string: text))
        }
    }

    /// The names that Prometheus' own client libraries use, so that dashboards for them work here.
    private var processFamilies: [MetricFamily] {
        let process = ProcessFigures()
        let startedAt = Double(self.information.startedAt.milliseconds) / 1000
        let families: [(String, MetricFamily.Kind, String, Double?)] = [
            ("process_cpu_seconds_total", .counter, "User and system CPU time.", process.cpuSeconds),
            ("process_resident_memory_bytes", .gauge, "Resident memory.", process.residentByteCount),
            ("process_virtual_memory_bytes", .gauge, "Virtual memory.", process.virtualByteCount),
            ("process_open_fds", .gauge, "Open file descriptors.", process.openDescriptorCount),
            ("process_max_fds", .gauge, "The most file descriptors that may be open.", process.maximumDescriptorCount),
            ("process_start_time_seconds", .gauge, "Start of the server since 1970-01-01T00:00:00Z.", startedAt),
        ]
        let build = MetricFamily.Sample(
            1, labels: [("version", self.information.version), ("node", self.information.node)])
        return families.compactMap { name, kind, help, value in
            value.map { MetricFamily(name, kind, help: help, samples: [.init($0)]) }
        } + [
            MetricFamily(
                "switchboard_build_info", .gauge, help: "Always 1; the labels tell what is running.",
                samples: [build])
        ]
    }
}
