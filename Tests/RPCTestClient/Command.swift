import Foundation

/// A line on stdin: a call to make, or what to do with one that is under way.
struct Command: Decodable, Sendable {
  enum Kind: String, Decodable {
    case unary, stream
  }

  let id: Int
  let kind: Kind?
  let path: String?
  let request: Data?
  let timeoutMs: Int64?
  let metadata: [[String]]?
  /// Leaves a stream after so many messages.
  let take: Int?
  /// Waits for `resume` after a stream's first message.
  let hold: Bool?
  let cancel: Bool?
  let resume: Bool?
}

/// A line on stdout: a message, or the end of a call.
struct Report: Encodable, Sendable {
  let id: Int
  var message: Data?
  var code: String?
  var text: String?
  var reason: String?
  var violations: [[String]]?
  var retryAfterSeconds: Int64?

  /// Writes the line at once: whoever reads it through a pipe waits for it.
  func print() throws {
    var line = try JSONEncoder().encode(self)
    line.append(UInt8(ascii: "\n"))
    try FileHandle.standardOutput.write(contentsOf: line)
  }
}
