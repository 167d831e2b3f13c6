#!/bin/sh
# A starting point for shells; needs jq. Put your own commands into `work` and `review`.
#
#   baton run "…" --agent-command "sh examples/agents/agent.sh"
set -eu

order=$(mktemp)
cat >"$order"
field() { jq -r "$1" "$order"; }

# Edits the checkouts in place, and prints a summary. TMPDIR and HOME are this invocation's own.
work() {
  repo=$(field '.workspace.repos[0].path')
  if [ "$(field .access)" = write ]; then
    field '"- " + (.request | split("\n")[0])' >>"$repo/NOTES.md"
    echo "Noted the request."
  else
    echo "Read the request."
  fi
}

# Prints the problems that it finds in the change, one per line.
review() {
  field '.context[] | select(.name == "diff") | .text' | grep -E '^\+(<<<<<<<|>>>>>>>)' || true
}

# stderr is for people: it appears in the live view, and counts as a sign of life.
echo "$(field .agent): round $(field .round), attempt $(field .attempt)" >&2

# The last line of stdout is the result: one JSON object.
if [ "$(field '.result_schema.properties | has("verdict")')" = true ]; then
  problems=$(review)
  jq -c --arg problems "$problems" '
    ($problems | split("\n") | map(select(. != "") | {severity: "critical", blocking: true, problem: "A conflict marker was left: \(.)"})) as $findings
    | {status: "complete", summary: "Looked for conflict markers.", findings: $findings,
       verdict: (if $findings == [] then "pass" else "fail" end),
       areas: [.context[] | select(.name == "review areas") | .text | fromjson[] | {area: ., said: "Looked for conflict markers only."}],
       resolved: (if $findings == [] then [.findings[].id] else [] end)}' "$order"
else
  summary=$(work)
  # Some kinds of work hand in a field of their own: here the least that fits, yours comes from your work.
  jq -c --arg summary "$summary" '
    . as $order
    | def listed($item): [$order.context[] | select(.name == $item) | .text | fromjson[]];
      def least($name):
        if $name == "repo" then $order.workspace.repos[0].name
        elif $name == "id" then "n1"
        # A plan has a task of each category that is demanded; the schema names the agents that may be given one.
        elif $name == "tasks" then .items as $items | listed("demanded categories") | if . == [] then [""] else . end
          | to_entries | map(.key as $at | .value as $category | $items | least("task")
            | .id = "t\($at + 1)" | if has("category") then .category = $category else . end)
        elif $name == "cites" then [$order.context[] | select(.kind == "research") | .name]
        elif $name == "needs" then [listed("conditional agents")[] | {agent: ., needed: false, reason: "nobody looked"}]
        elif has("enum") then .enum[0]
        elif .type == "array" then (if (.minItems // 0) > 0 then [.items | least("item")] else [] end)
        elif .type == "object" then .properties as $all | [.required[] as $key | {key: $key, value: ($all[$key] | least($key))}] | from_entries
        elif .type == "boolean" then false
        else "to be said" end;
    {status: "complete", summary: $summary}
    + (.result_schema.properties | with_entries(
        select(.value.description // "" | startswith("Required when the status is complete"))
        | .key as $name | .value |= least($name)))' "$order"
fi
