// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractDocuments
import ContractOutline
import HTTPAPI
import NIOCore
import Synchronization

/// The documents of the contracts that are served. Each is made when it is first asked for, off the event loops, and kept until the
/// next reload.
final class DocumentShelf: Sendable {
    private struct Place: Hashable {
        var platform: String
        var format: DocumentFormat
    }

    private struct State {
        var outlines: [ContractOutline] = []
        /// Changes with each reload, so that what was begun before it is not kept.
        var edition = 0
        var made: [Place: ServedDocument] = [:]
        var list: ServedDocument?
    }

    /// Where each platform's listeners are, in the order of the contract: a port that the system chose is in no contract.
    private let ports: [String: [Int]]
    private let state = Mutex(State())

    init(addresses: [Server.ListenerAddress]) {
        self.ports = Dictionary(grouping: addresses, by: \.platform).mapValues { $0.map(\.port) }
    }

    /// From now on these contracts are told of.
    func replace(_ outlines: [ContractOutline]) {
        let placed = outlines.map { outline in
            var outline = outline
            for (index, port) in (self.ports[outline.name] ?? []).enumerated()
            where outline.endpoints.indices.contains(index) && port != 0 {
                outline.endpoints[index].port = port
            }
            return outline
        }
        self.state.withLock { state in
            state.outlines = placed
            state.edition += 1
            state.made = [:]
            state.list = nil
        }
    }

    /// For the administrative API.
    var source: @Sendable (_ path: String) async -> ServedDocument? {
        { [self] path in await self.document(at: path) }
    }

    /// - Parameter path: `/NAME` with the ending of a format, or nothing for the list of platforms.
    func document(at path: String) async -> ServedDocument? {
        guard path.hasPrefix("/") else { return path.isEmpty ? self.list() : nil }
        let file = path.dropFirst()
        // The longest ending first: that of the page is nothing.
        for format in DocumentFormat.allCases.sorted(by: { $0.ending.count > $1.ending.count })
        where file.hasSuffix(format.ending) {
            let name = String(file.dropLast(format.ending.count))
            if let document = self.document(of: Place(platform: name, format: format)) { return document }
        }
        return nil
    }

    private func document(of place: Place) -> ServedDocument? {
        let (made, outline, edition) = self.state.withLock { state in
            (state.made[place], state.outlines.first { $0.name == place.platform }, state.edition)
        }
        guard made == nil, let outline else { return made }
        let text = ContractDocuments(outline).text(place.format)
        let document = ServedDocument(text, mediaType: place.format.mediaType, policy: place.format.policy)
        self.state.withLock { state in
            if state.edition == edition { state.made[place] = document }
        }
        return document
    }

    private func list() -> ServedDocument {
        let (made, outlines, edition) = self.state.withLock { ($0.list, $0.outlines, $0.edition) }
        if let made { return made }
        let list = DocumentList(outlines.map { ($0.name, $0.title) })
        let document = ServedDocument(list.html, mediaType: DocumentFormat.html.mediaType, policy: DocumentList.policy)
        self.state.withLock { state in
            if state.edition == edition { state.list = document }
        }
        return document
    }
}

extension ServedDocument {
    fileprivate init(_ text: String, mediaType: String, policy: String) {
        self.init(
            body: ByteBuffer(string: text), mediaType: mediaType, tag: DocumentTag.tag(of: text), policy: policy)
    }
}
