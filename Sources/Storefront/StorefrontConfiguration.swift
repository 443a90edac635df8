/// How the pages are served, beside what the gateway says.
package struct StorefrontConfiguration: Sendable {
  /// The folder with Bootstrap's `css/bootstrap.min.css`; by default where Debian keeps it.
  package var bootstrapFolder = "/usr/share/javascript/bootstrap5"

  package init() {}
}
