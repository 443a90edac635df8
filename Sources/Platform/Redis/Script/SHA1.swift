import COpenSSL

/// The digest that Redis names scripts by. Not for anything that must resist an attacker.
enum SHA1 {
  static func hexDigest(_ text: String) -> String {
    var text = text
    var digest = [UInt8](repeating: 0, count: 20)
    var count: UInt32 = 0
    let succeeded = text.withUTF8 { EVP_Digest($0.baseAddress, $0.count, &digest, &count, EVP_sha1(), nil) }
    // Where a provider forbids SHA-1 no script has this name: every run falls back to EVAL, and works.
    guard succeeded == 1, count == 20 else { return String(repeating: "0", count: 40) }
    let digits = Array("0123456789abcdef".utf8)
    let hex = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: hex, as: UTF8.self)
  }
}
