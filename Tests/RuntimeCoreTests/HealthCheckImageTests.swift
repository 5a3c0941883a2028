// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCISpec
import RuntimeCore
import Testing

@Suite("The health check of an image") struct HealthCheckImageTests {
    private func check(_ json: String) throws -> HealthCheck? {
        let text = """
            {"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Healthcheck":\(json)}}
            """
        return HealthCheck(ofImage: try ImageConfiguration(json: text))
    }

    @Test("is a command or a shell's words, with docker's nanoseconds") func forms() throws {
        var wanted = HealthCheck(["/bin/sh", "-c", "test -e /ok"])
        wanted.interval = 5000
        wanted.timeout = 1
        wanted.startPeriod = 2000
        wanted.retries = 7
        let json = """
            {"Test":["CMD-SHELL","test -e /ok"],"Interval":5000000000,"Timeout":10,"StartPeriod":2000000000,"Retries":7}
            """
        #expect(try check(json) == wanted)
        #expect(try check(#"{"Test":["CMD-SHELL","a","b"]}"#) == HealthCheck(["/bin/sh", "-c", "a b"]))
        #expect(try check(#"{"Test":["CMD","probe","-q"],"Interval":0,"Retries":0}"#) == HealthCheck(["probe", "-q"]))
    }

    @Test(
        "is none where it is switched off, or is none",
        arguments: [
            "{}", #"{"Test":[]}"#, #"{"Test":["NONE"]}"#, #"{"Test":["CMD"]}"#, #"{"Test":["CMD-SHELL"]}"#,
            #"{"Test":["RUN","a"]}"#, #"{"Test":["CMD",1]}"#, #"{"Test":"CMD"}"#, "null", "7",
        ]
    )
    func none(json: String) throws {
        #expect(try check(json) == nil)
    }
}
