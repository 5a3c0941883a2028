// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

extension RuntimeConfiguration {
    /// Checks what types cannot say: relations between fields, forms of paths and names, ranges.
    ///
    /// Only the document is looked at. Whether files exist, whether the kernel knows a capability or system call, and
    /// what is allowed on this host is for the libraries that apply it. Fields of other platforms are not looked into.
    ///
    /// - Throws: ``ValidationError`` with all problems, each naming its place.
    public func validate() throws(ValidationError) {
        let problems = problems
        if !problems.isEmpty { throw ValidationError(problems: problems) }
    }

    /// Everything that ``validate()`` objects to; empty if the configuration is in order.
    public var problems: [ValidationProblem] {
        var validator = ConfigurationValidator(configuration: self)
        validator.validate()
        return validator.problems
    }
}
