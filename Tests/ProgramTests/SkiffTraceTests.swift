// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import Foundation
import TestSupport
import Testing

@Suite("skiff run --trace", .requires(.root, .overlay, .programs, .busybox, .tar)) struct SkiffTraceTests {
    @Test("writes what host and init did, on one clock, for readers of Chrome's traces") func trace() throws {
        let store = try SkiffStore()
        let file = "\(store.path)/trace.json"
        #expect(try store.expect(3, "run", "--rm", "--trace", file, "bb", "sh", "-c", "echo x; exit 3").output == "x\n")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file)))
        let events = try #require((object as? [String: Any])?["traceEvents"] as? [[String: Any]])
        let names = events.filter { $0["ph"] as? String == "X" }.compactMap { $0["name"] as? String }
        for name in [
            "make a container of the image", "check and map the configuration", "make the control group",
            "plan the launch", "spawn the init and have it set the container up", "clone3 and execve of the init",
            "start the program", "prepare the program",
        ] {
            #expect(names.contains(name), "\(name): \(names)")
        }
        func span(_ name: String) throws -> (begin: Double, end: Double) {
            let event = try #require(events.first { $0["name"] as? String == name })
            let begin = try #require(event["ts"] as? Double)
            return (begin, begin + (try #require(event["dur"] as? Double)))
        }
        // The init's steps are inside of what the host waits for.
        let outer = try span("spawn the init and have it set the container up")
        let inner = try span("clone3 and execve of the init")
        #expect(outer.begin <= inner.begin && inner.end <= outer.end)
        let files = try store.shell(#"ls "$D" | grep -c trace"#)
        #expect(files.output == "1\n")
        try store.expectNothingLeft()
    }

    @Test("writes a page where the file's name says so") func page() throws {
        let store = try SkiffStore()
        try store.expect(0, "run", "--rm", "--trace", "\(store.path)/launch.html", "bb", "true")
        let text = try String(contentsOfFile: "\(store.path)/launch.html", encoding: .utf8)
        #expect(text.hasPrefix("<!doctype html>") && text.hasSuffix("</html>\n"))
        #expect(text.contains("mount proc at /proc") && !text.contains("http://") && !text.contains("https://"))
        #expect(text.contains("default-src 'none'") && text.contains("bb:latest, launched in"))
    }

    @Test("writes a picture where the file's name says so, and no name in either is taken for markup")
    func picture() throws {
        let store = try SkiffStore()
        for file in ["launch.svg", "launch.html"] {
            let volume = "\(store.path):/srv/<script>alert('&\")</script>"
            try store.expect(0, "run", "--rm", "-v", volume, "--trace", "\(store.path)/\(file)", "bb", "true")
            let text = try String(contentsOfFile: "\(store.path)/\(file)", encoding: .utf8)
            #expect(!text.contains("<script") && !text.contains("alert('"))
        }
        let page = try String(contentsOfFile: "\(store.path)/launch.html", encoding: .utf8)
        #expect(page.contains("/srv/&lt;script&gt;alert(&#39;&amp;&quot;)&lt;/script&gt;"))
        let picture = try String(contentsOfFile: "\(store.path)/launch.svg", encoding: .utf8)
        #expect(picture.hasPrefix("<svg xmlns=") && picture.hasSuffix("</svg>\n"))
    }

    @Test("is refused where another process launches, and where the file cannot be made; nothing runs then")
    func refused() throws {
        let store = try SkiffStore()
        try store.expectError("run", "-d", "--trace", "\(store.path)/t", "bb", "true", says: "--trace with --detach")
        try store.expectError("run", "--trace", "/proc/nosuch/t", "bb", "true", says: "/proc/nosuch/t")
        #expect(try store.expect(0, "ps", "-aq").output == "")
        try store.expectNothingLeft()
    }
}
