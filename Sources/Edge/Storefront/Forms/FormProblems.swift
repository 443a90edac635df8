import Gateway
import HTTPTypes
import RPC

/// Why a form's post was refused, to be said beside its fields.
struct FormProblems {
  let status: HTTPResponse.Status
  let headers: [HTTPField]
  /// For the template: `<field>Error` each, and `problem` for what belongs to none.
  let fields: Fields

  /// One that belongs to no field.
  init(_ status: HTTPResponse.Status, _ problem: String) {
    self.status = status
    headers = []
    fields = ["problem": problem]
  }

  /// Throws `error` where it is not one that a form can show: a fault of ours, or a session that has ended.
  ///
  /// - Parameter codes: The fields of errors that name none themselves.
  init(_ error: any Error, knows names: [String], by codes: [String: String] = [:]) throws {
    let refusal = (error as? APIError) ?? (error as? RPCError).flatMap { APIError($0) }
    guard let refusal, refusal.status != .unauthorized else { throw error }
    status = refusal.status
    headers = refusal.headers
    var fields: Fields = [:]
    var others: [String] = []
    for item in refusal.items {
      if let field = item.field ?? item.code.flatMap({ codes[$0] }), names.contains(field) {
        fields["\(field)Error"] = fields["\(field)Error"] ?? item.message
      } else {
        others.append(item.message)
      }
    }
    if !others.isEmpty { fields["problem"] = others.joined(separator: ". ") }
    self.fields = fields
  }
}
