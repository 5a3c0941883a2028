// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import OCISpec
internal import SystemPackage

/// A program `docker-credential-NAME` that keeps credentials.
///
/// It is run with one argument, the server or credential on its standard input, and its answer, at most 64 KiB, on its
/// standard output. Nothing of this process but the environment given reaches it: no descriptor, no other argument.
///
/// - SeeAlso: the protocol of docker-credential-helpers.
struct CredentialHelper: Sendable {
    /// What is asked of a helper.
    enum Action: String, Sendable { case get, store, erase }

    /// Why a helper gave no answer.
    struct Failure: Error, Hashable, Sendable {
        let detail: String
        /// Whether the helper says that it knows no such credential.
        let isNotFound: Bool
    }

    /// The greatest answer in bytes.
    static let outputLimit = 64 << 10

    let name: String
    let directories: [FilePath]
    let environment: [String: String]
    /// Time for one run.
    let timeout: Duration

    /// A name that can be part of a program's: letters, digits, `-`, `_` and `.`.
    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { ASCII.isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    /// The credential for a server; `nil` if the helper knows none.
    func get(_ server: String) async throws(Failure) -> Credential? {
        let output: [UInt8]
        do throws(Failure) { output = try await run(.get, Array(server.utf8)) } catch {
            if error.isNotFound { return nil }
            throw error
        }
        return try Self.credential(output, helper: name)
    }

    /// Reads the answer to `get`.
    static func credential(_ output: [UInt8], helper: String) throws(Failure) -> Credential? {
        let object: JSONObject
        do throws(JSONError) { object = try JSONObject(json: output, limits: JSONLimits(size: outputLimit)) } catch {
            // The text of the error could show a part of the secret; its place cannot.
            throw Failure(detail: "credential helper \(helper): its answer is no JSON object", isNotFound: false)
        }
        guard let secret = object["Secret"]?.string, let user = object["Username"]?.string else {
            throw Failure(detail: "credential helper \(helper): its answer lacks Username or Secret", isNotFound: false)
        }
        return secret.isEmpty ? nil : Credential(name: user, secret: secret)
    }

    func store(_ credential: Credential, for server: String) async throws(Failure) {
        var document = JSONObject()
        document["ServerURL"] = .string(server)
        switch credential {
        case .password(let name, let password):
            document["Username"] = .string(name)
            document["Secret"] = .string(password)
        case .identityToken(let token), .registryToken(let token):
            document["Username"] = .string(Credential.tokenName)
            document["Secret"] = .string(token)
        }
        _ = try await run(.store, document.json())
    }

    /// Forgets a credential.
    ///
    /// - Returns: Whether the helper knew it.
    func erase(_ server: String) async throws(Failure) -> Bool {
        do throws(Failure) {
            _ = try await run(.erase, Array(server.utf8))
            return true
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    private func run(_ action: Action, _ input: [UInt8]) async throws(Failure) -> [UInt8] {
        guard Self.isName(name) else {
            throw Failure(detail: "credential helper \"\(ASCII.excerpt(name))\": no valid name", isNotFound: false)
        }
        let program = "docker-credential-\(name)"
        let result: HelperProcess.Result
        do {
            result = try await HelperProcess.run(
                candidates: directories.map { $0.appending(program) },
                arguments: [program, action.rawValue],
                environment: environment.map { "\($0.key)=\($0.value)" }.sorted(),
                input: input,
                outputLimit: Self.outputLimit,
                timeout: timeout
            )
        } catch {
            throw Failure(detail: "credential helper \(program): \(error)", isNotFound: false)
        }
        guard result.isSuccess else {
            // Helpers say so on their standard output, in these words.
            let text = String(decoding: result.output, as: UTF8.self)
            let isNotFound = action != .store && text.contains("credentials not found")
            let said = ASCII.excerpt(String(text.prefix { $0 != "\n" }))
            throw Failure(
                detail:
                    "credential helper \(program) \(action.rawValue): \(result.ending)\(said.isEmpty ? "" : ": \(said)")",
                isNotFound: isNotFound
            )
        }
        return result.output
    }
}
