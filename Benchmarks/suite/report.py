# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""A run's results as a table for the terminal and as one HTML page with plots, which needs nothing but itself."""
import html
import statistics

from suite import plots


def summary(values):
    """Median, least, 90th percentile and number of values."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[0], ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)], len(ordered)


def by_x(series):
    """The points of a curve: {x: [y]}."""
    points = {}
    for x, y in series["values"]:
        points.setdefault(x, []).append(y)
    return points


def text(results):
    lines = []
    for group in results.groups:
        lines.append(f"{group['title']} ({group['unit']})")
        if "axis" in group:
            lines += curve_lines(group)
        else:
            lines += series_lines(group)
        lines.append("")
    if results.targets:
        lines.append("targets (ratio of medians)")
        lines += [f"  {verdict(target):4} {target['case']:72} {target['ratio']:6.2f}  at most {target['limit']:.2f}" for target in results.targets]
        lines.append("")
    lines += [f"missing: {entry}" for entry in results.missing]
    lines.append(footer(results))
    return "\n".join(lines)


def verdict(target):
    return "met" if target["ratio"] <= target["limit"] else "miss"


def series_lines(group):
    reference = statistics.median(group["series"][0]["values"]) if group["series"] else 1
    for series in group["series"]:
        median, least, high, count = summary(series["values"])
        yield f"  {series['name']:36} median {median:9.2f}  min {least:9.2f}  p90 {high:9.2f}  x {median / reference:6.2f}  n={count}"


def curve_lines(group):
    for series in group["series"]:
        points = [f"{x}: {statistics.median(values):.2f}" for x, values in by_x(series).items()]
        yield f"  {series['name']:24} by {group['axis']}: " + ", ".join(points)


def footer(results):
    machine = results.machine
    versions = "; ".join(machine.get("versions", {}).values())
    return (
        f"{machine.get('processor')}, {machine.get('cores')} cores, {machine.get('memory')}, Linux {machine.get('kernel')}, "
        f"control groups {machine.get('cgroups')}, load {machine.get('load')} at the start, {machine.get('rounds')} rounds, alternately; "
        f"skiff {machine.get('skiff')}; {versions}"
    )


STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1b2733; background: #fff }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2.5rem }
table { border-collapse: collapse; width: 100% } td, th { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #e3e8ee }
td:first-child, th:first-child { text-align: left } code { font-size: .8rem; color: #56646f; overflow-wrap: anywhere }
.name td { border-bottom: 0; padding-bottom: 0 } .command td { padding-top: 0 } .plot { overflow-x: auto } .plot svg { min-width: 44rem }
.met { color: #14752f } .miss { color: #b3261e } footer { margin-top: 3rem; color: #56646f; overflow-wrap: anywhere; font-size: .85rem } svg { width: 100%; height: auto }
@media (prefers-color-scheme: dark) { body { background: #14191f; color: #d8e0e8 } td, th { border-color: #2b3642 } code, footer { color: #9aa8b5 } .met { color: #6fd08c } .miss { color: #ff8a80 } svg text { fill: #d8e0e8 } }
"""


def page(results):
    """The whole report as HTML."""
    body = ["<h1>Skiff: launches and unpacking beside the peers</h1>", "<p>Medians of one run; who is compared ran alternately. Read the ratios: absolute times depend on the machine.</p>"]
    if results.targets:
        body.append(targets_table(results))
    for group in results.groups:
        if not group["series"]:
            continue
        body.append(f"<h2>{html.escape(group['title'])}</h2>")
        drawn = plots.curves(group, by_x) if "axis" in group else plots.distribution(group)
        body.append(f'<div class=plot>{drawn}</div>' + ("" if "axis" in group else series_table(group)))
    if results.phases:
        body.append(f"<h2>phases of one launch in-process</h2><div class=plot>{plots.phases(results.phases)}</div>")
    if results.missing:
        body.append("<h2>missing</h2><ul>" + "".join(f"<li>{html.escape(entry)}</li>" for entry in results.missing) + "</ul>")
    body.append(f"<footer>{html.escape(footer(results))}</footer>")
    return (
        '<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width, initial-scale=1">'
        f"<title>Skiff benchmarks</title><style>{STYLE}</style>" + "\n".join(body)
    )


def targets_table(results):
    rows = "".join(
        f"<tr class={verdict(target)}><td>{html.escape(target['case'])}<td>{target['ours']:.2f}<td>{target['other']:.2f}"
        f"<td>{target['ratio']:.3f}<td>{target['limit']:.3f}<td>{verdict(target)}"
        for target in results.targets
    )
    return f"<h2>targets</h2><table><tr><th>case<th>first<th>second<th>ratio<th>at most<th>{rows}</table>"


def series_table(group):
    reference = statistics.median(group["series"][0]["values"])
    rows = []
    for series in group["series"]:
        median, least, high, count = summary(series["values"])
        rows.append(
            f"<tr class=name><td>{html.escape(series['name'])}"
            f"<td>{median:.2f}<td>{least:.2f}<td>{high:.2f}<td>{median / reference:.2f}<td>{count}"
            f"<tr class=command><td colspan=6><code>{html.escape(series['command'])}</code>"
        )
    return f"<table><tr><th>{html.escape(group['unit'])}<th>median<th>min<th>p90<th>ratio<th>n{''.join(rows)}</table>"
