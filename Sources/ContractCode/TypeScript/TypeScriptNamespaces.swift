// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Realtime

/// What goes over the namespaces of a Socket.IO contract, as the types that `socket.io-client` takes.
struct TypeScriptNamespaces {
    let outline: ContractOutline
    let model: CodeModel

    /// A namespace with what it is called here, which no other one is.
    private struct Named {
        let outline: NamespaceOutline
        /// In front of its types and behind `connect`; empty for `/`.
        let prefix: String
        /// Of the constant `namespace`.
        let member: String
    }

    func lines() -> [String] {
        var lines: [String] = []
        var seen: [String] = []
        let namespaces = self.outline.endpoints.flatMap(\.namespaces).filter { namespace in
            guard !namespace.isForApps, !seen.contains(namespace.name) else { return false }
            seen.append(namespace.name)
            return true
        }
        if self.model.commands.contains(where: \.mayOmitArguments) { lines += Self.optionalData }
        var (prefixes, members) = (NameTable(reserved: ["SocketIO"]), NameTable(reserved: []))
        let named = namespaces.map { namespace in
            let prefix = prefixes.take(Self.prefix(namespace.name), suffix: "Namespace")
            let member = members.take(prefix.isEmpty ? "main" : Identifier.camel(prefix), suffix: "Of")
            return Named(outline: namespace, prefix: prefix, member: member)
        }
        for one in named {
            let (namespace, prefix) = (one.outline, one.prefix)
            lines += TypeScriptText.comment(["What the server sends in the namespace `\(namespace.name)`"])
            lines.append("export interface \(prefix)ServerToClientEvents {")
            for event in self.model.events where self.reaches(event.name, namespace) {
                let key = TypeScriptText.key(event.name)
                lines.append("  \(key): (data: Events[\(TypeScriptText.string(event.name))], id: string) => void;")
            }
            for notice in self.model.socketNotices {
                let key = TypeScriptText.key(notice.name)
                lines.append("  \(key): (data: \(TypeScriptTypes.expression(notice.payload))) => void;")
            }
            if self.outline.emitsReconnect { lines.append("  reconnect: (attempt: number) => void;") }
            lines += ["}", ""]
            lines += TypeScriptText.comment(["What clients send in the namespace `\(namespace.name)`"])
            lines.append("export interface \(prefix)ClientToServerEvents {")
            for command in self.model.commands { lines += Self.command(command) }
            lines += ["}", ""]
        }
        lines += self.names(named)
        return lines
    }

    /// `/rooms/{roomId}` is `Rooms`, `/` nothing.
    static func prefix(_ name: String) -> String {
        let text = PlaceScanner.parts(of: name).compactMap { if case .literal(let text) = $0 { text } else { nil } }
            .joined(separator: " ")
        return text.allSatisfy({ $0 == "/" || $0 == " " }) ? "" : Identifier.pascal(text)
    }

    private static func command(_ command: CodeModel.Command) -> [String] {
        let answers = [command.acknowledgement, command.refusal].compactMap(\.self)
        let answer = answers.isEmpty ? "" : "answer: \(TypeScriptTypes.expression(.oneOf(answers)))"
        let acknowledge = "acknowledge?: (\(answer)) => void"
        let data = TypeScriptTypes.expression(command.message)
        let key = TypeScriptText.key(command.name)
        if command.mayOmitArguments {
            let type = answers.isEmpty ? "void" : TypeScriptTypes.expression(.oneOf(answers))
            return ["  \(key): (...args: OptionalData<\(data), \(type)>) => void;"]
        }
        let line = "  \(key): (data: \(data), \(acknowledge)) => void;"
        if line.count <= TypeScriptText.width { return [line] }
        return ["  \(key): (", "    data: \(data),", "    \(acknowledge),", "  ) => void;"]
    }

    private static let optionalData = [
        "/** What a command is sent with that needs no data. */",
        "export type OptionalData<Data, Answer> =",
        "  | [acknowledge?: (answer: Answer) => void]",
        "  | [data: Data, acknowledge?: (answer: Answer) => void];",
        "",
    ]

    /// Whether an event may come over a connection that has joined the namespace: to a channel that joining subscribes to, or to which a
    /// command may subscribe.
    private func reaches(_ name: String, _ namespace: NamespaceOutline) -> Bool {
        guard let event = (self.outline.events + self.outline.apps.flatMap(\.events)).first(where: { $0.name == name }),
            !event.channels.isEmpty
        else { return true }
        var names = namespace.joins
        if namespace.name == "/" { names += self.outline.joins }
        for command in self.outline.commands where command.does == "subscribe" { names += command.channels }
        let patterns = names.map { ChannelPattern(parts: PlaceScanner.parts(of: $0)) }.filter { !$0.parts.isEmpty }
        return event.channels.contains { channel in
            let wanted = ChannelPattern(parts: PlaceScanner.parts(of: channel))
            return patterns.contains { $0.overlaps(wanted) }
        }
    }

    /// Names of namespaces, and how those with parameters are made.
    private func names(_ namespaces: [Named]) -> [String] {
        let parts = namespaces.map { PlaceScanner.parts(of: $0.outline.name) }
        var lines: [String] = []
        let hasChannels = self.outline.channels.contains {
            !$0.isInternal && !$0.rights.isEmpty && !$0.parameters.isEmpty
        }
        let hasParameters = parts.contains { $0.contains { if case .parameter = $0 { true } else { false } } }
        if hasParameters && !hasChannels { lines += TypeScriptChannels.parameterFunction + [""] }
        lines += ["/** Makes the names of namespaces. */", "export const namespace = {"]
        for (one, parts) in zip(namespaces, parts) {
            let namespace = one.outline
            let requirements =
                namespace.requirements.isEmpty ? "" : ": \(namespace.requirements.joined(separator: "; "))"
            lines += TypeScriptText.comment(["`\(namespace.name)`\(requirements)"], indent: "  ")
            lines += TypeScriptChannels.builder(one.member, parts)
        }
        lines += ["} as const;", ""]
        for namespace in namespaces { lines += self.connect(namespace) + [""] }
        return lines.dropLast()
    }

    /// The function that opens a socket in a namespace.
    private func connect(_ one: Named) -> [String] {
        let (namespace, prefix) = (one.outline, one.prefix)
        let path =
            self.outline.endpoints.first { $0.namespaces.contains { $0.name == namespace.name } }?.path ?? "/socket.io"
        let type = "<\(prefix)ServerToClientEvents, \(prefix)ClientToServerEvents>"
        let member = "namespace.\(one.member)"
        var table = NameTable(
            reserved: TypeScriptWriter.keywords.union(["address", "io", "namespace", "options", "url"]))
        let names = PlaceScanner.parts(of: namespace.name).compactMap { part -> String? in
            if case .parameter(let name) = part { table.take(Identifier.camel(name)) } else { nil }
        }
        var lines = [
            "/**", " * Opens a socket in the namespace `\(TypeScriptText.withoutEnd(namespace.name))`.",
            " * @param url of the server, such as `\(self.address(namespace))`", " */",
            "export function connect\(prefix.isEmpty && self.outline.dialect != nil ? "SocketIO" : prefix)(",
            "  url: string,",
        ]
        lines += names.map { "  \($0): string | number," }
        let call = names.isEmpty ? member : "\(member)(\(names.joined(separator: ", ")))"
        lines += [
            "  options: SocketOptions = {},", "): Socket\(type) {",
            "  const address = `${url.replace(/\\/+$/, '')}${\(call)}`;",
            "  return io\(type)(address, {", "    path: \(TypeScriptText.string(path)),", "    ...options,", "  });",
            "}",
        ]
        return lines
    }

    private func address(_ namespace: NamespaceOutline) -> String {
        let endpoint = self.outline.endpoints.first { $0.namespaces.contains { $0.name == namespace.name } }
        return "\(endpoint?.isSecure == true ? "https" : "http")://localhost:\(endpoint?.port ?? 80)"
    }
}
