// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// A database for the length of a test: PostgreSQL in a container that is gone afterwards, whatever happens in between.
// An image is made of Debian's packages, without any registry:
//
//     debootstrap --variant=minbase --include=postgresql bookworm root && tar -C root -cf - . | skiff import - postgres
//     database-test /var/lib/skiff postgres

internal import Glibc
internal import RuntimeCore

@main
enum DatabaseTest {
    /// Makes a cluster, and becomes its server. It listens on a unix socket: the container has no network.
    private static let script = """
        set -e; bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1); data=/tmp/data
        mkdir -p /run/postgresql; chown postgres /run/postgresql
        exec setpriv --reuid postgres --regid postgres --init-groups sh -c \
        "$bin/initdb -D $data -A trust --no-sync >/dev/null && exec $bin/postgres -D $data -c fsync=off -h ''"
        """

    static func main() async {
        do { try await test() } catch { fail("\(error)") }
    }

    private static func test() async throws {
        let words = CommandLine.arguments
        guard words.count == 3 else {
            fail("usage: database-test STORE IMAGE", status: 2)
        }
        let store = try ContainerStore(at: FilePath(words[1]))
        try await withContainer(words[2], ["sh", "-c", script], in: store) {
            $0.limits.memory = 512 << 20
            $0.timeout = .seconds(120)
        } _: { database in
            for try await line in database.errors.lines where line.contains("ready to accept connections") { break }
            // What the server writes from now on is read, so that it never waits for us.
            async let log = database.errors.reduce(0) { $0 + $1.count }
            _ = try await query("create table berths (ship text, length int)", in: database)
            _ = try await query("insert into berths values ('pinta', 17), ('nina', 15)", in: database)
            print(try await query("select sum(length) from berths", in: database))
            try database.kill(signal: 15)
            print("server: \(try await database.wait()), \(try await log) bytes of log")
        }
    }

    private static func query(_ text: String, in database: ScopedContainer) async throws -> String {
        let result = try await database.run(["psql", "-U", "postgres", "-tAc", text])
        guard result.exit.isSuccess else { throw QueryFailed(text: result.errors) }
        return result.output
    }

    private struct QueryFailed: Error, CustomStringConvertible {
        let text: String
        var description: String { "psql: \(text)" }
    }
}

/// Ends the program with a line that says why.
func fail(_ message: String, status: Int32 = 1) -> Never {
    _ = try? FileDescriptor.standardError.writeAll("database-test: \(message)\n".utf8)
    exit(status)
}
