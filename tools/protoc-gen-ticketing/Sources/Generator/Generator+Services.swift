/// The service protocol, its client and its registrations.
extension Generator {
  func serviceFile(_ service: ProtoService, _ file: ProtoFile, _ namespace: String) -> String {
    var writer = swiftWriter(from: file.path)
    writer.line("import RPC")
    writer.line()
    writer.block("extension \(namespace)") { writer in
      writeProtocol(service, file.package, &writer)
      writer.line()
      writeClient(service, file.package, &writer)
      writer.line()
      writeMethods(service, file.package, &writer)
    }
    return writer.text
  }

  private func writeProtocol(_ service: ProtoService, _ package: String, _ writer: inout SourceWriter) {
    writer.documentation(service.comment.isEmpty ? ["What \(service.fullName) does."] : service.comment)
    writer.block("\(options.access)protocol \(service.name)Protocol: Sendable") { writer in
      for (index, method) in service.methods.enumerated() {
        if index > 0 { writer.line() }
        let (request, response) = typeNames(method, package)
        writer.documentation(method.comment)
        var parameters = ["_ request: \(request)", "context: CallContext"]
        if method.streamsResponses { parameters.append("responses: ResponseWriter<\(response)>") }
        let result = method.streamsResponses ? "" : " -> \(response)"
        writer.call("func \(SwiftName.method(method.name))", parameters, " async throws\(result)")
      }
    }
  }

  private func writeClient(_ service: ProtoService, _ package: String, _ writer: inout SourceWriter) {
    writer.documentation(["Calls \(service.fullName) on a channel; failures are thrown as `RPCError`."])
    writer.block("\(options.access)struct \(service.name)Client: Sendable") { writer in
      writer.line("private let channel: any RPCChannel")
      writer.line()
      writer.line("\(options.access)init(_ channel: any RPCChannel) { self.channel = channel }")
      for method in service.methods {
        let (request, response) = typeNames(method, package)
        let name = SwiftName.method(method.name)
        writer.line()
        writer.documentation(method.comment)
        var parameters = ["_ request: \(request)", "options: CallOptions = CallOptions()"]
        if method.streamsResponses {
          parameters.append("body: (ResponseStream<\(response)>) async throws -> Result")
          writer.call("\(options.access)func \(name)<Result: Sendable>", parameters, " async throws -> Result {")
        } else {
          writer.call("\(options.access)func \(name)", parameters, " async throws -> \(response) {")
        }
        writer.indented { writer in
          let kind = method.streamsResponses ? "serverStreaming" : "unary"
          let body = method.streamsResponses ? ["body: body"] : []
          writer.call(
            "try await channel.\(kind)", ["\(service.name)Methods.\(name)", "request", "options: options"] + body, "")
        }
        writer.line("}")
      }
    }
  }

  private func writeMethods(_ service: ProtoService, _ package: String, _ writer: inout SourceWriter) {
    writer.documentation(["The methods of \(service.fullName), and how a server finds them."])
    writer.block("\(options.access)enum \(service.name)Methods") { writer in
      writer.line("\(options.access)static let serviceName = \"\(service.fullName)\"")
      for method in service.methods {
        let (request, response) = typeNames(method, package)
        writer.call(
          "\(options.access)static let \(SwiftName.method(method.name)) = MethodDescriptor<\(request), \(response)>",
          ["service: serviceName", "name: \"\(method.name)\""], "")
      }
      writer.line()
      let parameter = "_ implementation: some \(service.name)Protocol"
      writer.block("\(options.access)static func registrations(\(parameter)) -> [MethodRegistration]") { writer in
        writer.line("[")
        writer.indented { writer in
          for method in service.methods { writeRegistration(method, &writer) }
        }
        writer.line("]")
      }
    }
  }

  private func writeRegistration(_ method: ProtoService.Method, _ writer: inout SourceWriter) {
    let name = SwiftName.method(method.name)
    let (kind, closure, more) =
      method.streamsResponses
      ? ("serverStreaming", "request, context, responses", ", responses: responses")
      : ("unary", "request, context", "")
    writer.line(".\(kind)(\(name)) { \(closure) in")
    writer.indented { $0.line("try await implementation.\(name)(request, context: context\(more))") }
    writer.line("},")
  }

  private func typeNames(_ method: ProtoService.Method, _ package: String) -> (request: String, response: String) {
    (types.swiftName(method.request, in: package), types.swiftName(method.response, in: package))
  }
}
