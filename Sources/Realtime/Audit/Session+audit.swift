// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections

extension Session {
    /// Takes down that the connection is open, where that is wanted.
    ///
    /// - Parameter address: where it comes from.
    package func auditOpening(address: String) {
        guard self.platform.audit != nil else { return }
        self.hub.auditNotes[self.port.number] = AuditNote(address: address)
        self.audit(.connect)
    }

    func auditClosing() {
        guard self.platform.audit != nil else { return }
        self.audit(.disconnect, reason: self.hub.auditNotes[self.port.number]?.ending)
        self.hub.auditNotes[self.port.number] = nil
    }

    /// Notes why the server ends the connection; taken down when it has ended.
    func noteEnding(_ code: RequestError.Code) {
        guard self.platform.audit != nil else { return }
        self.hub.auditNotes[self.port.number]?.ending = code.rawValue
    }

    /// - Parameters:
    ///   - error: why it was refused.
    ///   - reason: why it happened, where nobody asked for it.
    ///   - app: whom an event was for.
    func audit(
        _ action: AuditEntry.Action, app: String? = nil, channel: String? = nil, event: String? = nil,
        error: RequestError? = nil, reason: String? = nil
    ) {
        guard let trail = self.platform.audit else { return }
        trail.record(
            AuditEntry(
                action, platform: self.platform.name, user: self.identity?.user, app: app,
                connection: ConnectionID.text(of: self.port.number),
                address: self.hub.auditNotes[self.port.number]?.address, channels: channel.map { [$0] } ?? [],
                event: event,
                reason: error?.code.rawValue ?? reason, isAllowed: error == nil))
    }
}

/// What is taken down of a connection later, on a platform with an audit trail.
struct AuditNote {
    var address: String
    var ending: String?
}

extension LoopHub {
    /// Takes down that a connection was refused before it was one.
    package func auditRefusal(of number: UInt64, address: String, _ error: RequestError) {
        self.platform.audit?.record(
            AuditEntry(
                .refuse, platform: self.platform.name, connection: ConnectionID.text(of: number), address: address,
                reason: error.code.rawValue, isAllowed: false))
    }
}

extension Platform {
    /// Takes down a publication by a command or an HTTP route of the contract.
    func auditPublish(
        _ request: PublishRequest?,
        in scope: TemplateScope,
        as caller: OperationCaller,
        to channels: [ChannelName],
        _ error: RequestError?
    ) {
        guard let trail = self.audit else { return }
        let names = channels.isEmpty ? request?.channels ?? [] : channels.map(\.rawValue)
        trail.record(
            AuditEntry(
                .publish, platform: self.name, user: caller.identity?.user, app: caller.app?.id,
                connection: scope.connectionNumber.map { ConnectionID.text(of: $0) }, channels: names,
                event: request?.event, reason: error?.code.rawValue, isAllowed: error == nil))
    }

    /// Takes down that somebody is not the app that he says he is.
    ///
    /// - Parameter app: the id that he named.
    package func auditRefusal(ofApp app: String?, address: String, operation: String, _ error: RequestError) {
        self.audit?.record(
            AuditEntry(
                .refuse, platform: self.name, app: app, address: address, operation: operation,
                reason: error.code.rawValue, isAllowed: false))
    }
}
