/// The name of a key. Only a service's `…Keys.swift` makes them.
package struct RedisKey: Sendable, Hashable, CustomStringConvertible {
  package let name: String
  package init(_ name: String) { self.name = name }
  package var description: String { name }
}
