import Foundation
import Testing

@testable import ServiceHost

@Suite struct JSONLineTests {
  @Test(arguments: ["plain", "quote \" and \\", "line\nbreak\r\n", "\u{0}\u{1f}", "é 🎫", ""])
  func `any text is one line of JSON that reads back as itself`(text: String) throws {
    var line = JSONLine()
    line.append("message", text)
    line.append(text, "value")
    #expect(!line.text.contains { $0.isNewline })
    let object = try JSONSerialization.jsonObject(with: Data(line.text.utf8)) as? [String: String]
    #expect(object?["message"] == (text == "message" ? "value" : text))
    #expect(object?[text] == "value")
  }
}
