/// Bounds on what a message may take, whoever sends it.
enum MessageLimits {
  /// Bytes of one encoded message: four times what a call carries.
  static let encodedBytes = 4 << 20
  /// Bytes that the C side of one decode may take. A wire byte can ask for a hundred and more (an empty message in a
  /// repeated field has 2 bytes), so that the length of the input bounds nothing.
  static let decodedBytes = 16 << 20
  /// Bytes that the C side of one encode may take.
  static let encodingBytes = 32 << 20
}
