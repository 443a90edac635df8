/// What users have written may end up on a terminal: nothing of it may steer that, or hide what else is there.
extension String {
  /// Escapes what is not visible (control characters, marks of direction, line ends) and cuts what is longer than
  /// `limit` characters.
  package func printable(limit: Int = 200) -> String {
    var text = ""
    var count = 0
    for scalar in unicodeScalars {
      guard count < limit else { return text + "… (\(unicodeScalars.count) characters)" }
      count += 1
      if scalar.isVisible {
        text.unicodeScalars.append(scalar)
      } else {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return text
  }

  /// The same, in quotes where one would not see otherwise where it ends.
  var printableWord: String {
    let printable = printable()
    let isPlain = !isEmpty && printable == self && !unicodeScalars.contains { $0 == " " || $0 == "\"" }
    return isPlain ? printable : "\"\(printable.replacing("\"", with: "\\\""))\""
  }
}

extension Unicode.Scalar {
  /// False for what acts on a terminal in place of being shown.
  var isVisible: Bool {
    if isASCII { return (0x20...0x7e).contains(value) }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}
