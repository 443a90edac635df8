import Cryptography
import Testing

@Suite struct `Bytes` {
  @Test func `read back from their hexadecimal digits`() {
    let all = Array(UInt8.min...UInt8.max)
    #expect(all.hex.hasPrefix("000102030405060708090a0b0c0d0e0f10"))
    #expect([UInt8](hex: all.hex) == all)
    #expect([UInt8](hex: "") == [])
  }

  @Test(arguments: ["0", "000", "0g", "AB", "aB", "+1", " 1", "é0", "0x"])
  func `are nothing else than what was written`(text: String) {
    #expect([UInt8](hex: text) == nil)
  }

  @Test func `are equal where each of them is`() {
    #expect([1, 2, 3].equalsInConstantTime([1, 2, 3]))
    #expect(![1, 2, 3].equalsInConstantTime([1, 2, 4]))
    #expect(![1, 2, 3].equalsInConstantTime([0, 2, 3]))
    #expect(![1, 2, 3].equalsInConstantTime([1, 2]))
    #expect([].equalsInConstantTime([]))
  }

  @Test func `are others each time`() {
    let many = Set((0..<1000).map { _ in [UInt8].random(count: 16) })
    #expect(many.count == 1000)
    #expect(many.allSatisfy { $0.count == 16 })
  }
}
