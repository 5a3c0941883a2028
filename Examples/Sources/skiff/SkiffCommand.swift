// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

internal import ArgumentParser

/// What comes before the subcommand.
struct SkiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skiff",
        abstract: "Run Linux containers, without a daemon.",
        discussion: """
            Exit status: 125 for an error of skiff's own, 126 when the program cannot be executed, 127 when it is not \
            found, else the program's own, or 128 and the number of the signal that ended it.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Containers",
                subcommands: [
                    RunCommand.self, CreateCommand.self, StartCommand.self, AttachCommand.self, ExecCommand.self,
                    ListCommand.self,
                    LogsCommand.self, KillCommand.self, StopCommand.self, RestartCommand.self, WaitCommand.self,
                    PauseCommand.self, UnpauseCommand.self, UpdateCommand.self, RenameCommand.self, RemoveCommand.self,
                    CopyCommand.self, CommitCommand.self, ExportCommand.self, DiffCommand.self,
                ]
            ),
            CommandGroup(
                name: "Images",
                subcommands: [
                    LoadCommand.self, ImportCommand.self, SaveCommand.self, ImagesCommand.self, TagCommand.self,
                    AnnotateCommand.self, RemoveImageCommand.self, UnpackCommand.self, HistoryCommand.self,
                    LayersCommand.self, CompareCommand.self, ExtractCommand.self, MountCommand.self,
                    UnmountCommand.self,
                ]
            ),
            CommandGroup(
                name: "Registries",
                subcommands: [PullCommand.self, PushCommand.self, LoginCommand.self, LogoutCommand.self]
            ),
            CommandGroup(
                name: "The store",
                subcommands: [UsageCommand.self, PruneCommand.self, CheckCommand.self]
            ),
            CommandGroup(
                name: "Looking inside",
                subcommands: [
                    InspectCommand.self, StatsCommand.self, TopCommand.self, ExplainCommand.self, DoctorCommand.self,
                    VersionCommand.self,
                ]
            ),
            CommandGroup(name: "For shells", subcommands: [CompletionCommand.self, ManualCommand.self]),
        ]
    )
}
