// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Certificates
import Dispatch
import Foundation
import HTTP
import Logging
import Realtime
import Server

/// `switchboard serve`: runs contracts until it is told to stop.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve contracts.",
        discussion: """
              switchboard serve Contracts/rangkai.yaml --data /var/lib/switchboard

            Reads the contracts again on SIGHUP, all of them or, when something is wrong, none. Runs until SIGTERM or SIGINT, then tells every client that it goes away, commits what is under way and exits 0.

            Environment: SWITCHBOARD_DATA, SWITCHBOARD_ADMIN_HOST, SWITCHBOARD_ADMIN_PORT, \
            SWITCHBOARD_ADMIN_CERTIFICATE, SWITCHBOARD_ADMIN_KEY, SWITCHBOARD_API_KEY, SWITCHBOARD_TRUSTED_PROXIES, SWITCHBOARD_BACKEND_CA, SWITCHBOARD_AUDIT_LOG, SWITCHBOARD_ACCESS_LOG, SWITCHBOARD_DOCS, SWITCHBOARD_ENV=production, and whatever the contracts name as ${NAME}. A flag wins over the environment.
            """)

    @Argument(help: "Contract files.", completion: .file(extensions: ["yaml", "yml"]))
    var files: [String]

    @OptionGroup var data: DataOptions

    @Flag(
        help: """
            Stand in for the backends: play the scenarios, and publish the examples of contracts without one, one a second. \
            Not in production.
            """)
    var mock = false

    @Option(
        help: "A scenario for --mock, see docs/testing.md; once for each platform that has one.",
        completion: .file(extensions: ["yaml", "yml"]))
    var scenario: [String] = []

    @Option(
        help: "A folder with files for browsers, which the admin API's address then shows at /. (default: none)",
        completion: .directory)
    var pages: String?

    @Option(help: "The address of the admin API. (default: $SWITCHBOARD_ADMIN_HOST, else 127.0.0.1)")
    var adminHost: String?

    @Option(help: "The port of the admin API. (default: $SWITCHBOARD_ADMIN_PORT, else 9000)")
    var adminPort: Int?

    @Option(
        help:
            "A certificate in PEM, with which the admin API is encrypted. (default: $SWITCHBOARD_ADMIN_CERTIFICATE, else it is not)"
    )
    var adminCertificate: String?

    @Option(help: "The certificate's private key, in PEM. (default: $SWITCHBOARD_ADMIN_KEY)")
    var adminKey: String?

    @Option(help: "Event loops, 1 to 64. (default: one for each core)")
    var loops: Int?

    @Option(
        help: """
            Proxies whose word on their clients is taken: addresses, networks such as 10.0.0.0/8, and loopback, with commas \
            between them. (default: $SWITCHBOARD_TRUSTED_PROXIES, else none)
            """)
    var trustedProxies: String?

    @Option(
        help: """
            A PEM file with the only certificates to believe of backends that are asked over https. \
            (default: $SWITCHBOARD_BACKEND_CA, else the machine's)
            """, completion: .file(extensions: ["pem", "crt"]))
    var backendCa: String?

    @Option(help: "Take down who did what, as JSON lines in this file. (default: $SWITCHBOARD_AUDIT_LOG, else nowhere)")
    var auditLog: String?

    @Option(help: "What a file of the audit or access log holds before it is put aside, such as 100MB; five are kept.")
    var auditLogSize = ByteCount(100_000_000)

    @Option(
        help:
            "Take down requests, as JSON lines in this file or, for -, on standard output. (default: $SWITCHBOARD_ACCESS_LOG, else nowhere)"
    )
    var accessLog: String?

    @Flag(
        inversion: .prefixedNo,
        help:
            "Show what the contracts say at /docs of the admin API, without a key. (default: unless $SWITCHBOARD_DOCS is false)"
    )
    var docs: Bool?

    @Option(help: "How long clients and requests under way have when the server ends, up to 1h.")
    var drain = Lifetime(seconds: 15)

    @Flag(help: "Take no secrets but those given: nothing is made up, none may stand in a contract, none may be weak.")
    var production = false

    @Option(
        help: "trace, debug, info, notice, warning or error.",
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("\"\(text)\" is not a level; take trace, debug, info, notice, warning or error")
            }
            return level
        })
    var logLevel: Logger.Level = .notice

    func validate() throws {
        if let adminPort, !(0...65_535).contains(adminPort) {
            throw ValidationError("--admin-port takes 0 to 65535")
        }
        if !(0...3600).contains(self.drain.seconds) { throw ValidationError("--drain takes 0s to 1h") }
        if let loops, !(1...Platform.maximumLoopCount).contains(loops) {
            throw ValidationError("--loops takes 1 to \(Platform.maximumLoopCount)")
        }
    }

    func run() throws {
        let configuration = try self.serverConfiguration()
        let level = self.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let signals = StopSignals()
        let hangups = ReloadSignal()
        let logger = Logger(label: "switchboard")
        let failed = Blocking.run {
            do {
                let server = try await Server.start(configuration, logger: logger)
                await StartReport(server, configuration: configuration).print()
                let reloading = Task { for await _ in hangups.arrivals { await server.reload() } }
                await signals.wait()
                reloading.cancel()
                await server.stop()
                return false
            } catch {
                Console.complain(of: error)
                return true
            }
        }
        if failed { throw ExitCode.failure }
    }

    private func serverConfiguration() throws -> ServerConfiguration {
        let environment = ProcessInfo.processInfo.environment
        var configuration = ServerConfiguration()
        configuration.contractFiles = self.files
        configuration.dataFolder = self.data.path
        configuration.adminHost = self.adminHost ?? environment["SWITCHBOARD_ADMIN_HOST"] ?? "127.0.0.1"
        configuration.adminPort = try self.adminPort ?? Self.port(environment["SWITCHBOARD_ADMIN_PORT"]) ?? 9000
        configuration.adminCertificate = try self.certificate(environment)
        configuration.apiKey = environment["SWITCHBOARD_API_KEY"]
        configuration.trustedProxies = try Self.proxies(
            self.trustedProxies ?? environment["SWITCHBOARD_TRUSTED_PROXIES"] ?? "")
        configuration.backendAuthorities = Self.given(self.backendCa ?? environment["SWITCHBOARD_BACKEND_CA"])
        configuration.drainLimit = self.drain.seconds * 1000
        configuration.auditLog = Self.given(self.auditLog ?? environment["SWITCHBOARD_AUDIT_LOG"])
        configuration.accessLog = Self.given(self.accessLog ?? environment["SWITCHBOARD_ACCESS_LOG"])
        configuration.logByteCount = self.auditLogSize.count
        configuration.loopCount = self.loops
        configuration.isProduction = self.production || environment["SWITCHBOARD_ENV"] == "production"
        configuration.isMock = self.mock
        configuration.scenarioFiles = self.scenario
        configuration.pagesFolder = Self.given(self.pages)
        configuration.servesDocuments = self.docs ?? (environment["SWITCHBOARD_DOCS"] != "false")
        configuration.environment = environment
        return configuration
    }

    private func certificate(_ environment: [String: String]) throws -> CertificateFiles? {
        let certificate = Self.given(self.adminCertificate ?? environment["SWITCHBOARD_ADMIN_CERTIFICATE"])
        let key = Self.given(self.adminKey ?? environment["SWITCHBOARD_ADMIN_KEY"])
        switch (certificate, key) {
        case (let certificate?, let key?): return CertificateFiles(certificate: certificate, key: key)
        case (nil, nil): return nil
        default: throw ValidationError("--admin-certificate and --admin-key need each other")
        }
    }

    /// An empty variable is none.
    private static func given(_ path: String?) -> String? { path.flatMap { $0.isEmpty ? nil : $0 } }

    private static func proxies(_ list: String) throws -> [AddressBlock] {
        do throws(AddressBlock.UnreadableBlock) {
            return try AddressBlock.list(parsing: list)
        } catch {
            throw ValidationError(
                "\"\(error.text)\" is no trusted proxy; write an address, a network such as 10.0.0.0/8, or loopback")
        }
    }

    private static func port(_ text: String?) throws -> Int? {
        guard let text else { return nil }
        guard let port = Int(text), (0...65_535).contains(port) else {
            throw ValidationError("SWITCHBOARD_ADMIN_PORT is \"\(text)\", which is not a port")
        }
        return port
    }
}
