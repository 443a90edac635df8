import EventBus
import Identifiers
import Redis

/// What is stored at a key that should be a HASH, read leniently: to find what is wrong, it may be anything.
struct Record: Sendable {
  let key: RedisKey
  private let fields: RedisFields?
  /// What Redis said in place of fields.
  let fault: String?

  init(key: RedisKey, _ reply: RESPValue) {
    self.key = key
    if case .error(let text) = reply {
      fields = nil
      fault = text
    } else {
      fields = try? RedisFields(reply)
      fault = nil
    }
  }

  var exists: Bool { fault != nil || fields?.isEmpty == false }

  /// Empty where the field is missing.
  subscript(name: String) -> String { fields?[name]?.description ?? "" }

  func number(_ name: String) -> Int64? { fields?[name]?.int64 }

  func time(_ name: String) -> UnixTime? { number(name).map { UnixTime(milliseconds: $0) } }

  /// All but what pays, or lets a card holder be asked: that is nobody's business.
  private static let secrets: Set = ["token", "clientSecret", "redirectUrl"]

  var pairs: [(name: String, value: String)] {
    guard let fields else { return fault.map { [("error", $0)] } ?? [] }
    return fields.map { ($0.name.description, $0.value.description) }.filter {
      !Self.secrets.contains($0.name) || $0.value.isEmpty
    }
  }
}

/// Reads of many keys, in one write each.
extension RedisClient {
  func records(_ keys: [RedisKey]) async throws -> [Record] {
    let replies = try await send(keys.map { RedisCommand("HGETALL", .key($0)) })
    return zip(keys, replies).map { Record(key: $0, $1) }
  }

  func record(_ key: RedisKey) async throws -> Record {
    Record(key: key, try await send([RedisCommand("HGETALL", .key(key))]).first ?? .null)
  }

  /// nil where there is no such key; of a key of another type, what Redis says.
  func texts(_ keys: [RedisKey]) async throws -> [String?] {
    try await send(keys.map { RedisCommand("GET", .key($0)) }).map { $0.textOrFault }
  }

  /// nil where there is no such member, or no such sorted set.
  func scores(_ members: [(key: RedisKey, member: String)]) async throws -> [Int64?] {
    try await send(members.map { RedisCommand("ZSCORE", .key($0.key), .string($0.member)) }).map { reply in
      (try? reply.optional { try $0.double() })?.flatMap { Int64(exactly: $0.rounded()) }
    }
  }
}

extension RESPValue {
  fileprivate var textOrFault: String? {
    if case .error(let text) = self { return text }
    return (try? optional { try $0.bytes() })??.description
  }
}

extension Array {
  /// Parts of at most `size` elements.
  func pages(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
  }
}
