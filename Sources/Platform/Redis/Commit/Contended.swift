/// What was decided could not be written, because others kept changing what it was decided from: worth another try.
package struct Contended: Error, CustomStringConvertible {
  package init() {}

  package var description: String { "it kept changing meanwhile" }
}
