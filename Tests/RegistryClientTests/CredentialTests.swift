// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import CLinux
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

@testable import RegistryClient

@Suite("A file of credentials")
struct CredentialFileTests {
    private func credential(_ text: String, _ registry: String, _ repository: String? = nil) throws -> Credential? {
        try CredentialFile(Array(text.utf8)).credential(
            for: CredentialServer(registry: registry),
            repository: repository
        )
    }

    @Test(
        "is read as docker and podman read it",
        arguments: [
            (#"{"auths":{"host:5000":{"auth":"bWU6cHc="}}}"#, "host:5000"),
            (#"{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6cHc="}}}"#, "docker.io"),
            (#"{"auths":{"docker.io":{"auth":"bWU6cHc"}}}"#, "docker.io"),
            (#"{"auths":{"https://Host/v2/":{"auth":"bWU6cHcA"}}}"#, "host"),
            (#"{"auths":{"host":{"username":"me","password":"pw"}}}"#, "host"),
            (#"{"HttpHeaders":{"a":"b"},"auths":{"host":{"auth":"bWU6cHc=","email":"x"}},"psFormat":"x"}"#, "host"),
        ]
    )
    func formats(text: String, registry: String) throws {
        #expect(try credential(text, registry) == .password(name: "me", password: "pw"))
    }

    @Test(
        "knows nothing of registries that only look alike",
        arguments: [
            #"{"auths":{"host:5000":{"auth":"bWU6cHc="}}}"#, #"{"auths":{"myhost":{"auth":"bWU6cHc="}}}"#,
            #"{"auths":{"host.evil":{"auth":"bWU6cHc="}}}"#,
            #"{"auths":{"host":{}}}"#, #"{"auths":{"host":{"auth":"%%%"}}}"#,
            #"{"auths":{"host":{"auth":"bm9jb2xvbg=="}}}"#, "{}", "", " \n",
            #"{"auths":null}"#,
        ]
    ) func others(text: String) throws { #expect(try credential(text, "host") == nil) }

    @Test("prefers what is kept for the repository") func namespaces() throws {
        let text = #"{"auths":{"q.io":{"auth":"YTph"},"q.io/team":{"auth":"Yjpi"},"q.io/team/app":{"auth":"Yzpj"}}}"#
        #expect(try credential(text, "q.io", "team/app")?.name == "c")
        #expect(try credential(text, "q.io", "team/other")?.name == "b")
        #expect(try credential(text, "q.io", "teams/app")?.name == "a")
        #expect(try credential(text, "q.io")?.name == "a")
    }

    @Test("holds tokens too") func tokens() throws {
        #expect(try credential(#"{"auths":{"h.io":{"auth":"","identitytoken":"t"}}}"#, "h.io") == .identityToken("t"))
        #expect(try credential(#"{"auths":{"h.io":{"registrytoken":"t"}}}"#, "h.io") == .registryToken("t"))
    }

    @Test("names helpers: for a registry, or for all") func helpers() throws {
        let file = try CredentialFile(
            Array(#"{"credsStore":"all","credHelpers":{"h.io":"one","https://index.docker.io/v1/":"hub"}}"#.utf8)
        )
        #expect(file.helper(for: CredentialServer(registry: "h.io")) == "one")
        #expect(file.helper(for: CredentialServer(registry: "docker.io")) == "hub")
        #expect(file.helper(for: CredentialServer(registry: "other.io")) == "all")
    }

    @Test(
        "that is malformed is an error",
        arguments: ["{", "[]", #"{"auths":[]}"#, #"{"auths":{},"auths":{}}"#, #"{"credHelpers":5}"#]
    )
    func malformed(text: String) { #expect(throws: JSONError.self) { try CredentialFile(Array(text.utf8)) } }

    @Test("keeps what it does not know when it is written") func roundTrip() throws {
        var file = try CredentialFile(Array(#"{"psFormat":"x","auths":{"a.io":{"auth":"YTph","email":"e"}}}"#.utf8))
        file.set(.password(name: "b", password: "pw:2"), for: CredentialServer(registry: "b.io"))
        let again = try CredentialFile(file.bytes)
        #expect(String(decoding: again.bytes, as: UTF8.self).contains(#""psFormat": "x""#))
        #expect(again.credential(for: CredentialServer(registry: "a.io"), repository: nil)?.name == "a")
        #expect(
            again.credential(for: CredentialServer(registry: "b.io"), repository: nil)
                == .password(name: "b", password: "pw:2")
        )
        var less = again
        let removed = [
            less.remove(CredentialServer(registry: "b.io")), less.remove(CredentialServer(registry: "b.io")),
        ]
        #expect(removed == [true, false])
        #expect(less.credential(for: CredentialServer(registry: "b.io"), repository: nil) == nil)
    }
}

@Suite("The store of credentials")
struct CredentialStoreTests {
    private func write(_ directory: borrowing TemporaryDirectory, _ name: String, _ text: String, mode: UInt32 = 0o600)
        throws
    {
        try OwnedFileDescriptor.open(
            directory.path.appending(name),
            CLINUX_O_WRONLY | CLINUX_O_CREAT | CLINUX_O_TRUNC,
            mode: mode
        )
        .write(Array(text.utf8))
    }

    private func store(_ directory: borrowing TemporaryDirectory, _ more: [String: String] = [:]) -> CredentialStore {
        let environment = [
            "HOME": directory.path.string, "PATH": "\(directory.path):/usr/bin:/bin",
            "XDG_RUNTIME_DIR": "\(directory.path)/run",
        ]
        let locations = CredentialLocations(environment: environment.merging(more) { $1 }, userID: 12345)
        return CredentialStore(locations, helperTimeout: .seconds(20))
    }

    @Test("looks where podman and docker do, in that order") func locations() {
        let usual = CredentialLocations(environment: ["HOME": "/h", "XDG_RUNTIME_DIR": "/run/u"], userID: 7)
        #expect(
            usual.files == ["/run/u/containers/auth.json", "/h/.config/containers/auth.json", "/h/.docker/config.json"]
        )
        #expect(usual.login == "/h/.docker/config.json")
        let plain = CredentialLocations(environment: ["HOME": "/h", "DOCKER_CONFIG": "/d"], userID: 7)
        #expect(plain.files == ["/run/containers/7/auth.json", "/h/.config/containers/auth.json", "/d/config.json"])
        let one = CredentialLocations(environment: ["HOME": "/h", "REGISTRY_AUTH_FILE": "/a.json"], userID: 7)
        #expect(one.files == ["/a.json"] && one.login == "/a.json")
        #expect(CredentialLocations(environment: [:], userID: 7).login == nil)
    }

    @Test("keeps a login for its owner's eyes, finds it and forgets it") func login() async throws {
        let directory = try TemporaryDirectory()
        let store = store(directory)
        let credential = Credential.password(name: "me", password: "pw")
        #expect(try await store.credential(for: "h.io") == nil)
        #expect(try await store.store(credential, for: "h.io") == directory.path.appending(".docker/config.json"))
        #expect(try await store.credential(for: "h.io") == credential)
        #expect(try directory.open().status(".docker/config.json").permissions == 0o600)
        #expect(try directory.open().status(".docker").permissions == 0o700)
        #expect(try await store.remove("h.io"))
        #expect(try await store.remove("h.io") == false)
        #expect(try await store.credential(for: "h.io") == nil)
    }

    /// A helper that keeps one credential in a file beside it.
    private static let helper = """
        #!/bin/sh
        echo "$# $1" >> "$HOME/log"
        case $1 in
        store) cat > "$HOME/kept" ;;
        get) [ -f "$HOME/kept" ] || { echo "credentials not found in native keychain"; exit 1; }; cat "$HOME/kept" ;;
        erase) [ -f "$HOME/kept" ] || { echo "credentials not found in native keychain"; exit 1; }; rm "$HOME/kept" ;;
        esac
        """

    @Test("speaks with credential helpers") func helper() async throws {
        let directory = try TemporaryDirectory()
        try directory.open().makeDirectory(".docker")
        try write(directory, ".docker/config.json", #"{"credHelpers":{"h.io":"test"}}"#)
        try write(directory, "docker-credential-test", Self.helper, mode: 0o755)
        let store = store(directory)
        #expect(try await store.credential(for: "h.io") == nil)
        #expect(try await store.store(.password(name: "me", password: "p\"w"), for: "h.io") == nil)
        #expect(try await store.credential(for: "h.io") == .password(name: "me", password: "p\"w"))
        #expect(try await store.store(.identityToken("t"), for: "h.io") == nil)
        #expect(try await store.credential(for: "h.io") == .identityToken("t"))
        #expect(try await store.remove("h.io"))
        #expect(try await store.remove("h.io") == false)
        let log = String(decoding: try directory.open().readFile("log"), as: UTF8.self)
        #expect(log.split(separator: "\n").allSatisfy { $0.hasPrefix("1 ") })
        #expect(
            String(decoding: try directory.open().readFile(".docker/config.json"), as: UTF8.self).contains("pw")
                == false
        )
    }

    @Test(
        "reports a helper that fails, hangs, writes too much or is not there, and never its secret",
        .rows("containerd-272c100b7"),
        arguments: [
            ("exit 3", "exit status 3"), ("kill -9 $$", "killed by signal 9"),
            ("echo '{\"Secret\":\"sesame\"'", "no JSON object"),
            ("echo '{\"Secret\":\"sesame\"}'", "lacks Username"), ("yes sesame", "exit status|signal|JSON"),
            ("exec sleep 3600", "timed out"),
        ]
    )
    func badHelper(script: String, expected: String) async throws {
        let directory = try TemporaryDirectory()
        try directory.open().makeDirectory(".docker")
        try write(directory, ".docker/config.json", #"{"credsStore":"bad"}"#)
        try write(directory, "docker-credential-bad", "#!/bin/sh\n\(script)\n", mode: 0o755)
        let store = CredentialStore(
            store(directory).locations,
            helperTimeout: .seconds(script.contains("sleep") ? 1 : 20)
        )
        let error = await failure { () throws(RegistryError) in _ = try await store.credential(for: "h.io") }
        #expect(error?.code == .credentials)
        let text = "\(String(describing: error)) \(error.map { "\($0)" } ?? "")"
        #expect(expected.split(separator: "|").contains { text.contains($0) }, "\(text)")
        #expect(!text.contains("\"sesame\""))
    }

    @Test(
        "does not run a helper with a name that leads elsewhere",
        .rows("CVE-2026-23953"),
        arguments: ["../evil", "a/b", "a b", ".."]
    )
    func helperName(name: String) async throws {
        let directory = try TemporaryDirectory()
        try write(directory, "a.json", "{\"credsStore\":\"\(name)\"}")
        let store = store(directory, ["REGISTRY_AUTH_FILE": "\(directory.path)/a.json"])
        let error = await failure { () throws(RegistryError) in _ = try await store.credential(for: "h.io") }
        #expect(error?.code == .credentials)
    }
}
