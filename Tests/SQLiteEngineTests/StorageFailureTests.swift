// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Realtime
import SQLiteEngine
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

@Suite struct StorageFailureTests {
    private let folder: EngineFolder

    init() throws { self.folder = try EngineFolder() }

    @Test func `on a full disk commits are refused, nothing answered is lost, and all goes on when there is room`()
        async throws
    {
        var engine = try self.folder.open()
        try engine.limitGrowth(toPages: 20)
        var kept: [String] = []
        var refused = 0
        func append(_ number: Int) async {
            let change = StateChange.append("\(number)", to: "o", data: [UInt8](repeating: 7, count: 3000), keep: 1000)
            if let code = await engine.refusal(of: change) {
                #expect(code == .storageUnavailable)
                refused += 1
            } else {
                kept.append("\(number)")
            }
        }
        for number in 0..<60 { await append(number) }
        #expect(kept.count > 5 && refused > 30)
        #expect(engine.statistics.failures == UInt64(refused))
        #expect(try await engine.history(of: "o", limit: 1000).map(\.id) == kept)
        // One line for all of them: the clock has stood still.
        #expect(self.folder.log.count == 1 && self.folder.log[0].contains("no space is left"), "\(self.folder.log)")

        // What was refused holds no lock: others may write.
        try SQLiteConnection(path: self.folder.database).execute("BEGIN IMMEDIATE; ROLLBACK")

        self.folder.clock.advance(milliseconds: 10_000)
        await append(60)
        #expect(self.folder.log.count == 2 && self.folder.log[1].contains("\(refused) refused") == false)

        try engine.limitGrowth(toPages: nil)
        await append(61)
        #expect(kept.last == "61")
        engine.close()
        #expect(self.folder.log.count == 3 && self.folder.log[2].contains("takes writes again"), "\(self.folder.log)")
        engine = try self.folder.open()
        let found = try await engine.history(of: "o", limit: 1000)
        #expect(found.map(\.id) == kept)
        #expect(found.map(\.offset) == (1...UInt64(kept.count)).map { $0 })
        engine.close()
    }

    @Test func `a full disk takes commits again when what has expired makes room`() async throws {
        let engine = try self.folder.open()
        let data = [UInt8](repeating: 7, count: 3000)
        try engine.limitGrowth(toPages: 20)
        var count = 0
        let until = self.folder.clock.moment(in: 5000)
        while await engine.refusal(of: .append("x", to: "o", data: data, until: until)) == nil, count < 1000 {
            count += 1
        }
        #expect(count < 1000)
        self.folder.clock.advance(milliseconds: 5000)
        // The refused commit makes the room that the next one finds.
        _ = await engine.refusal(of: .append("y", to: "p", data: data))
        #expect(await engine.refusal(of: .append("z", to: "p", data: data)) == nil)
        engine.close()
    }

    @Test func `a group that meets a failure is refused as a whole`() throws {
        let engine = try self.folder.open()
        try engine.limitGrowth(toPages: 5)
        let gate = WriterGate(holding: engine)
        let refused = Mutex(0)
        for number in 0..<10 {
            let data = [UInt8](repeating: 7, count: number == 9 ? 100_000 : 10)
            engine.commit(Commit(changes: [.append("\(number)", to: "o", data: data)])) { result in
                guard case .failure(let error) = result, error.code == .storageUnavailable else { return }
                refused.withLock { $0 += 1 }
            }
        }
        gate.open()
        engine.close()
        #expect(refused.withLock { $0 } == 10)
        #expect(engine.statistics.failures == 10 && engine.statistics.transactions == 1)
    }

    @Test func `another program that holds the database makes commits fail for a while only`() async throws {
        var configuration = SQLiteEngineConfiguration()
        configuration.busyTimeout = .zero
        let engine = try self.folder.open(configuration)
        let other = try SQLiteConnection(path: self.folder.database)
        try other.execute("BEGIN IMMEDIATE")
        #expect(await engine.refusal(of: .append("a", to: "o")) == .storageUnavailable)
        try other.execute("ROLLBACK")
        #expect(await engine.refusal(of: .append("b", to: "o")) == nil)
        #expect(try await engine.history(of: "o").map(\.id) == ["b"])
        engine.close()
        #expect(self.folder.log.count == 2, "\(self.folder.log)")
    }

    @Test func `a forgetting that fails does not stop commits`() async throws {
        let engine = try self.folder.open()
        try engine.execute(
            "CREATE TRIGGER no BEFORE DELETE ON publications BEGIN SELECT RAISE(ABORT, 'not this one'); END")
        try await engine.keep(.append("a", to: "o", until: self.folder.clock.moment(in: 1)))
        self.folder.clock.advance(milliseconds: 1)
        #expect(await engine.refusal(of: .append("b", to: "o")) == nil)
        #expect(await engine.refusal(of: .append("c", to: "o")) == nil)
        #expect(try await engine.history(of: "o").map(\.id) == ["b", "c"])
        // Told once: the next try is a minute away.
        #expect(self.folder.log.count == 1 && self.folder.log[0].contains("expired"), "\(self.folder.log)")
        engine.close()
    }

    @Test func `a disk that fails in the middle of writing loses nothing that was answered`() async throws {
        let path = self.folder.database
        // In a process of its own, because the limit on the size of files holds for a whole process.
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let engine = try SQLiteEngine(path: path) { _, _ in }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let unlimited = limit
            limit.rlim_cur = 300_000
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            var kept: [String] = []
            var refused = 0
            for number in 0..<150 {
                if number == 100 {
                    var unlimited = unlimited
                    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &unlimited)
                }
                let change = StateChange.append(
                    "\(number)", to: "o", data: [UInt8](repeating: 7, count: 3000), keep: 1000)
                if await engine.refusal(of: change) == nil { kept.append("\(number)") } else { refused += 1 }
            }
            let found = try await engine.history(of: "o", limit: 1000)
            engine.close()
            guard refused > 10, kept.count > 50, found.map(\.id) == kept else { exit(1) }
            let reopened = try SQLiteEngine(path: path) { _, _ in }
            guard try await reopened.history(of: "o", limit: 1000).map(\.id) == kept else { exit(2) }
        }
    }

    @Test func `what was answered before a kill is there after it`() async throws {
        let path = self.folder.database
        let answered = self.folder.path + "/answered"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, answered = answered as String] in
            let engine = try SQLiteEngine(path: path) { _, _ in }
            let file = open(answered, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            for number in 0..<5000 {
                engine.commit(Commit(changes: [.append("\(number)", to: "o", keep: 10_000)])) { result in
                    guard case .success = result else { return }
                    var byte: UInt8 = 1
                    _ = write(file, &byte, 1)
                    // In the middle of a group's answers, with others behind it.
                    if number == 2500 { kill(getpid(), SIGKILL) }
                }
            }
            engine.close()
        }
        let count = try Data(contentsOf: URL(fileURLWithPath: answered)).count
        let engine = try self.folder.open()
        let kept = try await engine.history(of: "o", limit: 10_000)
        #expect(count == 2501)
        #expect(kept.count >= count)
        #expect(kept.map(\.id) == (0..<kept.count).map { "\($0)" })
        engine.close()
    }
}
