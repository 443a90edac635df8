import Identifiers
import TicketingProto

extension DecodedMessage {
  /// `name=value` with single spaces.
  var line: String { fields.map { "\($0.name)=\($0.value.line(of: $0.name))" }.joined(separator: " ") }

  var json: JSON { .object(fields.map { JSON.Member(name: $0.name, value: $0.value.json) }) }

  func mentions(_ text: String) -> Bool { fields.contains { $0.value.mentions(text) } }
}

extension DecodedMessage.Value {
  fileprivate func line(of name: String) -> String {
    switch self {
    case .text(let text): return text.printableWord
    case .integer(let value) where name.hasSuffix("_time"): return UnixTime(milliseconds: value).iso8601
    case .message(let message): return "{\(message.line)}"
    case .list(let values): return "[\(values.map { $0.line(of: name) }.joined(separator: " "))]"
    default: return plain
    }
  }

  /// Without quotes.
  var plain: String {
    switch self {
    case .text(let text), .name(let text): text
    case .bytes(let bytes): "(\(bytes.count) bytes)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .message(let message): message.line
    case .list(let values): "(\(values.count) values)"
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .text(let text), .name(let text): .string(text)
    case .bytes(let bytes): .array(bytes.map { .integer(Int64($0)) })
    case .integer(let value): .integer(value)
    case .unsigned(let value): .number("\(value)")
    case .number(let value): value.isFinite ? .number("\(value)") : .string("\(value)")
    case .boolean(let value): .boolean(value)
    case .message(let message): message.json
    case .list(let values): .array(values.map(\.json))
    }
  }

  fileprivate func mentions(_ text: String) -> Bool {
    switch self {
    case .text(let own): own == text
    case .message(let message): message.mentions(text)
    case .list(let values): values.contains { $0.mentions(text) }
    default: false
    }
  }
}
