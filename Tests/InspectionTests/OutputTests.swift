import Inspection
import Testing

@Suite struct OutputTests {
  @Test func `what would steer a terminal is escaped`() {
    #expect("Row 1\u{1b}[31m\n\u{202e}x\u{9b}".printable() == #"Row 1\u{1b}[31m\u{a}\u{202e}x\u{9b}"#)
    #expect("Opéra 🎟".printable() == "Opéra 🎟")
  }

  @Test func `what is long is cut`() {
    #expect(String(repeating: "x", count: 1 << 20).printable(limit: 3) == "xxx… (1048576 characters)")
  }

  @Test func `JSON keeps its order and escapes what is not visible`() {
    let json = JSON.object(["b": .string("\"\u{1b}\u{e0001}"), "a": .integer(1), "none": nil, "null": .null])
    #expect(json.description == #"{"b":"\"\u001b\udb40\udc01","a":1,"null":null}"#)
  }
}
