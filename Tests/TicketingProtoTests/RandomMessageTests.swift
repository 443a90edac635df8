import RPC
import RandomTestSupport
import Testing
import TicketingProto

/// Random inputs from fixed seeds: what fails once fails each time.
@Suite struct RandomMessageTests {
  @Test func `random bytes are an error or a value`() throws {
    var random = SplitMix(seed: 1)
    var accepted = 0
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      accepted += try survives(bytes) ? 1 : 0
    }
    #expect(accepted > 100)
  }

  @Test func `random fields are an error or a value`() throws {
    var random = SplitMix(seed: 2)
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...8, using: &random) { bytes += field(depth: 0, &random) }
      accepted += try survives(bytes) ? 1 : 0
    }
    #expect(accepted > 1_000)
  }

  @Test func `a message with random bytes changed is an error or a value`() throws {
    var random = SplitMix(seed: 3)
    let golden = try goldenBytes("all_kinds")
    for _ in 0..<20_000 {
      var bytes = golden
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.remove(at: index)
        default: bytes.insert(contentsOf: bytes[index...].prefix(40), at: index)
        }
      }
      _ = try survives(bytes)
    }
  }

  /// Whether the bytes are a message; then what it encodes to is one again, and encodes to the same.
  private func survives(_ bytes: [UInt8]) throws -> Bool {
    guard try refusal(of: bytes, as: TestV1.AllKinds.self) == nil else { return false }
    let first = try encoded(decoded(bytes, as: TestV1.AllKinds.self))
    #expect(try encoded(decoded(first, as: TestV1.AllKinds.self)) == first)
    return true
  }

  /// A field that is well formed, or nearly so.
  private func field(depth: Int, _ random: inout SplitMix) -> [UInt8] {
    let numbers: [ClosedRange<UInt64>] = [1...3, 1...19, 31...49, 61...68, 1...80]
    let number = UInt64.random(in: numbers[Int.random(in: 0..<numbers.count, using: &random)], using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0...2: return Wire.number(number, UInt64.random(in: 0...UInt64.max, using: &random) >> (number % 64))
    case 3: return Wire.tag(number, 1) + bytes(8, &random)
    case 4: return Wire.tag(number, 5) + bytes(4, &random)
    case 5...6 where depth < 4:
      return Wire.bytes(number, (0..<3).flatMap { _ in field(depth: depth + 1, &random) })
    case 7: return Wire.bytes(number, Array("text ü".utf8))
    case 8: return Wire.bytes(number, [])
    default: return Wire.bytes(number, bytes(Int.random(in: 0...24, using: &random), &random))
    }
  }

  private func bytes(_ count: Int, _ random: inout SplitMix) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}
