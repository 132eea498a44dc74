// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates

/// Whose certificates a client believes of a server that encrypts. TLS 1.2 is the lowest version.
public enum ClientTrust: Sendable, Equatable {
    /// Those that the machine believes.
    case machine
    /// Only those in a PEM file, or signed by them. Read once, when the client is made.
    case file(String)
    /// Only these, or signed by them: a text in PEM.
    case certificates(String)

    func loaded() throws(ClientFault) -> CertificateTrust {
        do throws(CertificateFault) {
            return switch self {
            case .machine: try CertificateTrust()
            case .file(let path): try CertificateTrust(file: path)
            case .certificates(let pem): try CertificateTrust(pem: pem)
            }
        } catch {
            throw ClientFault(.configuration, "\(error)", underlying: error)
        }
    }
}
