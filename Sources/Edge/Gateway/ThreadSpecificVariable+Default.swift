import NIOPosix

extension ThreadSpecificVariable {
  /// What this thread has; made where it has none yet.
  func value(orMake make: () -> Value) -> Value {
    if let value = currentValue { return value }
    let value = make()
    currentValue = value
    return value
  }
}
