// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Groups below a container's control group that an added process joins instead of the group itself. They must exist.
public enum ExecControlGroup: Hashable, Sendable {
    /// The group of this relative path, in every hierarchy.
    case everywhere(String)
    /// Groups by the name of a version 1 controller; in other hierarchies the process joins the container's group.
    case byController([String: String])
}
