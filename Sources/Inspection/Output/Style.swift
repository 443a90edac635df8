/// Colours, where somebody is looking.
package struct Style: Sendable {
  package enum Colour: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
    case bold = "1"
    case dim = "2"
  }

  private let isColourful: Bool

  package init(isColourful: Bool) {
    self.isColourful = isColourful
  }

  package func callAsFunction(_ colour: Colour, _ text: String) -> String {
    isColourful ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
  }
}
