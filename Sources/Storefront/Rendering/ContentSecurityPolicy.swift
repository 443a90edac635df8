/// What a browser may load for our pages (w3.org/TR/CSP3): our own files, and no script or style within a page.
struct ContentSecurityPolicy: Sendable {
  let text: String

  /// `styleHost`: where Bootstrap comes from, if not from us.
  init(styleHost: String? = nil) {
    let styles = styleHost.map { " \($0)" } ?? ""
    text = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'\(styles)",
      // Bootstrap draws its check marks as data: images.
      "img-src 'self' data:",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].joined(separator: "; ")
  }
}
