import RPC

extension Optional where Wrapped: RPCMessage {
  /// A part that every answer of a method has. Throws INTERNAL where a service left it out.
  package func required(_ name: StaticString) throws(RPCError) -> Wrapped {
    guard let self else { throw RPCError(.internal, "the answer has no \(name)") }
    return self
  }
}
