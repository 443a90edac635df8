import ArgumentParser
import EmbeddedRedis
import ServiceHost

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The program: one subcommand a process.
@main
struct Ticketing: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ticketing",
    abstract: "A ticketing platform: sell tickets, reserve them, pay, or lose the reservation.",
    subcommands: [
      UpCommand.self, GatewayCommand.self, AuthCommand.self, TicketsCommand.self, OrdersCommand.self,
      PaymentsCommand.self, ExpirationCommand.self, EventsCommand.self, OrderStoryCommand.self,
      TicketStoryCommand.self, ExpirationsCommand.self, VerifyCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error as any StartError {
      note("ticketing: \(error)")
      exit(withError: ExitCode(error.exitStatus))
    } catch {
      exit(withError: error)
    }
  }
}

/// Trouble that the person who started the process can mend: said in one sentence.
protocol StartError: Error, CustomStringConvertible {
  /// Of sysexits.h.
  var exitStatus: Int32 { get }
}

extension StartError {
  var exitStatus: Int32 { EX_CONFIG }
}

extension ConfigurationError: StartError {}
extension EmbeddedRedisError: StartError {}
