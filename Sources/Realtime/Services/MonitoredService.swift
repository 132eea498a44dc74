// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON

/// A service as it was registered, by the contract or over the admin API.
package struct MonitoredService: Sendable, Equatable {
    /// 1 to 128 of a–z, A–Z, 0–9 and `_ - . :`.
    package let name: String
    /// An address, see ``ServiceAddress``.
    package var url: String
    /// Where it is asked; `nil`: it reports by itself.
    package var health: String?
    package var port: Int
    package var version: String?
    /// Milliseconds between two questions; `nil`: as the contract says for all.
    package var every: Int64?

    /// In milliseconds: more often would be a burden, more rarely no watching.
    package static let intervals: ClosedRange<Int64> = 1_000...86_400_000

    package enum Fault: Error {
        case name, url, health

        package var message: String {
            switch self {
            case .name: "a service's name is 1 to 128 of a-z, A-Z, 0-9 and _ - . :"
            case .url: "is no address such as http://auth.internal:4000"
            case .health: "is neither an address nor a path such as /health"
            }
        }
    }

    /// - Parameters:
    ///   - health: an address, or a path at the host of `url`.
    ///   - port: `nil`: that of `url`.
    package init(
        name: String, url: String, health: String? = nil, port: Int? = nil, version: String? = nil, every: Int64? = nil
    ) throws(Fault) {
        guard Self.isName(name) else { throw .name }
        guard let address = ServiceAddress(url) else { throw .url }
        self.name = name
        self.url = url
        self.port = port ?? address.port
        self.version = version
        self.every = every.map { min(max($0, Self.intervals.lowerBound), Self.intervals.upperBound) }
        guard let health else { return }
        let whole = health.hasPrefix("/") ? address.origin + health : health
        guard ServiceAddress(whole) != nil else { throw .health }
        self.health = whole
    }

    package static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }

    /// What others are told when it is discovered has not changed.
    package func isAnnounced(as other: Self) -> Bool {
        self.url == other.url && self.port == other.port && self.version == other.version
    }

    // MARK: As it is kept

    /// - Returns: `nil` when it is not what ``content(origin:isLost:)`` makes.
    init?(name: String, content: JSONNode) {
        guard let url = content["url"]?.string else { return nil }
        do throws(Fault) {
            try self.init(
                name: name, url: url, health: content["health"]?.string, port: content["port"]?.int,
                version: content["version"]?.string, every: content["every"]?.int.map { Int64($0) })
        } catch { return nil }
    }

    package func write(to writer: inout JSONWriter) {
        writer.key("url")
        writer.string(self.url)
        if let health {
            writer.key("health")
            writer.string(health)
        }
        writer.key("port")
        writer.int(self.port)
        if let version {
            writer.key("version")
            writer.string(version)
        }
    }
}
