// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import EngineIO
package import JSON
import NIOCore
package import Realtime
package import SocketIO

/// Lets one connection's client into a platform's namespaces. Owned by the connection's loop.
///
/// Limits count the connection once, however many namespaces it joins (ORI-D18).
package final class PlatformGate: SocketGate {
    /// Of one connection, after which it ends: a client that is refused does not try again by itself.
    private static let maximumRefusals = 10

    let door: PlatformDoor
    let hub: LoopHub
    let port: any EnginePort
    let receiving: SharedReceiving
    let sessions = SessionGroup()
    /// Whom the connection counts for.
    private var admissions: [(user: UserID?, admission: Admission)] = []
    /// Why nobody is let in.
    private var refusal: RequestError?
    private var refusalCount = 0
    private var isFirst = true
    private(set) var isClosed = false

    package init(_ door: PlatformDoor, port: any EnginePort, hub: LoopHub) {
        self.door = door
        self.hub = hub
        self.port = port
        self.receiving = SharedReceiving(port)
        if let admission = hub.admission(from: port.handshake.remoteAddress, isShared: true) {
            self.refusal = admission.knock()
            self.admissions.append((nil, admission))
        }
    }

    package func join(_ link: SocketLink, auth: JSONNode) {
        guard let match = self.hub.rules.definition.namespace(link.namespace, ofListener: self.door.listener) else {
            // In the words of the reference, which clients and their tests compare.
            return link.refuse(message: "Invalid namespace")
        }
        if let refusal { return self.refuse(link, refusal) }
        if match.rules.isForApps { return AppSession.join(link, auth: auth, gate: self) }
        Entrance(link, auth: auth, gate: self).begin()
    }

    package func closed(_ reason: EngineCloseReason) {
        self.isClosed = true
        for entry in self.admissions { entry.admission.leave() }
        self.admissions = []
    }

    // MARK: For entrances

    func refuse(_ link: SocketLink, _ reason: RequestError) {
        let error = self.admissions.first?.admission.reconsider(reason) ?? reason
        self.hub.auditRefusal(of: self.port.number, address: self.port.handshake.remoteAddress, error)
        let (payload, code) = self.hub.refusal(error, of: self.port.number)
        self.refusalCount += 1
        guard let payload else { return link.close(.forcedClose, code: code) }
        link.refuse(payload)
        if self.refusalCount >= Self.maximumRefusals { link.port.close(.forcedClose, code: code) }
    }

    /// Counts the connection for a user, unless it is counted for him already.
    ///
    /// - Parameter completion: as that of ``Admission/enter(as:completion:)``.
    func count(_ user: UserID?, completion: @escaping (RequestError?) -> Void) {
        guard let first = self.admissions.first else { return completion(nil) }
        if self.isFirst {
            self.isFirst = false
            self.admissions[0].user = user
            return first.admission.enter(as: user, completion: completion)
        }
        guard let user, !self.admissions.contains(where: { $0.user == user }),
            let admission = self.hub.admission(from: self.port.handshake.remoteAddress, isShared: true)
        else { return completion(nil) }
        self.admissions.append((user, admission))
        admission.enter(as: user, completion: completion)
    }

    /// For the session of a user.
    func admission(of user: UserID?) -> Admission? {
        (self.admissions.first { $0.user == user } ?? self.admissions.first)?.admission
    }

    private var hasGivenNumber = false

    func takeNumber() -> UInt64 {
        guard self.hasGivenNumber else {
            self.hasGivenNumber = true
            return self.port.number
        }
        return self.door.makeNumber()
    }
}

@available(*, unavailable)
extension PlatformGate: Sendable {}
