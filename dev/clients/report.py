"""What the clients' scripts say, and the table that is made of it. Nothing here runs anything."""

import json
from collections.abc import Mapping

OK = 'ok'
#: The call that stands for a script that ended before its time.
WHOLE = '(script)'


def read(output: str, exit_status: int) -> dict[str, str]:
    """Return what became of each call: `OK`, or what went wrong.

    :param output: a line of JSON for every call, ``{"call": …, "outcome": …}``; what a package
        prints beside them is not one and is left out
    """
    outcomes: dict[str, str] = {}
    for line in output.splitlines():
        if line.startswith('{"call"'):
            told = json.loads(line)
            outcomes[told['call']] = told['outcome']
    if exit_status or not outcomes:
        outcomes[WHOLE] = f'ended with status {exit_status}'
    return outcomes


def table(outcomes: Mapping[str, Mapping[str, str]]) -> str:
    """Return the outcomes by client as lines for people."""
    if not outcomes:
        return 'No client could be run.'
    lines = []
    for client, calls in outcomes.items():
        good = sum(outcome == OK for outcome in calls.values())
        lines.append(f'{client}: {good} of {len(calls)} calls worked')
        width = max(len(call) for call in calls)
        lines += [f'    {call:<{width}}  {outcome}' for call, outcome in calls.items()]
    return '\n'.join(lines)


def exit_status(outcomes: Mapping[str, Mapping[str, str]]) -> int:
    """Return 0 if every call of every client worked, else 1."""
    return int(any(outcome != OK for calls in outcomes.values() for outcome in calls.values()))
