"""What Great Expectations works out again and again for one validation, kept while that lasts.

It asks an expectation for its settings some ten times and a metric for its identity twice, and follows what a metric
needs once for each way that leads to it: three quarters of the time of a validation, whatever the size of a part. What
does *not* belong here: what is validated (`engine`).
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from great_expectations.core.id_dict import IDDict
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.validator.validation_graph import ValidationGraph


@contextmanager
def asked_once() -> Iterator[None]:
    """A context within which each of these is worked out only once. Nothing that it validates may change within."""
    ours = (
        (Expectation, "configuration", property(_once_for_each(Expectation.configuration.fget))),
        (ExpectationConfiguration, "to_domain_obj", _once_for_each(ExpectationConfiguration.to_domain_obj)),
        (IDDict, "to_id", _by_content(IDDict.to_id)),
        (ValidationGraph, "build_metric_dependency_graph", _followed_once()),
    )
    theirs = [(owner, name, vars(owner)[name]) for owner, name, _ in ours]
    try:
        for owner, name, kept in ours:
            setattr(owner, name, kept)
        yield
    finally:
        for owner, name, former in theirs:
            setattr(owner, name, former)


def _once_for_each(ask: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same question, answered once for each thing that is asked."""
    # With what was asked, lest another thing gets its number.
    answers: dict[int, tuple[Any, Any]] = {}

    def answer(asked: Any) -> Any:
        number = id(asked)
        if number not in answers:
            answers[number] = (asked, ask(asked))
        return answers[number][1]

    return answer


def _by_content(identity: Callable[..., Any]) -> Callable[..., Any]:
    """The identity of settings, worked out once for all that hold the same."""
    known: dict[bytes, Any] = {}

    def found(settings: Any, *parts: Any, **named: Any) -> Any:
        if parts or named:
            return identity(settings, *parts, **named)
        try:
            # Version 2 writes equal content alike, and plain values only: it cannot take one thing for another.
            content = marshal.dumps(dict(settings), 2)
        except ValueError:
            return identity(settings)
        if content not in known:
            known[content] = identity(settings)
        return known[content]

    return found


def _followed_once() -> Callable[..., None]:
    """The walk from a metric to all that it needs, which goes no further where a graph has been before."""
    walk = ValidationGraph.build_metric_dependency_graph
    been: dict[int, tuple[Any, set[Any]]] = {}

    def followed(graph: Any, metric_configuration: Any, runtime_configuration: Any = None) -> None:
        _, seen = been.setdefault(id(graph), (graph, set()))
        if metric_configuration.id not in seen:
            seen.add(metric_configuration.id)
            walk(graph, metric_configuration, runtime_configuration)

    return followed
