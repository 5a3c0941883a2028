// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

print("skiff-demo: not built yet, probe of \(ProbeImage.words.count * 8) bytes")
