/// Where a challenge outside the page sends the card holder back to.
enum ReturnURL {
  static let maximumLength = 2_000

  /// An http(s) URL of visible ASCII characters.
  static func isURL(_ text: String) -> Bool {
    (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf8.count <= maximumLength
      && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }
}
