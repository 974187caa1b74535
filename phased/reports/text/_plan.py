"""A plan: what would run, what commits together, and what each statement costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from phased.fact import Facts
from phased.model import Phase
from phased.reports.text._finding import STYLES, advice, place, severities, worst
from phased.reports.text._line import WIDTH, flow, hang, stack
from phased.wording import count, one_line, rows, shorten, size, unbroken

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from phased.model import Finding, Lock, Plan, Statement, Step

SHOWN = 4  # relations under one lock; a partitioned table has hundreds


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is known beside the plan."""

    findings: Sequence[Finding]
    facts: Facts
    done: Collection[tuple[str, Phase, int]]
    new: frozenset[str]


def plans(
    plans: Sequence[Plan],
    findings: Sequence[Finding] = (),
    facts: Facts | None = None,
    done: Collection[tuple[str, Phase, int]] = (),
) -> Text:
    """Revision by revision, phase by phase; then the sum."""
    if not plans:
        return Text.assemble(("✓", "green"), " Nothing to run.")
    facts = facts or Facts()
    beside = _Beside(findings, facts, done, _created(plans, done, facts))
    lines = [line for plan in plans for line in [*_revision(plan, beside), Text()]]
    return stack([*lines, *_elsewhere(plans, beside), _summary(plans, beside)])


def _created(
    plans: Sequence[Plan], done: Collection[tuple[str, Phase, int]], facts: Facts
) -> frozenset[str]:
    """Relations that the plans create and that are not there yet; not a view that takes a name."""
    missing = [step for plan in plans for step in plan.steps if _key(plan, step) not in done]
    made = [(s.kind, name) for step in missing for s in step.statements for name in s.creates]
    taken = {name for kind, name in made if kind == "CREATE VIEW"} & facts.relations.keys()
    return frozenset(name for _, name in made) - taken


def _key(plan: Plan, step: Step) -> tuple[str, Phase, int]:
    return plan.revision, step.phase, step.position


def _revision(plan: Plan, beside: _Beside) -> list[Text]:
    head = Text.assemble((plan.revision, "bold cyan"), "  ", (plan.message, "bold"))
    lines = [head, Text(plan.path, "dim")]
    lines += [] if plan.steps else [Text("  no statements", "dim")]
    for phase in Phase:
        if steps := plan.phase(phase):
            lines += [Text(), Text.assemble("  ", (_heading(plan, phase), "bold"))]
            lines += [line for step in steps for line in _step(plan, step, beside)]
    return lines + _unplaced(plan, beside)


def _heading(plan: Plan, phase: Phase) -> str:
    return "upgrade, in one transaction" if plan.legacy else phase.word


def _step(plan: Plan, step: Step, beside: _Beside) -> list[Text]:
    done = _key(plan, step) in beside.done
    together = step.transactional and len(step.statements) > 1 and not plan.legacy
    lines: list[Text] = []
    for n, statement in enumerate(step.statements):
        mark = ("├" if n else "┌") if together else "✓" if done else "·"
        margins = _margin(mark, done=done), _margin("│" if together else " ", done=done)
        lines += _done(margins, statement) if done else _statement(margins, statement, step, beside)
        lines += [] if done else _beneath(margins[1], plan, step, statement, beside)
    end = "one transaction, done" if done else "one transaction"
    lines += [Text.assemble(_margin("└", done=done), (end, "dim"))] if together else []
    return lines + ([] if done else _notes(step))


def _notes(step: Step) -> list[Text]:
    """What the step has to say; the points of a list stand under their sentence."""
    margin = _margin(" ", done=False)
    return [
        line
        for note in step.notes
        for line in hang(margin, Text("        ") if note.startswith("- ") else margin, note)
    ]


def _margin(mark: str, *, done: bool) -> Text:
    return Text.assemble("    ", (mark, "green" if done else "dim"), " ")


def _done(margins: tuple[Text, Text], statement: Statement) -> list[Text]:
    line = shorten(one_line(statement.sql), WIDTH - len(margins[0]))
    return [Text.assemble(margins[0], (line, "dim"))]


def _statement(
    margins: tuple[Text, Text], statement: Statement, step: Step, beside: _Beside
) -> list[Text]:
    first, rest = margins
    parts = [*_locks(statement, beside), *_work(statement, beside), *_how(statement, step)]
    return hang(first, rest, unbroken(one_line(statement.sql))) + flow(
        Text.assemble(rest, "  "), parts
    )


def _locks(statement: Statement, beside: _Beside) -> list[Text]:
    """``ACCESS EXCLUSIVE on users (~200k rows, 48 MB)``, strongest first."""
    by_lock: dict[Lock, list[str]] = {}
    for name, lock in statement.locks.items():
        by_lock.setdefault(lock, []).append(name)
    strongest_first = sorted(by_lock, key=lambda lock: -lock.strength)
    return [_lock(lock, by_lock[lock], beside) for lock in strongest_first]


def _lock(lock: Lock, names: list[str], beside: _Beside) -> Text:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    shown = ", ".join(f"{name}{_measure(name, beside)}" for name in names[:SHOWN])
    return Text(f"{lock.sql} on {shown}{more}", "dim")


def _measure(name: str, beside: _Beside) -> str:
    if name in beside.new or name in beside.facts.created:
        return " (new)"
    known = beside.facts.relations.get(name)
    return f" ({rows(known.rows)}, {size(known.size)})" if known and known.kind in "rpm" else ""


def _work(statement: Statement, beside: _Beside) -> list[Text]:
    """What it reads or writes in full; red where others wait for it."""
    verbs = [("rewrites", name) for name in sorted(statement.rewrites)]
    verbs += [("scans", name) for name in sorted(statement.scans - statement.rewrites)]
    return [Text(f"{verb} {name}", _alarm(statement, name, beside)) for verb, name in verbs]


def _alarm(statement: Statement, name: str, beside: _Beside) -> str:
    lock = statement.locks.get(name)
    harmless = name in beside.new or name in beside.facts.created
    return "red" if lock and lock.blocks_writes and not harmless else "dim"


def _how(statement: Statement, step: Step) -> list[Text]:
    if step.backfill:
        return [Text("in batches, a commit each", "dim")]
    return [] if statement.transactional else [Text("outside a transaction", "dim")]


def _beneath(
    margin: Text, plan: Plan, step: Step, statement: Statement, beside: _Beside
) -> list[Text]:
    about = [finding for finding in beside.findings if _is_about(finding, plan, step, statement)]
    return [line for finding in about for line in _finding(Text.assemble(margin, "  "), finding)]


def _is_about(finding: Finding, plan: Plan, step: Step, statement: Statement) -> bool:
    here = (plan.revision, step.phase, statement.line, statement.sql)
    return (finding.revision, finding.phase, finding.line, finding.sql) == here


def _finding(margin: Text, finding: Finding) -> list[Text]:
    name = (finding.severity.value, STYLES[finding.severity]), " ", (finding.rule, "bold")
    inner = Text.assemble(margin, "  ")
    body = hang(inner, inner, finding.message)
    help_ = [Text.assemble(inner, (line, "dim")) for line in advice(finding.rule)]
    return [Text.assemble(margin, *name, "  ", (place(finding), "dim")), *body, *help_]


def _unplaced(plan: Plan, beside: _Beside) -> list[Text]:
    """Findings about the revision as a whole, or about a statement that is not shown."""
    pending = [step for step in plan.steps if _key(plan, step) not in beside.done]
    pairs = [(step, statement) for step in pending for statement in step.statements]
    mine = [finding for finding in beside.findings if finding.revision == plan.revision]
    rest = [f for f in mine if not any(_is_about(f, plan, *pair) for pair in pairs)]
    return [line for f in rest for line in [Text(), *_finding(Text("  "), f)]]


def _elsewhere(plans: Sequence[Plan], beside: _Beside) -> list[Text]:
    shown = {plan.revision for plan in plans}
    rest = [finding for finding in beside.findings if finding.revision not in shown]
    return [line for f in rest for line in [*_finding(Text(), f), Text()]]


def _summary(plans: Sequence[Plan], beside: _Beside) -> Text:
    steps = [(len(step.statements), _key(plan, step)) for plan in plans for step in plan.steps]
    run = sum(number for number, key in steps if key in beside.done)
    statements = count(sum(number for number, _ in steps), "statement")
    words = [count(len(plans), "revision"), statements + (f" ({run} done)" if run else "")]
    return Text(", ".join(words + severities(beside.findings)), worst(beside.findings))
