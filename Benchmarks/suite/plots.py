# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""Plots as SVG text: distributions, curves, stacked bars."""
import html
import math
import statistics

COLORS = ("#1668b8", "#c2571a", "#2d8a4e", "#8b4fb3", "#b8336a", "#6b7a1a", "#4a5a6a")
WIDTH, LEFT, RIGHT = 900, 240, 20


def svg(height, parts):
    return f'<svg viewBox="0 0 {WIDTH} {height}" font-size="12" font-family="system-ui, sans-serif">{"".join(parts)}</svg>'


def label(x, y, words, anchor="start", size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{html.escape(str(words))}</text>'


def shortened(words, room):
    """What fits into so many letters."""
    return words if len(words) <= room else words[: room - 1] + "…"


def nice_steps(high):
    """Round numbers from 0 to `high`, some five of them."""
    if high <= 0:
        return [0]
    step = 10 ** math.floor(math.log10(high / 5))
    step *= next(factor for factor in (1, 2, 5, 10) if high / (step * factor) <= 6)
    return [step * number for number in range(int(high / step) + 1)]


def axis(high, height, unit):
    parts = []
    for value in nice_steps(high):
        x = LEFT + (WIDTH - LEFT - RIGHT) * value / high
        parts.append(f'<line x1="{x:.1f}" y1="6" x2="{x:.1f}" y2="{height - 20}" stroke="#8a97a5" stroke-opacity=".3"/>')
        parts.append(label(x, height - 6, f"{value:g} {unit}", "middle", 11))
    return parts


def distribution(group):
    """One line a series: each value as a dot, the middle half as a bar, the median as a stroke."""
    high = max(sorted(series["values"])[int(len(series["values"]) * 0.97)] for series in group["series"]) * 1.05 or 1
    height = 26 * len(group["series"]) + 32
    parts = axis(high, height, group["unit"])
    for number, series in enumerate(group["series"]):
        color, y, values = COLORS[number % len(COLORS)], 18 + 26 * number, sorted(series["values"])

        def x(value):
            return LEFT + (WIDTH - LEFT - RIGHT) * min(value, high) / high

        low, median, top = values[len(values) // 4], statistics.median(values), values[len(values) * 3 // 4]
        parts.append(label(LEFT - 8, y + 4, shortened(series["name"], 36), "end"))
        parts.append(f'<rect x="{x(low):.1f}" y="{y - 7}" width="{max(1, x(top) - x(low)):.1f}" height="14" fill="{color}" fill-opacity=".3"/>')
        parts += [f'<circle cx="{x(value):.1f}" cy="{y}" r="2" fill="{color}" fill-opacity=".5"/>' for value in values]
        parts.append(f'<line x1="{x(median):.1f}" y1="{y - 9}" x2="{x(median):.1f}" y2="{y + 9}" stroke="{color}" stroke-width="2.5"/>')
    return svg(height, parts)


def curves(group, by_x):
    """Medians over a logarithmic axis; a point at 0 stands left of it."""
    curves = [(series["name"], sorted((x, statistics.median(ys)) for x, ys in by_x(series).items())) for series in group["series"]]
    high = max(y for _, points in curves for _, y in points) * 1.05
    positions = sorted({x for _, points in curves for x, _ in points})
    height, top, bottom = 300, 10, 40
    place = {x: LEFT / 4 + (WIDTH - LEFT / 4 - 190) * (index / max(1, len(positions) - 1)) for index, x in enumerate(positions)}

    def y(value):
        return height - bottom - (height - bottom - top) * value / high

    parts = []
    for value in nice_steps(high):
        parts.append(f'<line x1="50" x2="{WIDTH - 180}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#8a97a5" stroke-opacity=".3"/>')
        parts.append(label(45, y(value) + 4, f"{value:g}", "end", 11))
    parts += [label(position, height - 22, f"{x:g}", "middle", 11) for x, position in place.items()]
    parts.append(label((WIDTH - 130) / 2, height - 4, f"{group['axis']}  →   ({group['unit']})", "middle", 11))
    for number, (name, points) in enumerate(curves):
        color = COLORS[number % len(COLORS)]
        line = " ".join(f"{place[x]:.1f},{y(value):.1f}" for x, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{place[x]:.1f}" cy="{y(value):.1f}" r="3" fill="{color}"/>' for x, value in points]
        parts.append(f'<rect x="{WIDTH - 170}" y="{16 + 20 * number}" width="10" height="10" fill="{color}"/>')
        parts.append(label(WIDTH - 154, 25 + 20 * number, shortened(name, 24)))
    return svg(height, parts)


def phases(steps):
    """The steps of a launch one after the other, the largest ones by name."""
    total = sum(step["nanoseconds"] for step in steps) or 1
    largest = sorted(steps, key=lambda step: -step["nanoseconds"])[: len(COLORS)]
    height, parts, x = 66 + 18 * len(largest), [], 10.0
    for step in steps:
        width = (WIDTH - 20) * step["nanoseconds"] / total
        color = COLORS[largest.index(step)] if step in largest else "#8a97a5"
        parts.append(f'<rect x="{x:.1f}" y="10" width="{max(0.3, width):.1f}" height="26" fill="{color}"><title>{html.escape(step["step"])}: {step["nanoseconds"] / 1e3:.1f} µs</title></rect>')
        x += width
    parts.append(label(10, 52, f"{total / 1e6:.2f} ms in all"))
    for number, step in enumerate(largest):
        y = 66 + 18 * number
        parts.append(f'<rect x="10" y="{y - 9}" width="10" height="10" fill="{COLORS[number % len(COLORS)]}"/>')
        parts.append(label(26, y, f"{step['nanoseconds'] / 1e3:8.1f} µs   {step['step'][:110]}"))
    return svg(height, parts)
