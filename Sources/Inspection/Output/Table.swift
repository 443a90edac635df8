/// Rows in columns that are as wide as they need to be.
package struct Table: Sendable {
  private let columns: [String]
  private var rows: [[String]] = []

  package init(_ columns: String...) {
    self.columns = columns
  }

  package var isEmpty: Bool { rows.isEmpty }

  /// A cell per column. Cells are made printable and are cut here.
  package mutating func add(_ cells: String...) { rows.append(cells.map { $0.printable() }) }

  package func text(_ style: Style) -> String {
    let widths = columns.indices.map { column in
      ([columns] + rows).map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.unicodeScalars.count)
      }
      return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
    return ([style(.bold, line(columns))] + rows.map(line)).joined(separator: "\n")
  }
}
