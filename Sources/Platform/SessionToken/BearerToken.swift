/// The token in `Authorization: Bearer …`; the scheme's name is compared without case (RFC 9110, 11.1).
package func bearerToken(_ header: String) -> String? {
  let parts = header.split(separator: " ", maxSplits: 1)
  guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
  return String(parts[1].drop { $0 == " " })
}
