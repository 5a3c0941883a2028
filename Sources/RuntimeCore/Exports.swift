// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

// `import RuntimeCore` is enough to take an image and run it.
@_exported public import CgroupKit
@_exported public import ImageLayout
@_exported public import LayerUnpack
@_exported public import LinuxSystem
@_exported public import NamespaceKit
@_exported public import OCIRuntime
@_exported public import OCISpec
@_exported public import SystemPackage
