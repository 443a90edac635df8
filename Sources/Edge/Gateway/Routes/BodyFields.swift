import Identifiers
import Money

/// The fields of a body, taken out one by one; what is wrong with any of them is kept until ``check()``.
///
/// Read is here only what a message cannot carry to the service: the type of a field and the text of a price. What
/// the values may be is the service's to say, in one answer for all of them, so a missing text goes on as an empty
/// one. Only where a field could not be read is the service not asked; then the missing ones are named beside it.
struct BodyFields {
  private let object: JSONObject
  private let currency: Currency
  private var unreadable: [(field: String, message: String)] = []
  private var missing: [(field: String, message: String)] = []

  init(_ object: JSONObject, _ currency: Currency) {
    self.object = object
    self.currency = currency
  }

  mutating func text(_ name: String) -> String {
    switch object[name] {
    case .string(let text):
      if text.isEmpty { missing.append((name, "\(name.capitalizedFirst) is required")) }
      return text
    case nil, .null:
      missing.append((name, "\(name.capitalizedFirst) is required"))
      return ""
    case let value?:
      unreadable.append((name, "\(name.capitalizedFirst) must be a string, not \(value.kind)"))
      return ""
    }
  }

  /// A price in minor units, from a number or from a text that is one.
  mutating func price(_ name: String) -> Int64 {
    let label = name.capitalizedFirst
    do throws(PriceProblem) {
      switch object[name] {
      case .number(let text), .string(let text): return try currency.minorUnits(text)
      case nil, .null: unreadable.append((name, "\(label) is required"))
      case let value?: unreadable.append((name, "\(label) must be a number, not \(value.kind)"))
      }
    } catch {
      unreadable.append((name, "\(label) \(error.message)"))
    }
    return 0
  }

  /// Empty: it is not there.
  mutating func optionalText(_ name: String) -> String { has(name) ? text(name) : "" }

  /// nil: it is not there.
  mutating func optionalPrice(_ name: String) -> Int64? { has(name) ? price(name) : nil }

  /// A whole number from 0 on; nil: it is not there.
  mutating func optionalVersion(_ name: String) -> Int64? {
    guard has(name) else { return nil }
    if case .number(let text) = object[name], text.utf8.allSatisfy(\.isDigit), let number = Int64(text) {
      return number
    }
    unreadable.append((name, "\(name.capitalizedFirst) must be a whole number"))
    return nil
  }

  private func has(_ name: String) -> Bool { object[name] ?? .null != .null }

  /// Throws an `APIError` that names every field that could not be read. `complete`: also for every text that is
  /// missing, where without one a message means something else.
  func check(complete: Bool = false) throws(APIError) {
    guard !unreadable.isEmpty || (complete && !missing.isEmpty) else { return }
    throw .invalidFields(missing + unreadable)
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
