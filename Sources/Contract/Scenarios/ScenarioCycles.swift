// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Finds moments that play each other in a circle, which would never end.
struct ScenarioCycles {
    let faults: FaultCollector

    func check(_ moments: [Scenario.Track]) {
        var played: [String: [String]] = [:]
        for moment in moments {
            played[moment.name] = ScenarioStep.all(in: moment.steps).flatMap { step -> [String] in
                if case .play(let names, _) = step.action { names } else { [] }
            }
        }
        for moment in moments {
            guard let circle = Self.circle(from: moment.name, played) else { continue }
            self.faults.error(
                "the moment plays itself: \(circle.joined(separator: " → "))", at: moment.location,
                hint: "write repeat: instead")
        }
    }

    /// A way back to the moment, without recursion: as many moments as there are are looked at once each.
    private static func circle(from name: String, _ played: [String: [String]]) -> [String]? {
        var seen: Set<String> = []
        var ways = [[name]]
        while let way = ways.popLast() {
            for next in played[way.last ?? name] ?? [] {
                if next == name { return way + [name] }
                if seen.insert(next).inserted { ways.append(way + [next]) }
            }
        }
        return nil
    }
}
