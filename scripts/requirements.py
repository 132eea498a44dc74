#!/usr/bin/env python3
# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Says which requirements have a passing test, from the results of the last test run.

Reads Tests/requirements.txt (one `ID  title` a line) and the JUnit files of test-output/. A test names its requirements
in its name (Swift: ``RNG-007 a token with alg none is refused``) or in a JUnit property `requirement` (pytest's
marker). A requirement is met when at least one test names it and every test that names it and ran has passed. Those that have
no test yet stand in Tests/requirements-missing.txt with the reason.

    requirements.py             the table by requirement, then what is open; exit 1 when there are no results, or the list of the
                                missing does not hold: one of them has a passing test, is not known, or a requirement
                                without a test that ran is not there; one that was skipped did not run
    requirements.py --short     only what is open
    requirements.py --totals    one line: N passed, N failed, N skipped; exit 1 when one failed or none ran
"""

import argparse
import dataclasses
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parent.parent
IDENTIFIER = re.compile(r"\b(?:ALL|RNG|ROOM|PAY|ORI|BULK)-D?\d{2,3}\b")


@dataclasses.dataclass(frozen=True)
class Result:
    name: str
    outcome: str  # "passed", "failed" or "skipped"
    requirements: frozenset[str]


def results(file: pathlib.Path) -> list[Result]:
    found = []
    for case in ET.parse(file).getroot().iter("testcase"):
        name = f"{case.get('classname', '')} {case.get('name', '')}".replace("`", "")
        if case.find("failure") is not None or case.find("error") is not None:
            outcome = "failed"
        elif case.find("skipped") is not None:
            outcome = "skipped"
        else:
            outcome = "passed"
        named = set(IDENTIFIER.findall(name.replace("_", "-")))
        for element in case.iter("property"):
            if element.get("name") == "requirement":
                named.add(element.get("value", ""))
        found.append(Result(name.strip(), outcome, frozenset(named)))
    return found


def listed(name: str) -> dict[str, str]:
    """What a file of Tests/ says of each identifier."""
    found = {}
    for line in (ROOT / "Tests" / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            identifier, _, text = line.partition(" ")
            found[identifier] = text.strip()
    return found


def faults(states: dict[str, str], missing: dict[str, str]) -> list[str]:
    """What is wrong with the list of the missing."""
    wrong = []
    for identifier in missing:
        if identifier not in states:
            wrong.append(f"{identifier} is missing by Tests/requirements-missing.txt, and not in Tests/requirements.txt")
        elif states[identifier] == "passed":
            wrong.append(f"{identifier} has a passing test: take it out of Tests/requirements-missing.txt")
    for identifier, found in states.items():
        if found in ("no test", "skipped") and identifier not in missing:
            wrong.append(f"{identifier} is named by no test that ran, and Tests/requirements-missing.txt does not say why")
    return wrong


def state(tests: list[Result]) -> str:
    if any(test.outcome == "failed" for test in tests):
        return "FAILED"
    if any(test.outcome == "passed" for test in tests):
        return "passed"
    return "skipped" if tests else "no test"


def main() -> int:
    arguments = argparse.ArgumentParser(description="Which requirements have a passing test.")
    arguments.add_argument("--totals", action="store_true", help="only the line with the numbers of tests")
    arguments.add_argument("--short", action="store_true", help="only the requirements that are open")
    options = arguments.parse_args()

    files = sorted((ROOT / "test-output").glob("*.xml"))
    tests = [test for file in files for test in results(file)]
    if options.totals:
        count = {o: sum(t.outcome == o for t in tests) for o in ("passed", "failed", "skipped")}
        print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
        return 0 if count["passed"] and not count["failed"] else 1
    if not files:
        print("there are no results in test-output/: run `make test` first")
        return 1

    known, missing = listed("requirements.txt"), listed("requirements-missing.txt")
    by_requirement: dict[str, list[Result]] = {identifier: [] for identifier in known}
    unknown: set[str] = set()
    for test in tests:
        for identifier in test.requirements:
            if identifier in by_requirement:
                by_requirement[identifier].append(test)
            else:
                unknown.add(identifier)

    states = {identifier: state(found) for identifier, found in by_requirement.items()}
    for identifier, title in known.items():
        if options.short and states[identifier] == "passed":
            continue
        passed = sum(t.outcome == "passed" for t in by_requirement[identifier])
        why = f" [{missing[identifier]}]" if identifier in missing else ""
        print(f"{identifier:9} {states[identifier]:8} {passed:3} tests  {title}{why}")
        for test in by_requirement[identifier]:
            if test.outcome == "failed":
                print(f"{'':9} failed:  {test.name}")
    for word in ("passed", "FAILED", "skipped", "no test"):
        chosen = [identifier for identifier in known if states[identifier] == word]
        tail = "" if word == "passed" or not chosen else ": " + " ".join(chosen)
        print(f"requirements {word}: {len(chosen)} of {len(known)}{tail}")
    if unknown:
        print(f"named by tests, not in Tests/requirements.txt: {' '.join(sorted(unknown))}")
    wrong = faults(states, missing)
    for fault in wrong:
        print(fault)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
