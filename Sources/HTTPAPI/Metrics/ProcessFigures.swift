// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What this process takes of the machine (Linux: clock_gettime(2), proc(5)). What cannot be read is nil.
///
/// Reading it asks the kernel a few times and touches no disk, so event loops may.
struct ProcessFigures: Sendable {
    let cpuSeconds: Double?
    let residentByteCount: Double?
    let virtualByteCount: Double?
    let openDescriptorCount: Double?
    let maximumDescriptorCount: Double?

    init() {
        var time = timespec()
        let hasTime = clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0
        self.cpuSeconds = hasTime ? Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000 : nil
        let pages = Self.memoryPages()
        let pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
        self.virtualByteCount = pages.map { $0.total * pageSize }
        self.residentByteCount = pages.map { $0.resident * pageSize }
        self.openDescriptorCount = Self.descriptorCount().map { Double($0) }
        var limit = rlimit()
        let hasLimit = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        self.maximumDescriptorCount = hasLimit ? Double(limit.rlim_cur) : nil
    }

    /// The first two numbers of `/proc/self/statm`.
    private static func memoryPages() -> (total: Double, resident: Double)? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let numbers = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ").map { Double($0) }
        guard numbers.count > 1, let total = numbers[0], let resident = numbers[1] else { return nil }
        return (total, resident)
    }

    private static func descriptorCount() -> Int? {
        var status = stat()
        // Since Linux 6.2 the folder's size is the count; with many connections, listing it would take milliseconds.
        if stat("/proc/self/fd", &status) == 0, status.st_size > 0 { return Int(status.st_size) }
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the one that reads the folder.
        return max(count - 3, 0)
    }
}
