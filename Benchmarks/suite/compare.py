# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""What changed between two runs beyond noise.

The machine's own drift is taken out where a peer or the floor was measured in the same group: the compared number is then the ratio
to that. A change counts when resampling both runs (bootstrap) leaves it on one side of 1 in 99 of 100 cases, and when it is over 3 %.
"""
import random
import statistics

SMALLEST, DRAWS = 0.03, 1000
STEADY = ("floor", "runc run", "crun run", "the payload alone", "a static C program", "tar")


def changes(before, after):
    """(title, series, ratio after to before, low, high, what it was taken relative to) for each series in both runs."""
    old = {group["title"]: group for group in before.groups if "axis" not in group}
    for group in after.groups:
        previous = old.get(group["title"])
        if "axis" in group or not previous:
            continue
        first, second = ({series["name"]: series["values"] for series in side["series"]} for side in (previous, group))
        steady = next((name for name in STEADY if name in first and name in second), None)
        for name in first:
            if name in second and name != steady:
                yield (group["title"], name, *ratio(first, second, name, steady), steady)


def ratio(first, second, name, steady, source=random.Random(7)):
    """The ratio of medians with the 1st and 99th of 100 resampled ones."""
    def value(draw):
        result = statistics.median(draw(second[name])) / statistics.median(draw(first[name]))
        if steady:
            result *= statistics.median(draw(first[steady])) / statistics.median(draw(second[steady]))
        return result

    drawn = sorted(value(lambda values: source.choices(values, k=len(values))) for _ in range(DRAWS))
    return value(lambda values: values), drawn[DRAWS // 100], drawn[-DRAWS // 100]


def text(before, after):
    lines, quiet = [], 0
    for title, name, middle, low, high, steady in changes(before, after):
        if (low > 1 or high < 1) and abs(middle - 1) > SMALLEST:
            against = f", relative to {steady}" if steady else ""
            lines.append(f"{'slower' if middle > 1 else 'faster':6}  {title}: {name}  x {middle:.2f} ({low:.2f} to {high:.2f}{against})")
        else:
            quiet += 1
    return "\n".join([*lines, f"{quiet} series unchanged within noise"])
