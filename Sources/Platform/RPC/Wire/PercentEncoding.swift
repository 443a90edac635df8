import Identifiers

/// The percent encoding of `grpc-message` (PROTOCOL-HTTP2.md): space to tilde as they are, but for `%`, and for
/// spaces at the ends, which HTTP/2 forbids a field value (RFC 9113 8.2.1).
enum PercentEncoding {
  /// At most `limit` bytes long; longer text is cut between two characters.
  static func encode(_ text: String, limit: Int = .max) -> String {
    let space = UInt8(ascii: " ")
    if text.utf8.count <= limit, text.utf8.allSatisfy(isPlain), text.utf8.first != space, text.utf8.last != space {
      return text
    }
    var encoded: [UInt8] = []
    encoded.reserveCapacity(min(limit, text.utf8.count &* 3))
    for character in text.unicodeScalars {
      let before = encoded.count
      for byte in UTF8.encode(character) ?? UTF8.encodedReplacementCharacter {
        if isPlain(byte), byte != space || !encoded.isEmpty {
          encoded.append(byte)
        } else {
          appendEscaped(byte, to: &encoded)
        }
      }
      if encoded.count > limit {
        encoded.removeSubrange(before...)
        break
      }
    }
    if encoded.last == space {
      encoded.removeLast()
      if encoded.count + 3 <= limit { appendEscaped(space, to: &encoded) }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static func appendEscaped(_ byte: UInt8, to encoded: inout [UInt8]) {
    encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  /// Never fails: a `%` without two hex digits stays as it is, and invalid UTF-8 is repaired, because a damaged
  /// message must not hide the status that it came with.
  static func decode(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: "%")) ? String(percentDecoding: text.utf8) : text
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "%")
  }
}
