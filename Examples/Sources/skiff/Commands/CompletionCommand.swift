// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser
internal import RuntimeCore

/// `skiff completion`.
struct CompletionCommand: ParsableCommand {
    /// The shells whose completion is generated.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var script: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a shell's completion script.",
        discussion: "For bash: source <(skiff completion bash), or into /etc/bash_completion.d/skiff."
    )

    @OptionGroup var store: StoreOptions

    @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
    var shell: Shell

    mutating func run() throws { try Output.line(SkiffCommand.completionScript(for: shell.script)) }
}
