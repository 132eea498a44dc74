// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Certificates
package import HTTP

/// What an operator decides about a running server, apart from the contracts.
package struct ServerConfiguration: Sendable {
    /// Contract files, at least one.
    package var contractFiles: [String] = []
    /// Where everything that lasts is kept.
    package var dataFolder = "data"
    /// The admin API listens here; loopback unless the operator says otherwise.
    package var adminHost = "127.0.0.1"
    /// 0 lets the system choose.
    package var adminPort = 9000
    /// The admin API is encrypted with it; `nil`: it is not.
    package var adminCertificate: CertificateFiles?
    /// The admin API's first key; `nil`: one is made at first start and kept in the data folder.
    package var apiKey: String?
    /// Where it is taken down who did what; `nil`: nowhere.
    package var auditLog: String?
    /// Where requests are taken down, `-` for standard output; `nil`: nowhere.
    package var accessLog: String?
    /// What a file of either holds before it is put aside.
    package var logByteCount = 100_000_000
    /// Event loops; `nil`: one for each core.
    package var loopCount: Int?
    /// Proxies whose word on their clients is taken.
    package var trustedProxies: [AddressBlock] = []
    /// A PEM file with the only authorities whose certificates are believed of backends; `nil`: those that the machine believes.
    package var backendAuthorities: String?
    /// How long clients and requests under way have when the server ends, in milliseconds.
    package var drainLimit: Int64 = 15_000
    /// Secrets must be given, nothing is made up, clients come encrypted.
    package var isProduction = false
    /// Stands in for the backends: plays the scenarios, and publishes the examples of contracts that have none, about one a second.
    package var isMock = false
    /// Files of scenarios, one for a platform at most.
    package var scenarioFiles: [String] = []
    /// A folder with files for browsers, served by the admin listener; `nil`: there are none.
    package var pagesFolder: String?
    /// The admin listener shows what the contracts say, to whoever reaches it.
    package var servesDocuments = true
    /// Replaces the process's environment, for `${NAME}` in contracts.
    package var environment: [String: String] = [:]

    package init() {}
}
