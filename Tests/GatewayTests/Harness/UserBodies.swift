enum UserBodies {
  static let ann = #"{"email":"Ann@Example.com","password":"correct horse"}"#
}
