// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import BackendClient
import Realtime

/// Reads `webhooks:`, what the platform's backend is told.
struct WebhookCompiler {
    let isProduction: Bool
    let channels: ChannelCheck
    let faults: FaultCollector

    /// - Parameter hasPresence: somewhere it is counted who is online.
    /// - Returns: `nil`, too, when there is no address.
    func webhooks(_ node: DocumentNode?, hasPresence: Bool) -> WebhookRules? {
        guard let node, let map = MapReader(node, ContractKeys.webhooks, what: "webhooks", self.faults) else {
            return nil
        }
        let kinds = map["events"].map { self.kinds($0, hasPresence: hasPresence) }
        let patterns = map["channels"].map { node in
            Set(node.elements.compactMap { self.channels.declared($0, what: "\"channels\"") })
        }
        let deadline = map["deadline"]?.duration("\"deadline\"", self.faults)
        let retry = self.retry(map["retry"])
        let concurrency = map["concurrency"]?.integer("\"concurrency\"", in: 1...1000, self.faults)
        guard let value = map.required("url", hint: "write url: ${WEBHOOKS:-}, and no events are sent until it is set"),
            !value.isEmptyVariable
        else { return nil }
        let url = value.address("\"url\"", example: "https://backend.example/realtime", self.faults)
        let secret = BackendSecret(isProduction: self.isProduction, faults: self.faults).secret(map)
        guard let url, let secret else { return nil }
        let possible = WebhookEvent.Kind.allCases.filter { hasPresence || !$0.isOfPresence }
        var rules = WebhookRules(url: url, secret: secret, kinds: kinds ?? Set(possible), patterns: patterns)
        rules.retry = retry
        if let deadline { rules.deadline = deadline }
        if let concurrency { rules.concurrency = concurrency }
        return rules
    }

    private func kinds(_ node: DocumentNode, hasPresence: Bool) -> Set<WebhookEvent.Kind> {
        var kinds: Set<WebhookEvent.Kind> = []
        for element in node.elements {
            let words = WebhookEvent.Kind.allCases.map(\.rawValue)
            guard let kind = element.word("\"events\"", among: words, self.faults).flatMap(WebhookEvent.Kind.init)
            else {
                continue
            }
            if kind.isOfPresence && !hasPresence {
                self.faults.error(
                    "nobody counts who is online, so that \"\(kind.rawValue)\" never happens", at: element.location,
                    hint: "write presence: or channels: { NAME: { presence: … } }")
            }
            kinds.insert(kind)
        }
        return kinds
    }

    private func retry(_ node: DocumentNode?) -> WebhookRules.Retry {
        var retry = WebhookRules.Retry()
        guard let node, let map = MapReader(node, ContractKeys.webhookRetry, what: "webhooks.retry", self.faults) else {
            return retry
        }
        if let from = map["from"]?.duration("\"from\"", self.faults) { retry.from = from }
        if let to = map["to"]?.duration("\"to\"", self.faults) { retry.to = to }
        if let age = map["for"]?.duration("\"for\"", self.faults) { retry.age = age }
        if retry.to < retry.from {
            self.faults.error("\"to\" must not be shorter than \"from\"", at: map["to"]?.location ?? node.location)
        }
        return retry
    }
}

/// Reads the secret with which messages to a backend are signed.
struct BackendSecret {
    let isProduction: Bool
    let faults: FaultCollector

    /// - Parameter map: has it as `secret`, which it must.
    func secret(_ map: MapReader) -> String? {
        map.required("secret", hint: Self.hint).flatMap(self.secret)
    }

    static let hint = "write secret: ${NAME}, with 24 to 64 random bytes: whsec_ and their base64"

    func secret(_ value: DocumentNode) -> String? {
        guard !value.isEmptyVariable else {
            self.faults.error(
                "\"secret\" must not be empty where there is an address", at: value.location, hint: Self.hint)
            return nil
        }
        guard let text = value.nonEmptyText("\"secret\"", self.faults) else { return nil }
        if self.isProduction && value.origin != .variable {
            self.faults.error(
                "a secret must not be written in the contract in production mode", at: value.location,
                hint: "write secret: ${NAME} and set the variable NAME in the server's environment")
        }
        guard WebhookSignature(secret: text) != nil else {
            self.faults.error(
                "\"secret\" is no secret that signs webhooks", at: value.location,
                hint: "make one with: echo whsec_$(openssl rand -base64 32)")
            return nil
        }
        return text
    }
}

extension WebhookEvent.Kind {
    fileprivate var isOfPresence: Bool { self == .presenceOnline || self == .presenceOffline }
}
