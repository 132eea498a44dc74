// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime

/// Reads `auth.trust`: networks as CIDR blocks (RFC 4632 §3.1, RFC 4291 §2.3).
struct NetworkCompiler {
    let isProduction: Bool
    let faults: FaultCollector

    /// `loopback` as its blocks, an address without a length as a block of one.
    func networks(_ node: DocumentNode) -> [String] {
        var networks: [String] = []
        for element in node.elements where !element.isEmptyVariable && !(element.isNull && element.origin != .file) {
            for part in element.text("a network", self.faults)?.split(separator: ",") ?? [] {
                let text = part.trimmingCharacters(in: .whitespaces)
                if text.isEmpty { continue }
                for network in text == "loopback" ? ["127.0.0.0/8", "::1/128"] : [self.network(text, at: element)] {
                    if let network, !networks.contains(network) { networks.append(network) }
                }
            }
        }
        return networks
    }

    private func network(_ text: String, at node: DocumentNode) -> String? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let bytes = Self.address(parts[0]) else { return self.refuse(text, at: node) }
        let bitCount = bytes.count * 8
        guard parts.count == 2 else { return "\(text)/\(bitCount)" }
        guard let length = Int(parts[1]), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            (0...bitCount).contains(length)
        else { return self.refuse(text, at: node) }
        let hasFurtherBits = bytes.enumerated().contains { index, byte in
            let kept = min(max(length - index * 8, 0), 8)
            return byte & UInt8(truncatingIfNeeded: 0xFF >> kept) != 0
        }
        guard !hasFurtherBits else {
            self.faults.error(
                "\"\(text)\" has bits behind its length of \(length)", at: node.location,
                hint: "write the network's own address, such as 10.0.0.0/8, or one address without a length")
            return nil
        }
        if length == 0 { self.checkEverybody(text, at: node) }
        return text
    }

    private func refuse(_ text: String, at node: DocumentNode) -> String? {
        self.faults.error(
            "\"\(text)\" is no network", at: node.location,
            hint: "write loopback, or an address and a length such as 10.0.0.0/8 or fd00::/8")
        return nil
    }

    /// Whoever writes it into the file means it; a variable may be set by somebody who does not know.
    private func checkEverybody(_ text: String, at node: DocumentNode) {
        guard self.isProduction else { return }
        if node.origin == .file {
            self.faults.warning(
                "\(text) is everybody: whoever reaches the server may publish", at: node.location,
                hint: "name the networks of your backends")
        } else {
            self.faults.error(
                "\(text) is everybody, and must not come from a variable in production mode", at: node.location,
                hint: "name the networks of your backends, or write \(text) into the contract")
        }
    }

    private static func address(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        return inet_pton(AF_INET6, text, &six) == 1 ? withUnsafeBytes(of: &six) { Array($0) } : nil
    }
}
