/// Who waits for news, and of what.
package struct Watchers<Key: Hashable & Sendable, Watcher: Sendable>: Sendable {
  /// One of them, until it is removed.
  package struct Place: Sendable {
    fileprivate let key: Key
    fileprivate let number: Int
  }

  private var watchers: [Key: [Int: Watcher]] = [:]
  private var lastNumber = 0
  package private(set) var count = 0

  package init() {}

  package mutating func add(_ watcher: Watcher, of key: Key) -> Place {
    lastNumber &+= 1
    count += 1
    watchers[key, default: [:]][lastNumber] = watcher
    return Place(key: key, number: lastNumber)
  }

  package mutating func remove(_ place: Place) {
    guard watchers[place.key]?.removeValue(forKey: place.number) != nil else { return }
    count -= 1
    if watchers[place.key]?.isEmpty == true { watchers[place.key] = nil }
  }

  package subscript(key: Key) -> [Watcher] { Array((watchers[key] ?? [:]).values) }

  /// Those whose number is meant; by default all.
  package func all(where isMeant: (_ number: Int) -> Bool = { _ in true }) -> [Watcher] {
    watchers.values.flatMap { watchers in watchers.filter { isMeant($0.key) }.map(\.value) }
  }
}
