#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Memory, CPU time, descriptors and start of this process, under the names that Prometheus' own clients use.
struct ProcessMetrics: MetricSource {
  /// Made when the process is put together, which is as good as its start.
  private let started: Double

  init() {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    started = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }

  func families() -> [MetricFamily] {
    var families: [MetricFamily] = [
      MetricFamily(
        "process_cpu_seconds_total", help: "CPU time of the process, user and system.", .counter,
        [.init(Self.cpuSeconds)]),
      .gauge("process_start_time_seconds", help: "When the process started, in Unix seconds.", started),
    ]
    if let (virtual, resident) = Self.memory {
      families.append(.gauge("process_virtual_memory_bytes", help: "Virtual memory of the process.", virtual))
      families.append(.gauge("process_resident_memory_bytes", help: "Resident memory of the process.", resident))
    }
    if let open = Self.openDescriptors {
      families.append(.gauge("process_open_fds", help: "Open file descriptors.", open))
    }
    families.append(.gauge("process_max_fds", help: "File descriptors that may be open.", Self.maximumDescriptors))
    return families
  }

  private static var cpuSeconds: Double {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
    #else
      getrusage(RUSAGE_SELF.rawValue, &usage)
    #endif
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
  }

  /// nil where there is no /proc.
  private static var memory: (virtual: Double, resident: Double)? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let pages = text.split(separator: " ").prefix(2).compactMap { Double($0) }
    guard pages.count == 2 else { return nil }
    let size = Double(sysconf(CInt(_SC_PAGESIZE)))
    return (pages[0] * size, pages[1] * size)
  }

  private static var openDescriptors: Double? {
    #if canImport(Darwin)
      let folder = "/dev/fd"
    #else
      let folder = "/proc/self/fd"
    #endif
    // One of them is the look itself.
    return (try? FileManager.default.contentsOfDirectory(atPath: folder)).map { Double(max(0, $0.count - 1)) }
  }

  private static var maximumDescriptors: Double {
    var limit = rlimit()
    #if canImport(Glibc)
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #else
      getrlimit(RLIMIT_NOFILE, &limit)
    #endif
    return Double(limit.rlim_cur)
  }
}
