// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which values stand at the places of a template that are the same in every contract.
enum PlaceTypes {
    /// - Returns: `nil` when nothing is known of the place, which is any value then.
    static func schema(of path: [String]) -> DocumentValue? {
        if let known = Self.known[path.joined(separator: ".")] { return known }
        switch path.first {
        case "channel"?, "query"?, "path"?: return path.count == 2 ? Self.string : nil
        default: return nil
        }
    }

    private static let string: DocumentValue = ["type": "string"]
    private static let time: DocumentValue = ["type": "string", "format": "date-time"]
    private static let integer: DocumentValue = ["type": "integer"]
    private static let optionalText: DocumentValue = ["type": ["string", "null"]]

    private static let known: [String: DocumentValue] = [
        "now": time,
        "user.id": optionalText, "user.name": optionalText, "user.avatar": optionalText,
        "user.roles": ["type": "array", "items": ["type": "string"]],
        "connection.id": ["type": "string", "format": "uuid"], "connection.connectedAt": time,
        "publication.event": string, "publication.id": string, "publication.time": time,
        "publication.position": string, "publication.read": ["type": "boolean"],
        "presence.user": string, "presence.status": ["enum": ["online", "offline"]],
        "resume.token": string, "resume.expiresAt": time,
        "lost.count": integer,
        "command.name": string, "new.id": string,
        "error.code": string, "error.message": string, "error.status": integer, "error.pointer": optionalText,
        "error.channel": optionalText, "error.reason": optionalText, "error.retryAfter": ["type": ["integer", "null"]],
        "result.id": string, "result.time": time, "result.receivers": ["type": ["integer", "null"]],
        "result.channels": ["type": "array", "items": ["type": "string"]],
        "result.users": [
            "type": "array",
            "items": [
                "type": "object", "required": ["id"],
                "properties": [
                    "id": string, "name": optionalText, "avatar": optionalText, "connectedAt": time,
                    "user": string, "status": ["enum": ["online", "offline"]],
                ],
            ],
        ],
        "result.count": integer, "result.records": ["type": "object"],
        "result.publications": ["type": "array"], "result.complete": ["type": "boolean"],
        "result.items": ["type": "array"], "result.accessToken": string, "result.refreshToken": string,
        "result.expiresIn": integer, "result.expiresAt": ["type": ["string", "null"], "format": "date-time"],
        "result.connections": integer,
        "result.byChannel": ["type": "object", "additionalProperties": ["type": "integer"]],
        "result.uptime": ["type": "number"],
        "result.events": ["type": "array", "items": ["type": "object"]],
        "result.quota.limit": integer, "result.quota.remaining": integer, "result.quota.reset": integer,
        "result.app": ["type": "object"], "result.app.id": string, "result.app.name": optionalText,
    ]
}
