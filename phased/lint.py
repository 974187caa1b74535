"""Judge plans by the rules: walk the statements, evolve the facts, apply the waivers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from phased import rules as folder
from phased import waiver as waivers
from phased.discovery import modules
from phased.errors.judgement import RulesBroken
from phased.model import Finding, Phase, Severity
from phased.plan import nothing_new
from phased.rule import Context
from phased.source import function_at
from phased.statements import evolve
from phased.wording import count, one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

    from phased.fact import Facts
    from phased.model import Plan, Statement, Step
    from phased.waiver import Waiver

NOTHING_CHANGED = "Nothing has been changed in the database."
_WIDTH = 160


def judge(plans: Sequence[Plan], facts: Facts, *, fresh: bool = False) -> list[Finding]:
    """What the rules say about plans that are to run one after another.

    Args:
        plans: All that is pending, in the order it runs.
        facts: The database before the first of them.
        fresh: The database is empty: nobody is running, only what can never be right counts.
    """
    found: list[Finding] = []
    for number, plan in enumerate(plans):
        facts = nothing_new(facts)
        mine = list(_of_source(plan))
        context = None
        for context in contexts(plan, facts, plans[number + 1 :], fresh=fresh):
            mine += consider(context)
        facts = after(context.facts, context.statement) if context else facts
        found += waive(plan, mine, fresh=fresh)
    return found


def contexts(
    plan: Plan, facts: Facts, pending: Sequence[Plan] = (), *, fresh: bool = False
) -> Iterator[Context]:
    """Every statement of a plan with what surrounds it, the facts right before it included."""
    phase = Phase.EXPAND
    for transaction in transactions(plan):
        statements = [statement for _, statement in transaction]
        begins = phase is not Phase.CONTRACT and transaction[0][0].phase is Phase.CONTRACT
        phase, facts = transaction[0][0].phase, nothing_new(facts) if begins else facts
        for place, (step, statement) in enumerate(transaction):
            yield Context(
                plan=plan,
                step=step,
                statement=statement,
                facts=facts,
                before=tuple(statements[:place]),
                after=tuple(statements[place + 1 :]),
                autocommit=autocommits(plan, step),
                pending=tuple(pending),
                fresh=fresh,
            )
            facts = after(facts, statement)


def after(facts: Facts, statement: Statement) -> Facts:
    """The facts after a statement; types and schemas that it made count as new, too."""
    facts = evolve(facts, statement)
    return replace(facts, created=facts.created | statement.creates)


def transactions(plan: Plan) -> Iterator[list[tuple[Step, Statement]]]:
    """What commits together: a step, or what an old revision has between autocommit blocks."""
    together: list[tuple[Step, Statement]] = []
    for step in plan.steps:
        alone = not plan.legacy or autocommits(plan, step)
        if alone and together:
            yield together
            together = []
        together += [(step, statement) for statement in step.statements]
        if alone:
            yield together
            together = []
    if together:
        yield together


def autocommits(plan: Plan, step: Step) -> bool:
    """Whether a step's statement commits alone: it can only, or an old file has it in a block."""
    if plan.legacy:
        return step.autocommit
    return len(step.statements) == 1 and not step.transactional


def consider(context: Context) -> list[Finding]:
    """What the rules say about one statement, before waivers."""
    return [
        _finding(rule, message, context)
        for rule in _rules()
        if not context.fresh or getattr(rule, "ALWAYS", False)
        for message in rule.judge(context)
    ]


def waive(plan: Plan, findings: Iterable[Finding], *, fresh: bool = False) -> list[Finding]:
    """The findings that no waiver covers, and what there is to say about the waivers."""
    found = list(findings)
    read = waivers.read(plan.source)
    kept = [each for each in found if not any(waivers.covers(w, each) for w in read)]
    return kept + list(_of_waivers(plan, read, found, fresh=fresh))


def judge_statement(context: Context) -> list[Finding]:
    """What the rules say about a statement that is about to run, waivers applied."""
    found = consider(replace(context, after=context.after or _following(context)))
    read = waivers.read(context.plan.source) if found else []
    return [each for each in found if not any(waivers.covers(w, each) for w in read)]


def _following(context: Context) -> tuple[Statement, ...]:
    """What the plan has after this statement in its transaction; a plan may be empty."""
    for transaction in transactions(context.plan):
        statements = [statement for _, statement in transaction]
        texts = [statement.sql for statement in statements]
        if context.statement.sql in texts:
            return tuple(statements[texts.index(context.statement.sql) + 1 :])
    return ()


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop plan, lint and upgrade."""
    return [each for each in findings if each.severity is Severity.ERROR]


def warnings(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop nothing."""
    return [each for each in findings if each.severity is Severity.WARNING]


def told(findings: Iterable[Finding]) -> list[Finding]:
    """The warnings that an upgrade says as well."""
    loud = {name(rule) for rule in _rules() if getattr(rule, "TOLD", False)}
    return [each for each in warnings(findings) if each.rule in loud]


def refuse(findings: Iterable[Finding], state: str = NOTHING_CHANGED) -> None:
    """Stop when there is an error among the findings.

    Args:
        findings: What the rules say.
        state: A sentence on what state the database is in.

    Raises:
        RulesBroken: There is one.
    """
    wrong = errors(findings)
    if wrong:
        raise RulesBroken(
            findings=wrong,
            count=count(len(wrong), "error"),
            state=state,
            shown="\n\n".join(shown(each) for each in wrong),
            rule=wrong[0].rule,
        )


def shown(finding: Finding) -> str:
    """A finding as text: where, which rule, the statement, what to do."""
    where = f"{finding.path}:{finding.line}" if finding.line else finding.path
    sql = f"\n{shorten(one_line(finding.sql), _WIDTH)}" if finding.sql else ""
    return f"{where} ({finding.rule}){sql}\n{finding.message}"


def name(rule: ModuleType) -> str:
    """The name of a rule: its file name."""
    return rule.__name__.rpartition(".")[2]


@lru_cache(maxsize=1)
def _rules() -> tuple[ModuleType, ...]:
    return tuple(modules(folder))


def _finding(rule: ModuleType, message: str, context: Context) -> Finding:
    return Finding(
        rule=name(rule),
        severity=getattr(rule, "SEVERITY", Severity.ERROR),
        message=message,
        revision=context.plan.revision,
        path=context.plan.path,
        phase=context.step.phase,
        line=context.statement.line,
        sql=context.statement.sql,
    )


def _of_source(plan: Plan) -> Iterator[Finding]:
    for rule in _rules():
        if hasattr(rule, "judge_source"):
            severity = getattr(rule, "SEVERITY", Severity.ERROR)
            for line, message in rule.judge_source(plan):
                yield _on_line(plan, name(rule), severity, line, message)


def _of_waivers(
    plan: Plan, read: list[Waiver], found: list[Finding], *, fresh: bool
) -> Iterator[Finding]:
    known = {name(rule) for rule in _rules()}
    for each in read:
        wrong = waivers.complaint(each, known)
        if wrong:
            yield _on_line(plan, waivers.NAME, Severity.ERROR, each.line, wrong)
        elif not fresh and _judged(plan, each) and not _used(each, found):
            said = waivers.unused(each)
            yield _on_line(plan, waivers.NAME, Severity.WARNING, each.line, said)


def _used(waiver: Waiver, found: list[Finding]) -> bool:
    return any(waivers.covers(waiver, finding) for finding in found)


def _judged(plan: Plan, waiver: Waiver) -> bool:
    """Whether the plan has the phase that the waiver is in; a plan may be its contract alone.

    What an old-style revision does may be unknown before it runs.
    """
    if plan.legacy:
        return bool(plan.steps)
    function = function_at(plan.source, waiver.line)
    absent = {phase.word for phase in Phase if not plan.phase(phase)}
    return function not in absent or not plan.steps


def _on_line(plan: Plan, rule: str, severity: Severity, line: int, message: str) -> Finding:
    function = function_at(plan.source, line)
    phase = next((phase for phase in Phase if phase.word == function), Phase.EXPAND)
    return Finding(rule, severity, message, plan.revision, plan.path, phase, line, "")
