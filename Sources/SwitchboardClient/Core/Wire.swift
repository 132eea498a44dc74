// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// A dialect made ready: paths split, frames told apart and commands written by it.
struct Wire: Sendable {
    /// What a frame of the server is.
    enum Frame {
        case welcome
        /// - Parameter lacking: those of the channels of which not all that was missed comes.
        case subscribed([String], lacking: [String])
        case unsubscribed([String])
        case pong
        case error(message: String, code: String?, channel: String?)
        case event(name: String, data: JSONNode?)
        case unknown
    }

    struct Path: Sendable {
        private let names: [String]

        init(_ text: String) { self.names = text.split(separator: ".").map(String.init) }

        func node(in root: JSONNode) -> JSONNode? {
            var node = root
            for name in self.names {
                guard let next = node[name] else { return nil }
                node = next
            }
            return node
        }
    }

    private struct Shape: Sendable {
        let members: [(path: Path, value: String)]

        init(_ members: [String: String]) { self.members = members.map { (Path($0.key), $0.value) } }

        func fits(_ root: JSONNode) -> Bool {
            !self.members.isEmpty
                && self.members.allSatisfy { $0.path.node(in: root)?.isString(equalTo: $0.value) == true }
        }
    }

    let dialect: Dialect
    let isSocketIO: Bool
    /// Whether anything is told by frames besides events.
    let hasShapes: Bool
    private let welcome: Shape?
    private let subscribed: (shape: Shape, channel: Path?, channels: Path?, recovered: Path?)?
    private let unsubscribed: (shape: Shape, channel: Path?, channels: Path?)?
    private let pong: Shape?
    private let error: (shape: Shape, message: Path?, code: Path?, channel: Path?)?
    private let event: (name: Path, data: Path, time: Path?, id: Path?, position: Path?)

    init(_ dialect: Dialect) {
        self.dialect = dialect
        self.isSocketIO = dialect.socketIO != nil
        self.welcome = dialect.welcome.map { Shape($0.is) }
        self.subscribed = dialect.subscribed.map {
            (Shape($0.is), $0.channel.map(Path.init), $0.channels.map(Path.init), $0.recovered.map(Path.init))
        }
        self.unsubscribed = dialect.unsubscribed.map {
            (Shape($0.is), $0.channel.map(Path.init), $0.channels.map(Path.init))
        }
        self.pong = dialect.pong.map { Shape($0.is) }
        self.error = dialect.error.map {
            (Shape($0.is), $0.message.map(Path.init), $0.code.map(Path.init), $0.channel.map(Path.init))
        }
        self.event = (
            Path(dialect.event.name), Path(dialect.event.data), dialect.event.time.map(Path.init),
            dialect.event.id.map(Path.init), dialect.event.position.map(Path.init)
        )
        self.hasShapes =
            self.welcome != nil || self.subscribed != nil || self.unsubscribed != nil || self.pong != nil
            || self.error != nil || self.event.position != nil
    }

    // MARK: - Frames

    func frame(_ root: JSONNode) -> Frame {
        if self.isSocketIO {
            guard let name = root[0]?.string else { return .unknown }
            return .event(name: name, data: root[1])
        }
        if self.welcome?.fits(root) == true { return .welcome }
        if let subscribed = self.subscribed, subscribed.shape.fits(root) {
            let channels = Self.channels(subscribed.channel, subscribed.channels, in: root)
            return .subscribed(channels, lacking: Self.lacking(channels, subscribed.recovered?.node(in: root)))
        }
        if let unsubscribed = self.unsubscribed, unsubscribed.shape.fits(root) {
            return .unsubscribed(Self.channels(unsubscribed.channel, unsubscribed.channels, in: root))
        }
        if self.pong?.fits(root) == true { return .pong }
        if let error = self.error, error.shape.fits(root) {
            let message = error.message?.node(in: root)?.string ?? "the server refuses it"
            return .error(
                message: message, code: error.code?.node(in: root).flatMap(Self.text),
                channel: error.channel?.node(in: root)?.string)
        }
        guard let name = self.event.name.node(in: root)?.string else { return .unknown }
        return .event(name: name, data: self.event.data.node(in: root))
    }

    func id(of root: JSONNode) -> String? {
        if self.isSocketIO { return root.count > 2 ? root[2]?.string : nil }
        return self.event.id?.node(in: root).flatMap(Self.text)
    }

    func time(of root: JSONNode) -> String? { self.event.time?.node(in: root).flatMap(Self.text) }

    func position(of root: JSONNode) -> String? { self.event.position?.node(in: root)?.string }

    /// By what an event is known that comes twice; `nil`: by nothing, or the server takes care of it.
    func identity(of root: JSONNode) -> String? {
        self.isSocketIO ? nil : self.position(of: root) ?? self.id(of: root)
    }

    /// Whether a frame is the answer that is awaited.
    func fits(_ answer: Dialect.Answer, _ root: JSONNode) -> Bool { Shape(answer.is).fits(root) }

    /// What the server says when it refuses, in a JSON object: `message`, and a `code` beside it or in `data`.
    static func refusal(in text: String) -> (message: String, code: String?) {
        let root = (try? JSONDocument(parsing: text))?.root
        let code = (root?["code"] ?? root?["data"]?["code"]).flatMap(Self.text)
        return (root?["message"]?.string ?? root?.string ?? "the server does not let this client in", code)
    }

    /// What is wrong, when the answer of a callback says so: its member `error`, a text or an object.
    static func fault(inAnswer node: JSONNode?) -> (message: String, code: String?)? {
        guard let error = node?["error"], !error.isNull else { return nil }
        let message = error.string ?? error["message"]?.string ?? node?["message"]?.string ?? "the server refuses it"
        return (message, (error["code"] ?? node?["code"]).flatMap(Self.text))
    }

    private static func channels(_ channel: Path?, _ channels: Path?, in root: JSONNode) -> [String] {
        var names: [String] = []
        for path in [channel, channels] {
            guard let node = path?.node(in: root) else { continue }
            if let name = node.string { names.append(name) }
            names += node.elements.compactMap(\.string)
        }
        return names
    }

    /// - Parameter recovered: whether everything comes, or of which channels it does.
    private static func lacking(_ channels: [String], _ recovered: JSONNode?) -> [String] {
        if recovered?.kind == .array {
            let complete = Set(recovered?.elements.compactMap(\.string) ?? [])
            return channels.filter { !complete.contains($0) }
        }
        return recovered?.bool == false ? channels : []
    }

    private static func text(_ node: JSONNode) -> String? { node.string ?? node.numberText }
}
