// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// How often and when a request that failed for a passing reason is sent again.
public struct RetryPolicy: Hashable, Sendable {
    /// The greatest wait that a server can ask for; when it asks for more, the request fails.
    public static let greatestWait: Duration = .seconds(60)

    /// How often a request is sent at most.
    public var attempts: Int
    /// The wait after the first failure; it doubles with each further one.
    public var firstWait: Duration
    /// The greatest wait without a server's wish.
    public var longestWait: Duration

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - attempts: How often a request is sent at most; 1 at least.
    ///   - firstWait: The wait after the first failure.
    ///   - longestWait: The greatest wait without a server's wish.
    public init(attempts: Int = 5, firstWait: Duration = .milliseconds(500), longestWait: Duration = .seconds(15)) {
        self.attempts = max(1, attempts)
        self.firstWait = firstWait
        self.longestWait = longestWait
    }

    /// How long to wait after a number of failures in a row.
    ///
    /// - Parameters:
    ///   - failures: How many; 1 at least.
    ///   - wish: What the server asks for.
    ///   - random: From 0 to 1. Half of the wait is left to chance, so that clients that failed together do not come
    ///     back together.
    /// - Returns: The wait; `nil` if the request is not sent again.
    func wait(after failures: Int, wish: Duration?, random: Double) -> Duration? {
        guard failures < attempts else { return nil }
        if let wish { return wish <= Self.greatestWait ? wish : nil }
        let doubled = firstWait * Double(1 << min(failures - 1, 20))
        return min(doubled, longestWait) * (0.5 + 0.5 * min(max(random, 0), 1))
    }
}
