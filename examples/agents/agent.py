#!/usr/bin/env python3
"""A starting point in Python, without any package: fill in `do_work` and `find_problems`.

    baton run "…" --agent-command "python3 examples/agents/agent.py"
"""

import json
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path


def main() -> None:
    order = json.load(sys.stdin)
    if order["protocol"] != 1:
        raise SystemExit(f"protocol {order['protocol']} is not known here")
    # stderr is for people: it appears in the live view, and counts as a sign of life.
    print(f"{order['agent']}: round {order['round']}, attempt {order['attempt']}", file=sys.stderr)
    is_review = "verdict" in order["result_schema"]["properties"]
    result = review(order) if is_review else do_work(order)
    # The last line of stdout is the result.
    print(json.dumps(result))


def do_work(order: dict) -> dict:
    """Here your work goes: call a model, run a tool, edit the files under repo["path"]."""
    repo = order["workspace"]["repos"][0]
    # Findings are what reviews and gates want mended; answer each of them, or dispute it with a reason.
    for finding in order["findings"]:
        print(f"to mend: {finding['problem']}", file=sys.stderr)
    changed = []
    if order["access"] == "write":
        notes = Path(repo["path"]) / "NOTES.md"
        with notes.open("a", encoding="utf-8") as file:
            file.write(f"- {order['request'].splitlines()[0]}\n")
        changed.append("NOTES.md")
    result = {
        "status": "complete",
        "summary": f"Noted the request in {repo['name']}." if changed else "Read the request.",
        "decisions": [],
        "claims": {"files": changed},
    }
    # What this kind of work has to hand in besides: here the least that fits; yours comes from your work.
    for name, schema in order["result_schema"]["properties"].items():
        if schema.get("description", "").startswith("Required when the status is complete"):
            result[name] = least_value(name, schema, order, count(1))
    return result


def review(order: dict) -> dict:
    findings = [finding for item in order["context"] if item["name"] == "diff" for finding in find_problems(item["text"])]
    is_blocked = any(finding["blocking"] for finding in findings)
    problems = {finding["problem"] for finding in findings}
    return {
        "status": "complete",
        "summary": f"Looked for forgotten markers in the change: {len(findings)} found.",
        "verdict": "fail" if is_blocked else "pass_with_notes" if findings else "pass",
        "findings": findings,
        "resolved": [old["id"] for old in order["findings"] if old["problem"] not in problems],
        # Some workflows ask every verdict for a word on each of these.
        "areas": [{"area": area, "said": "Looked for markers only."} for item in order["context"] if item["name"] == "review areas" for area in json.loads(item["text"])],
    }


def find_problems(diff: str) -> list[dict]:
    """Here your review goes; this one looks for conflict markers and open ends in the added lines."""
    findings = []
    for text in (line[1:].strip() for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")):
        if text.startswith(("<<<<<<<", ">>>>>>>")):
            findings.append({"severity": "critical", "blocking": True, "problem": f"A conflict marker was left: {text}"})
        elif "TODO" in text:
            findings.append({"severity": "minor", "blocking": False, "problem": f"An open end was left: {text}"})
    return findings


def least_value(name: str, schema: dict, order: dict, numbers: Iterator[int], category: str = "") -> object:
    if name == "id":
        return f"n{next(numbers)}"
    if name == "tasks":
        # A plan has a task of each category that is demanded; the schema names the agents that may be given one.
        return [least_value("task", schema["items"], order, numbers, each) for each in listed("demanded categories", order) or [""]]
    if name == "category" and category in schema.get("enum", []):
        return category
    if name == "repo":
        return order["workspace"]["repos"][0]["name"]
    if name == "cites":
        return [item["name"] for item in order["context"] if item["kind"] == "research"]
    if name == "needs":
        # A coordinator is told by name whom it has to decide about.
        return [{"agent": agent, "needed": False, "reason": "nobody looked"} for agent in listed("conditional agents", order)]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [least_value("item", schema["items"], order, numbers)] if schema.get("minItems", 0) else []
    if schema.get("type") == "object":
        return {key: least_value(key, schema["properties"][key], order, numbers, category) for key in schema["required"]}
    return False if schema.get("type") == "boolean" else "to be said"


def listed(name: str, order: dict) -> list[str]:
    """Names that come as a JSON list in a context item."""
    return [each for item in order["context"] if item["name"] == name for each in json.loads(item["text"])]


if __name__ == "__main__":
    main()
