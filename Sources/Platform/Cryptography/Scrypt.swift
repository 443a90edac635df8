import COpenSSL

/// A key made of a password by scrypt (RFC 7914) with the cost parameters `n`, `r` and `p`, in as many bytes as are
/// asked for. libcrypto allocates `memoryLimit` bytes at most. Takes as long as the cost says.
package func scrypt(
  _ password: String, salt: [UInt8], n: UInt64, r: UInt64, p: UInt64, memoryLimit: UInt64, count: Int
) throws(CryptoError) -> [UInt8] {
  var key = [UInt8](repeating: 0, count: count)
  let password = password.utf8.map { CChar(bitPattern: $0) }
  guard EVP_PBE_scrypt(password, password.count, salt, salt.count, n, r, p, memoryLimit, &key, count) == 1 else {
    throw CryptoError("scrypt with cost \(n),\(r),\(p) has failed")
  }
  return key
}
