// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// Times in the words that docker uses.
enum HumanDuration {
    static func text(seconds: Int64) -> String {
        let minutes = seconds / 60
        let hours = (minutes + 30) / 60
        return switch seconds {
        case ..<1: "Less than a second"
        case 1: "1 second"
        case ..<60: "\(seconds) seconds"
        case ..<120: "About a minute"
        case ..<3600: "\(minutes) minutes"
        default:
            switch hours {
            case ...1: "About an hour"
            case ..<48: "\(hours) hours"
            case ..<336: "\(hours / 24) days"
            case ..<1440: "\(hours / 24 / 7) weeks"
            case ..<17_520: "\(hours / 24 / 30) months"
            default: "\(hours / 24 / 365) years"
            }
        }
    }
}
