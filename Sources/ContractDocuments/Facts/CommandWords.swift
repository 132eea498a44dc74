// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline

/// Operations and frames in words.
enum CommandWords {
    static func meaning(_ command: CommandOutline) -> String {
        switch command.does {
        case "publish": "Publishes\(command.event.map { " \($0)" } ?? " an event") to those who listen."
        default: Self.operations[command.does] ?? command.does
        }
    }

    static let operations = [
        "subscribe": "Subscribes this connection to channels.",
        "unsubscribe": "Ends subscriptions.",
        "publish": "Publishes an event.",
        "presence": "Asks who is online.",
        "history": "Asks for what was published before, oldest first.",
        "record": "Asks for the last known state of channels.",
        "inbox": "Asks for what is kept for you, oldest first.",
        "markRead": "Marks a notification as read, on all your devices.",
        "refresh": "Gives the connection another token, before the old one expires.",
        "refreshToken": "Exchanges a refresh token for the next tokens. Each holds once.",
        "appEvents": "Asks what an app says of its events.",
        "health": "Asks how the platform is.",
        "stats": "Asks for counts of the platform.",
        "reply": "Is answered at once.",
        "call": "Goes to the app that owns the prefix of its name; the callback gets what the app answers.",
    ]

    /// Frames that clients meet, by their keys in a contract.
    static let frames = [
        "connected": "The first frame of a connection.",
        "publication": "An event.",
        "recovery": "An event, for connections that asked for positions.",
        "error": "A request that could not be carried out.",
        "unsubscribed": "The server has ended a subscription: the right to it was lost.",
        "resume": "A token for the next connection, which holds once.",
        "expired": "Your token has expired; the connection ends soon.",
        "lost": "You read too slowly, and some events were dropped: ask for the state anew.",
        "problem": "The body of an HTTP answer that refuses.",
        "refused": "Socket.IO refuses the namespace: the connect_error of the client has this message and data.",
        "fail": "What the callback of a refused command gets.",
    ]
}
