// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

import OCIRuntime
import OCISpec
import Testing

@Suite("Features of the runtime")
struct FeaturesTests {
    @Test("say what the mapping applies")
    func content() throws {
        let features = Runtime.features
        #expect((features.ociVersionMin, features.ociVersionMax) == ("1.0.0", "1.3.0"))
        #expect(features.mountOptions?.contains("rro") == true)
        #expect(features.mountOptions?.contains("idmap") == true)
        #expect(features.linux?.namespaces?.contains("user") == true)
        #expect(features.linux?.namespaces?.contains("time") == true)
        #expect(features.linux?.seccomp?.actions?.count == 9)
        #expect(features.linux?.seccomp?.actions?.contains("SCMP_ACT_NOTIFY") == true)
        #expect(features.linux?.seccomp?.supportedFlags?.count == 4)
        #expect(features.linux?.apparmor?.enabled == true)
        #expect(features.linux?.intelRdt?.monitoring == true)
        #expect(features.linux?.memoryPolicy?.modes?.count == 7)
        #expect(features.linux?.memoryPolicy?.flags?.count == 3)
        #expect(features.hooks?.count == 6)
        #expect(features.linux?.seccomp?.actions?.contains("SCMP_ACT_ERRNO") == true)
        #expect(features.linux?.netDevices?.enabled == true)
        #expect(features.linux?.mountExtensions?.idmap?.enabled == true)
        #expect(try Features(json: features.json(pretty: true)) == features)
    }
}
