import Foundation
import Testing

/// The whole purchase, decided by the services' own models, in worlds where everything goes wrong.
///
///     SIMULATION_SEED=4711 swift test --filter SimulationTests      one seed, with all that happened in it
///     SIMULATION_SEEDS=100000 swift test --filter SimulationTests   more of them
@Suite struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seed = environment["SIMULATION_SEED"].flatMap { UInt64($0) }
  private static let count = environment["SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 4_000

  @Test(.enabled(if: seed == nil)) func `no seed breaks a promise`() async {
    let findings = await Finding.search(seeds: 0..<Self.count)
    for finding in findings.prefix(5) { Issue.record("\(finding)") }
  }

  @Test(.enabled(if: seed != nil)) func `one seed, told step by step`() {
    let world = World(seed: Self.seed ?? 0, logging: true)
    world.run()
    print(world.log.joined(separator: "\n"))
    #expect(world.violation == nil)
  }

  @Test func `a seed is a run: twice the same`() {
    for seed in UInt64(1)...20 {
      let logs = (0..<2).map { _ in
        let world = World(seed: seed, logging: true)
        world.run()
        return world.log
      }
      #expect(logs[0] == logs[1] && !logs[0].isEmpty)
    }
  }

  /// A simulation that finds nothing proves nothing, unless it finds what is there.
  @Test(.enabled(if: seed == nil), arguments: Sabotage.allCases)
  func `a guard that is left out is missed`(sabotage: Sabotage) async {
    let findings = await Finding.search(seeds: 0..<8_000, sabotage: sabotage, first: true)
    #expect(!findings.isEmpty, "\(sabotage) was not noticed")
    if let finding = findings.first { print("\(sabotage): \(finding)") }
  }
}

/// A promise that was broken.
struct Finding: Sendable, CustomStringConvertible {
  let seed: UInt64
  let violation: String

  var description: String { "seed \(seed): \(violation)" }

  /// Runs the seeds, each in a world of its own, and gives back what was found, by seed.
  static func search(seeds: Range<UInt64>, sabotage: Sabotage? = nil, first: Bool = false) async -> [Finding] {
    var findings: [Finding] = []
    let batch: UInt64 = first ? 40 : 400
    for start in stride(from: seeds.lowerBound, to: seeds.upperBound, by: Int(batch)) {
      findings += await withTaskGroup(of: [Finding].self) { group in
        for part in UInt64(0)..<4 {
          group.addTask {
            stride(from: start + part, to: min(start + batch, seeds.upperBound), by: 4).compactMap {
              run(seed: $0, sabotage)
            }
          }
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
      if first, !findings.isEmpty { break }
    }
    return findings.sorted { $0.seed < $1.seed }
  }

  /// nil too where the guard in front alone makes the difference.
  private static func run(seed: UInt64, _ sabotage: Sabotage?) -> Finding? {
    let world = World(seed: seed, sabotage: sabotage, exposure: sabotage?.exposure)
    world.run()
    guard let violation = world.violation else { return nil }
    if let exposure = sabotage?.exposure {
      let other = World(seed: seed, exposure: exposure)
      other.run()
      if other.violation != nil { return nil }
    }
    return Finding(seed: seed, violation: violation)
  }
}
