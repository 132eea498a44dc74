// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Certificates
import Foundation
import Realtime

/// Reads the `tls:` of a listener.
struct TLSCompiler {
    /// Paths in the contract are relative to its folder.
    let folder: URL
    let faults: FaultCollector

    /// - Returns: `nil`, too, when both files are left empty by their variables.
    func rules(_ node: DocumentNode) -> ListenerRules.TLS? {
        guard !node.isNull, let map = MapReader(node, ContractKeys.tls, what: "tls", self.faults) else { return nil }
        let certificate = self.file(map, "certificate")
        let key = self.file(map, "key")
        guard certificate != nil || key != nil else {
            if map["certificate"] == nil, map["key"] == nil {
                self.faults.error(
                    "\"tls\" needs \"certificate\" and \"key\"", at: node.location,
                    hint: "write the paths of two PEM files")
            }
            return nil
        }
        guard let certificate, let key else {
            let (given, missing) = certificate == nil ? ("key", "certificate") : ("certificate", "key")
            if map[missing].map({ $0.isEmptyVariable || $0.isNull }) ?? true {
                self.faults.error(
                    "\"\(given)\" needs \"\(missing)\"", at: map.keyLocation(given),
                    hint: "write the path of a PEM file")
            }
            return nil
        }
        self.check(CertificateFiles(certificate: certificate, key: key), map)
        return ListenerRules.TLS(certificateFile: certificate, keyFile: key)
    }

    private func check(_ files: CertificateFiles, _ map: MapReader) {
        do throws(CertificateFault) {
            let expiresAt = try files.load().expiresAt
            if expiresAt < Int64(Date().timeIntervalSince1970), let node = map["certificate"] {
                self.faults.warning(
                    "the certificate in \(files.certificate) has expired", at: node.location,
                    hint: "clients will not connect; put a new one in its place, which is seen without a restart")
            }
        } catch {
            self.faults.error(
                "\(error)", at: map[error.file.rawValue]?.location ?? map.node.location,
                hint: error.hint ?? "paths are relative to the contract's folder")
        }
    }

    private func file(_ map: MapReader, _ key: String) -> String? {
        guard let node = map[key], !node.isEmptyVariable, !node.isNull,
            let path = node.nonEmptyText("\"\(key)\"", self.faults)
        else { return nil }
        return URL(fileURLWithPath: path, relativeTo: self.folder).standardizedFileURL.path
    }
}
