// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import NIOSSL
import Synchronization

/// The certificate that new connections see, exchanged when its files change. Safe from any thread.
package final class ServedCertificate: Sendable {
    private struct State {
        var loaded: CertificateFiles.Loaded
        /// Of what was tried last, good or not.
        var stamps: [CertificateFiles.Stamp?]
    }

    package let files: CertificateFiles
    private let state: Mutex<State>

    /// Reads the files, which must be good at the start.
    package init(_ files: CertificateFiles) throws(CertificateFault) {
        self.files = files
        // From before they are read: a change meanwhile shows the next time.
        let stamps = files.stamps()
        self.state = Mutex(State(loaded: try files.load(), stamps: stamps))
    }

    /// What the next handshake is done with; those before go on with what they had.
    package var context: NIOSSLContext { self.state.withLock { $0.loaded.context } }

    /// Seconds since 1970.
    package var expiresAt: Int64 { self.state.withLock { $0.loaded.expiresAt } }

    /// Looks at the files, two system calls, and reads them if they have changed. Not from several threads at once.
    ///
    /// - Returns: whether there is a new certificate; files that are not good leave the old one in its place, and are told once for
    ///   each change.
    package func refresh() throws(CertificateFault) -> Bool {
        let stamps = self.files.stamps()
        let isKnown = self.state.withLock { state in
            defer { state.stamps = stamps }
            return state.stamps == stamps
        }
        guard !isKnown else { return false }
        let loaded = try self.files.load()
        self.state.withLock { $0.loaded = loaded }
        return true
    }
}
