// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A quiz for the room platform: asks a room its questions, judges the players' answers, and tells the room who was how fast.
//
//     QUIZ_KEY=… QUIZ_SECRET=whsec_… Quiz
//
// README.md beside this file shows it working.

import Foundation
import NIOPosix
import Transport

do {
    let settings = try QuizSettings(ProcessInfo.processInfo.environment)
    var configuration = ListenerConfiguration()
    configuration.host = "127.0.0.1"
    configuration.port = settings.port
    let application = QuizApplication(settings: settings, publisher: try Publisher(settings))
    let listener = try await Listener.start(
        configuration, application: application, on: MultiThreadedEventLoopGroup.singleton)
    print("quiz on http://127.0.0.1:\(listener.port)")
    fflush(nil)
} catch let fault as QuizSettings.Fault {
    print("error: \(fault)")
    exit(64)
}
// Serves until it is killed.
await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
