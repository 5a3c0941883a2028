// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import RuntimeCore

/// How much the things of one kind take.
struct UsageLine {
    let kind: String
    let total: Int
    let active: Int
    let bytes: Int64
    let reclaimable: Int64

    /// The line in a list, with the members that `docker system df` has.
    var row: Listing.Row {
        let share = bytes > 0 ? " (\(100 * reclaimable / bytes)%)" : ""
        let size = HumanSize.text(bytes: bytes)
        let free = "\(HumanSize.text(bytes: reclaimable))\(share)"
        return Listing.Row(
            id: kind,
            cells: [kind, "\(total)", "\(active)", size, free],
            members: .members([
                "Active": .string("\(active)"), "Reclaimable": .string(free), "Size": .string(size),
                "TotalCount": .string("\(total)"), "Type": .string(kind),
            ])
        )
    }
}
