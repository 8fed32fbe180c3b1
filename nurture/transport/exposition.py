"""Metrics as Prometheus reads them: its text format, version 0.0.4."""

from collections.abc import Iterable, Mapping
from typing import Literal

from nurture.value import frozen

Labels = tuple[tuple[str, str], ...]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@frozen
class Metric:
    """One name with its samples; labels are ordered pairs, so that a text is always the same."""

    name: str
    kind: Literal["counter", "gauge"]
    meaning: str
    samples: Mapping[Labels, float]


def written(metrics: Iterable[Metric]) -> str:
    """The text of all of them; one without a sample is announced all the same."""
    lines: list[str] = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {metric.meaning}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [
            f"{metric.name}{_labels(labels)} {value:.17g}"
            for labels, value in sorted(metric.samples.items())
        ]
    return "\n".join([*lines, ""])


def _labels(labels: Labels) -> str:
    inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
    return f"{{{inside}}}" if inside else ""


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
