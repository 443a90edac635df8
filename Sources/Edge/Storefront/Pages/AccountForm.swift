/// The two forms that ask for an email and a password.
enum AccountForm {
  case signUp, signIn

  var title: String { self == .signUp ? "Sign up" : "Sign in" }
  private var path: String { self == .signUp ? "/auth/signup" : "/auth/signin" }
  private var other: AccountForm { self == .signUp ? .signIn : .signUp }

  func fields(next: ReturnPath) -> Fields {
    [
      "action": path, "next": next.path,
      "passwordKind": self == .signUp ? "new-password" : "current-password",
      "passwordHint": self == .signUp ? "8 characters or more" : "",
      "otherQuestion": self == .signUp ? "You have an account?" : "No account yet?",
      "otherTitle": other.title, "otherPath": "\(other.path)?next=\(next.queryValue)",
    ]
  }
}
