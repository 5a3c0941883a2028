// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Skiff authors

/// What the pages and pictures that are made here have in common.
enum Markup {
    /// Text that cannot be taken for markup, in HTML and XML: names in layers are hostile.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // XML has no control characters, not even escaped ones.
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// A page that needs nothing else, and may load and run nothing: what is wrong with its content stays content.
    static func page(title: String, style: String, body: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,"><title>\(escaped(title))</title><style>
        \(base)
        \(style)
        </style></head><body>
        \(body)
        </body></html>
        """
    }

    private static let base = """
        :root{--ink:#1f2328;--dim:#5e6670;--line:#dcdfe3;--page:#fff;--shade:#f4f5f7}
        @media(prefers-color-scheme:dark){:root{--ink:#e2e4e8;--dim:#9aa3ad;--line:#33383f;--page:#15181c;--shade:#1e2227}}
        *{box-sizing:border-box}
        body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:var(--ink);\
        background:var(--page)}
        h1{font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}h2{font-size:1.1rem;margin-top:2rem}
        .d{color:var(--dim)}
        """
}
