import Gateway
import HTTPTypes
import Hummingbird
import RPC
import TicketingProto

/// `/auth`: signing up, in and out.
struct AccountPages: Sendable {
  let auth: AuthV1.AuthServiceClient
  let cookie: SessionCookie
  let clients: ClientAddresses
  let renderer: PageRenderer

  func show(_ form: AccountForm) -> Visits.Page {
    { visit in page(form, visit, next: visit.query("next")) }
  }

  func enter(_ form: AccountForm) -> Visits.Page {
    { visit in
      do {
        let session = try await session(form, visit).required("session")
        return .seeOther(ReturnPath(visit.form["next"]).path, [cookie.field(session)])
      } catch {
        let problems = try FormProblems(error, knows: ["email", "password"])
        return page(form, visit, next: visit.form["next"], problems)
      }
    }
  }

  @Sendable func signOut(_ visit: Visit) async throws -> Response { .seeOther("/", [cookie.clearing]) }

  private func session(_ form: AccountForm, _ visit: Visit) async throws -> AuthV1.Session? {
    let (email, password) = (visit.form["email"], visit.form["password"])
    let address = clients.address(peer: visit.context.peer, fields: visit.request.headers)
    let call = visit.context.anonymousCall
    return switch form {
    case .signUp:
      try await auth.signUp(.init(email: email, password: password, clientAddress: address), options: call).session
    case .signIn:
      try await auth.signIn(.init(email: email, password: password, clientAddress: address), options: call).session
    }
  }

  /// What was typed is kept, but for the password.
  private func page(
    _ form: AccountForm, _ visit: Visit, next: String, _ problems: FormProblems? = nil
  ) -> Response {
    var fields = form.fields(next: ReturnPath(next))
    fields["typedEmail"] = visit.form["email"]
    return renderer.page(.account, title: form.title, fields, visit, problems: problems)
  }
}
