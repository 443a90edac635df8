extension Duration {
  /// Milliseconds with three decimals' worth of precision.
  package var milliseconds: Double {
    Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
  }
}
