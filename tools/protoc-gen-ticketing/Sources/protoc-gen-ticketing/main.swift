import Foundation
import Generator

// Without arguments this is a plugin of protoc. protoc-c runs no plugins; for it there is --descriptor-set.
do {
  if CommandLine.arguments.count == 1 {
    let request = try FileHandle.standardInput.readToEnd() ?? Data()
    try FileHandle.standardOutput.write(contentsOf: Data(CodeGeneratorExchange.respond(to: [UInt8](request))))
  } else {
    try Invocation(CommandLine.arguments.dropFirst()).run()
  }
} catch let error as UsageError {
  FileHandle.standardError.write(Data("\(error.description)\n\n\(Invocation.usage)\n".utf8))
  exit(64)
} catch {
  FileHandle.standardError.write(Data("protoc-gen-ticketing: \(error)\n".utf8))
  exit(1)
}
