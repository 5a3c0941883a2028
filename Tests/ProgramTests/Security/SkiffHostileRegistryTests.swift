// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import TestSupport
import Testing

/// A TLS server that would rather speak HTTP/2, played by `openssl s_server`.
@Suite("skiff, from a registry that wants HTTP/2,", .requires(.root, .overlay, .programs, .busybox, .tar, .registry))
struct SkiffHostileRegistryTests {
    /// Runs `skiff pull` against a server that writes what `flood` prints to each connection.
    ///
    /// - Returns: What the server said of the handshake, and of skiff: status, errors, and KiB of memory at most.
    private func pull(_ store: SkiffStore, flood: String, quiet: String) throws -> Command.Result {
        let port = try LocalRegistry.freePort()
        return try store.shell(
            #"""
            cd "$D"; zeros() { head -c "$1" /dev/zero; }
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key -out cert \
                -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
            \#(flood)
            mkfifo in; (cat head; while [ -s frames ] && cat frames; do :; done; exec sleep 60) >in 2>/dev/null & flood=$!
            openssl s_server -accept 127.0.0.1:\#(port) -alpn h2,http/1.1 -cert cert -key key \#(quiet) <in >log 2>&1 & server=$!
            for wait in $(seq 200); do
                grep -q ":$(printf %04X \#(port)) 00000000:0000 0A" /proc/net/tcp && break; sleep 0.05
            done
            timeout 100 /bin/busybox time -f 'KiB %M' "$S" --root "$R" pull --tls-verify=false 127.0.0.1:\#(port)/x:v1 >out 2>&1
            echo status $?; cat out; kill $server $flood; wait; grep -a '^ALPN' log
            """#
        )
    }

    @Test(
        "takes frames without end for no answer, in little memory",
        .rows("CVE-2019-9512"),
        arguments: [
            // Length, type, flags, stream; PING, empty SETTINGS, CONTINUATION, empty DATA, RST_STREAM, PRIORITY, ALTSVC.
            #"\0\0\10\6\0\0\0\0\0abcdefgh"#, #"\0\0\0\4\0\0\0\0\0"#, #"\0\0\1\11\0\0\0\0\1\202"#,
            #"\0\0\0\0\0\0\0\0\1"#,
            #"\0\0\4\3\0\0\0\0\1\0\0\0\10"#, #"\0\0\5\2\0\0\0\0\1\0\0\0\0\0"#, #"\0\0\2\12\0\0\0\0\1\0\0"#,
        ]
    )
    func flood(frame: String) throws {
        let store = try SkiffStore()
        let result = try pull(
            store,
            flood: #"""
                printf '\0\0\0\4\0\0\0\0\0' >head
                printf '\#(frame)' >frame
                for i in $(seq 4000); do cat frame; done >frames
                """#,
            quiet: "-quiet"
        )
        #expect(result.output.hasPrefix("status 125\n"), "\(result.output)\(result.errors)")
        let memory = result.output.split(separator: "\n").first { $0.hasPrefix("KiB ") }.flatMap {
            Int($0.dropFirst(4))
        }
        #expect(try #require(memory) < 128 << 10, "\(result.output)")
        #expect(result.output.contains("the answer breaks off or is no HTTP"), "\(result.output)")
    }

    @Test("offers HTTP/1.1 alone", .rows("CVE-2019-9512"))
    func offer() throws {
        let store = try SkiffStore()
        let answer = #"printf 'HTTP/1.1 404 None\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' >head; : >frames"#
        let result = try pull(store, flood: answer, quiet: "")
        #expect(
            result.output.contains("ALPN protocols advertised by the client: http/1.1\n"),
            "\(result.output)\(result.errors)"
        )
    }
}
