/// Why a well-formed sign-up or sign-in is refused.
enum AuthError: Error {
  case emailInUse
  case invalidCredentials
  case rateLimited(retryAfter: Duration)
  case passwordQueueFull
}
