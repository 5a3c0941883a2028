// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import ImageLayout
import LinuxSystem
import OCISpec
import SystemPackage
import TestSupport
import Testing

import Glibc

@Suite struct CrashSafetyTests {
    /// Where an import comes to; the steps that are made for each blob can be reached several times.
    static let points: [(step: IngestStep, count: Int)] = IngestStep.allCases.flatMap { step in
        (1...2).map { (step, $0) }
    }

    /// What must hold after any import that did not finish: the old image is whole, the new one is there or not.
    private func check(_ path: FilePath, _ old: TestImage, _ new: TestImage, isFinished: Bool?) throws {
        let layout = try ImageLayoutDirectory(opening: path)
        #expect(try layout.check().isSound)
        #expect(try layout.resolve("old:v1").id == old.id)
        let names = try layout.images().images.compactMap(\.name)
        if let isFinished { #expect(names.contains("docker.io/library/test:v1") == isFinished) }
        try layout.collectGarbage(grace: .zero)
        let usage = try layout.usage()
        #expect(usage.unreferencedBlobs == 0)
        #expect(usage.blobs == (names.count == 2 ? 8 : 4))
        #expect(try TestLayout.contents(path).filter { $0.hasPrefix("ingest/") || $0.contains(".tmp") }.isEmpty)
    }

    @Test("An import that fails at any step leaves a valid layout", arguments: points)
    func failing(point: (step: IngestStep, count: Int)) throws {
        let count = Counter()
        let test = try TestLayout { step in
            guard step == point.step, count.next() == point.count else { return nil }
            return SystemCallError(call: "write", errno: .noSpace)
        }
        let old = TestImage(["old", "layers"])
        let plain = try ImageLayoutDirectory(opening: test.layout.path)
        try old.add(to: plain, as: "old:v1")
        let new = TestImage(["new", "content"])
        let path = try test.file("archive", new.ociArchive().finished)
        let isSkipped =
            point.count == 2 && [.directorySynchronized, .indexPrepared, .indexReplaced].contains(point.step)
        let error = failure { () throws(ImageLayoutError) in try test.layout.importArchive(at: path) }
        #expect(error?.code == (isSkipped ? nil : .systemCall))
        try check(test.layout.path, old, new, isFinished: isSkipped || point.step == .indexReplaced)
    }

    @Test("An import that is killed at any step leaves a valid layout", .rows("F-02"), arguments: points)
    func killed(point: (step: IngestStep, count: Int)) async throws {
        let isSkipped =
            point.count == 2 && [.directorySynchronized, .indexPrepared, .indexReplaced].contains(point.step)
        if isSkipped { return }
        let test = try TestLayout()
        let old = TestImage(["old", "layers"])
        try old.add(to: test.layout, as: "old:v1")
        let new = TestImage(["new", "content"])
        let archive = try "\(test.file("archive", new.ociArchive().finished))"
        let path = "\(test.layout.path)"
        let step = point.step
        let target = point.count
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, archive = archive as String, step = step as IngestStep, target = target as Int] in
            let count = Counter()
            let layout = try ImageLayoutDirectory.openOrCreate(FilePath(path)) { reached in
                if reached == step, count.next() == target { kill(getpid(), SIGKILL) }
                return nil
            }
            try layout.importArchive(at: FilePath(archive))
        }
        try check(test.layout.path, old, new, isFinished: step == .indexReplaced)
    }
}
