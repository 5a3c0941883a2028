# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Skiff authors
"""Running programs and timing them, ours and the peers' alternately."""
import os
import subprocess
import time

NOTHING = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)


class Failed(Exception):
    """A program of a case did not end well."""


def output(arguments, **options):
    """The standard output of a program that has to end well."""
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode:
        raise Failed(f"{' '.join(arguments)}: status {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def timed(*arguments):
    """The time in milliseconds from before the program is started to after it is reaped; posix_spawn, since it is cheapest."""
    actions = [(os.POSIX_SPAWN_DUP2, NOTHING, number) for number in (0, 1, 2)]
    start = time.monotonic()
    process = os.posix_spawnp(arguments[0], arguments, os.environ, file_actions=actions)
    _, status = os.waitpid(process, 0)
    elapsed = (time.monotonic() - start) * 1e3
    if status:
        raise Failed(f"{' '.join(arguments)}: status {os.waitstatus_to_exitcode(status)}")
    return elapsed


def alternate(results, title, cases, rounds):
    """One group: each case {name: (command line to show, function of the round's number)} once a round, after a round to warm up."""
    group = results.group(title)
    values = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, (_, case) in cases.items():
            try:
                measured = case(number)
            except Failed as failure:
                if number == 0:
                    results.lacks(f"{title}: {name} fails: {failure}")
                values[name] = None
                continue
            if number and values[name] is not None:
                values[name] += measured if isinstance(measured, list) else [measured]
        cases = {name: case for name, case in cases.items() if values[name] is not None}
    for name, (command, _) in cases.items():
        results.add(group, name, values[name], command)
    return group
