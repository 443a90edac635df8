import Gateway
import ServiceHost

extension Readiness {
  /// What the services of this process hang on, each asked once, all at the same time.
  init(services: [HostedService]) async {
    let dependencies = services.flatMap { service in
      service.dependencies.map { (name: "\(service.name)-\($0.name)", check: $0.check) }
    }
    self.init(
      await withTaskGroup(of: (Int, Dependency).self) { group in
        for (index, dependency) in dependencies.enumerated() {
          group.addTask { (index, Dependency(name: dependency.name, state: State(await dependency.check()))) }
        }
        return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
      })
  }

  func stopping(_ isStopping: Bool) -> Readiness {
    var readiness = self
    readiness.isStopping = isStopping
    return readiness
  }
}

extension Readiness.State {
  init(_ state: DependencyState) {
    self =
      switch state {
      case .up(let note): .up(note: note)
      case .down(let reason): .down(reason)
      }
  }
}
