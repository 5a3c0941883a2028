# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""What a run of the benchmarks measured: groups of series, and the targets they are held against."""
import json
import statistics


class Results:
    """Groups of series of times, in the order in which they were measured; written as raw.json.

    A group is {"title", "unit", "series": [{"name", "command", "values"}]}; with "axis" its series are curves, and each value is
    a pair of x and y. A target is {"case", "ours", "other", "ratio", "limit"}: the ratio of two medians, and what it may be at most.
    """

    def __init__(self, document=None):
        self.document = document or {"groups": [], "targets": [], "phases": [], "missing": [], "machine": {}}

    def __getattr__(self, name):
        return self.document[name]

    def group(self, title, unit="ms", axis=None):
        group = {"title": title, "unit": unit, "series": []}
        if axis:
            group["axis"] = axis
        self.groups.append(group)
        return group

    @staticmethod
    def add(group, name, values, command=""):
        if values:
            group["series"].append({"name": name, "command": command, "values": values})

    def median(self, title, name):
        for group in self.groups:
            if group["title"] == title:
                for series in group["series"]:
                    if series["name"] == name:
                        return statistics.median(series["values"])
        return None

    def target(self, case, ours, other, limit):
        """Holds the median `ours` against `other`: (title, series) each. Says nothing where one of them was not measured."""
        first, second = self.median(*ours), self.median(*other)
        if first and second:
            self.targets.append({"case": case, "ours": first, "other": second, "ratio": first / second, "limit": limit})

    def lacks(self, what):
        if what not in self.missing:
            self.missing.append(what)

    def save(self, path):
        with open(path, "w") as file:
            json.dump(self.document, file, indent=1)

    @classmethod
    def load(cls, path):
        with open(path) as file:
            return cls(json.load(file))
