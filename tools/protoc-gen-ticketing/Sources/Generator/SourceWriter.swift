/// Text of a source file in the making, indented by blocks.
struct SourceWriter {
  private(set) var text = ""
  private var depth = 0

  /// Appends a line; an empty one stays free of blanks.
  mutating func line(_ line: String = "") {
    if !line.isEmpty { text += String(repeating: "  ", count: depth) + line }
    text += "\n"
  }

  /// Appends `head {`, what `body` writes one level deeper, and `}`.
  mutating func block(_ head: String, _ body: (inout SourceWriter) -> Void) {
    line(head + " {")
    indented(body)
    line("}")
  }

  mutating func indented(_ body: (inout SourceWriter) -> Void) {
    depth += 1
    body(&self)
    depth -= 1
  }

  mutating func documentation(_ comment: [String]) {
    for line in comment { self.line(line.isEmpty ? "///" : "/// " + line) }
  }

  /// Appends `head(items)tail` on one line where 120 columns hold it, else one line an item.
  mutating func call(_ head: String, _ items: [String], _ tail: String) {
    let oneLine = head + "(" + items.joined(separator: ", ") + ")" + tail
    if depth * 2 + oneLine.count <= 120 { return line(oneLine) }
    line(head + "(")
    indented { writer in
      for (index, item) in items.enumerated() { writer.line(item + (index == items.count - 1 ? "" : ",")) }
    }
    line(")" + tail)
  }
}
