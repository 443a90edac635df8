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

  @Sendable func showSignUp(_ visit: Visit) async throws -> Response { show(.signUp, visit, next: visit.query("next")) }

  @Sendable func showSignIn(_ visit: Visit) async throws -> Response { show(.signIn, visit, next: visit.query("next")) }

  @Sendable func signUp(_ visit: Visit) async throws -> Response {
    try await enter(.signUp, visit) {
      try await auth.signUp(
        .init(email: visit.form["email"], password: visit.form["password"], clientAddress: address(of: visit)),
        options: visit.context.anonymousCall
      ).session
    }
  }

  @Sendable func signIn(_ visit: Visit) async throws -> Response {
    try await enter(.signIn, visit) {
      try await auth.signIn(
        .init(email: visit.form["email"], password: visit.form["password"], clientAddress: address(of: visit)),
        options: visit.context.anonymousCall
      ).session
    }
  }

  @Sendable func signOut(_ visit: Visit) async throws -> Response { .seeOther("/", [cookie.clearing]) }

  private func enter(
    _ form: AccountForm, _ visit: Visit, _ session: () async throws -> AuthV1.Session?
  ) async throws -> Response {
    do {
      let session = try await session().required("session")
      let (age, overflow) = session.expiryTime.subtractingReportingOverflow(session.issuedTime)
      return .seeOther(
        ReturnPath(visit.form["next"]).path, [cookie.field(token: session.token, maxAge: overflow ? 0 : age)])
    } catch {
      let problems = try FormProblems(error, knows: ["email", "password"])
      return show(form, visit, next: visit.form["next"], problems)
    }
  }

  /// What was typed is kept, but for the password.
  private func show(
    _ form: AccountForm, _ visit: Visit, next: String, _ problems: FormProblems? = nil
  ) -> Response {
    let next = ReturnPath(next)
    var fields = form.fields(next: next)
    fields["typedEmail"] = visit.form["email"]
    fields.merge(problems?.fields ?? [:]) { $1 }
    return renderer.page(
      .account, problems?.status ?? .ok, title: form.title, fields, visit, extra: problems?.headers ?? [])
  }

  private func address(of visit: Visit) -> String {
    clients.address(peer: visit.context.peer, fields: visit.request.headers)
  }
}
