import Identifiers

/// Where to go after signing in: a path of this site, and nothing that a browser could take for another one.
struct ReturnPath: Sendable {
  let path: String

  /// The landing page for anything that is not surely a path of ours.
  init(_ text: String) {
    // `//host` and `/\host` are addresses of hosts, and browsers drop tabs and line ends before they look.
    let isSafe =
      text.hasPrefix("/") && text.utf8.count <= 512 && !text.hasPrefix("//") && !text.hasPrefix("/auth/")
      && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\\") }
    path = isSafe ? text : "/"
  }

  /// For a query. `/`, letters and digits stay readable.
  var queryValue: String { path.percentEncoded { $0 == UInt8(ascii: "/") } }
}
