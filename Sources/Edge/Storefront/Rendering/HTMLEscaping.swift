import Mustache

/// Escapes for HTML by bytes.
///
/// Mustache's own escaping goes by grapheme clusters and so overlooks a `<` behind U+0600, or a quote before a
/// combining accent: each is one character to Swift, and still markup to a browser.
struct HTMLEscaping: MustacheContentType {
  /// Every template begins with it, see ``Templates``.
  static let pragma = "{{% CONTENT_TYPE:\(name)}}"
  private static let name = "PAGE"

  /// Must have run before a template with the pragma is parsed.
  static func register() { MustacheContentTypes.register(HTMLEscaping(), named: name) }

  func escapeText(_ text: String) -> String {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "<"): escaped += "&lt;".utf8
      case UInt8(ascii: ">"): escaped += "&gt;".utf8
      case UInt8(ascii: "&"): escaped += "&amp;".utf8
      case UInt8(ascii: "\""): escaped += "&quot;".utf8
      case UInt8(ascii: "'"): escaped += "&#39;".utf8
      default: escaped.append(byte)
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }
}
