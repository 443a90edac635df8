import Foundation
import NIOCore
import ServiceDoubles
import Testing

@testable import Gateway

/// Compares the reader with Foundation's over generated and damaged texts from a fixed seed.
@Suite struct `Reading generated JSON` {
  @Test(arguments: UInt64(1)...8) func `agrees with Foundation on what is an object and on its values`(seed: UInt64) {
    var generator = JSONGenerator(seed: seed)
    for _ in 0..<2_000 {
      let text = generator.document()
      let bytes = generator.chance(2) ? generator.damaged(text) : Array(text.utf8)
      let ours = try? JSONReader.readObject(ByteBuffer(bytes: bytes))
      let theirs = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
      let shown = String(decoding: bytes, as: UTF8.self)
      if let ours {
        guard let theirs else {
          // Foundation refuses numbers that no Double holds; to us they are text.
          #expect(shown.contains(where: { "eE".contains($0) }), "only we read: \(shown)")
          continue
        }
        #expect(theirs.count == ours.fields.count, "\(shown)")
        for field in ours.fields { #expect(agrees(field.value, theirs[field.name]), "\(field.name) in \(shown)") }
      } else if theirs != nil {
        #expect(isStricter(bytes), "only Foundation reads: \(shown)")
      }
    }
  }

  private func agrees(_ ours: JSONValue, _ theirs: Any?) -> Bool {
    switch (ours, theirs) {
    case (.string(let ours), let theirs as String): ours == theirs
    case (.boolean(let ours), let theirs as Bool): ours == theirs
    case (.number(let ours), let theirs as NSNumber): Double(ours) == theirs.doubleValue
    case (.null, is NSNull), (.array, is [Any]), (.object, is [String: Any]): true
    default: false
    }
  }

  /// Whether the text has one of the things that we refuse and Foundation does not.
  private func isStricter(_ bytes: [UInt8]) -> Bool {
    guard
      let error = #expect(throws: JSONError.self, performing: { try JSONReader.readObject(ByteBuffer(bytes: bytes)) })
    else { return false }
    let reasons = ["occurs twice", "deeper than", "surrogate", "valid UTF-8", "Too many fields"]
    // A comma before the end of an object or array is let pass there.
    let isAtEnd = error.offset < bytes.count && "}]".utf8.contains(bytes[error.offset])
    return isAtEnd || reasons.contains { error.description.contains($0) } || bytes.contains(0)
      || bytes.starts(with: [0xef])
  }
}

/// Writes JSON texts of every kind, and breaks some.
struct JSONGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  /// True once in `odds`.
  mutating func chance(_ odds: Int) -> Bool { next(odds) == 0 }

  mutating func document() -> String { space() + object(depth: 0) + space() }

  /// The text with some bytes changed, removed, doubled or inserted.
  mutating func damaged(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0...next(3) where !bytes.isEmpty {
      let position = next(bytes.count)
      switch next(4) {
      case 0: bytes[position] = UInt8(next(256))
      case 1: bytes.remove(at: position)
      case 2: bytes.insert(bytes[position], at: position)
      default: bytes.insert(Array(#"{}[]",:\0-e.u"#.utf8)[next(13)], at: position)
      }
    }
    return bytes
  }

  private mutating func object(depth: Int) -> String {
    let fields = (0..<next(5)).map { _ in space() + string() + space() + ":" + space() + value(depth: depth + 1) }
    return "{" + (fields.isEmpty ? space() : fields.joined(separator: space() + ",")) + "}"
  }

  private mutating func value(depth: Int) -> String {
    switch next(depth < 4 ? 8 : 6) {
    case 0: "true"
    case 1: "false"
    case 2: "null"
    case 3: number()
    case 4, 5: string()
    case 6: object(depth: depth)
    default: "[" + (0..<next(4)).map { _ in value(depth: depth + 1) }.joined(separator: space() + "," + space()) + "]"
    }
  }

  private mutating func number() -> String {
    var text = chance(3) ? "-" : ""
    text += chance(4) ? "0" : "\(1 + next(9))" + digits(next(6))
    if chance(2) { text += "." + digits(1 + next(5)) }
    if chance(4) { text += (chance(2) ? "e" : "E") + ["", "+", "-"][next(3)] + digits(1 + next(3)) }
    return text
  }

  private mutating func digits(_ count: Int) -> String { String((0..<count).map { _ in Character("\(next(10))") }) }

  private mutating func string() -> String {
    let pieces = [
      "a", "b", "title", "price", "é", "€", "😀", #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u0041"#, #"\u00e9"#,
      #"\ud83d\ude00"#, #"\ud800"#, #"\udfff"#, #"\u0000"#, " ", "\u{7f}", "\u{2028}", "e\u{301}",
    ]
    return "\"" + (0..<next(5)).map { _ in pieces[next(pieces.count)] }.joined() + "\""
  }

  private mutating func space() -> String { ["", "", "", " ", "\n", "\r\n\t"][next(6)] }
}
