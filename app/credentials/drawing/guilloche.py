"""The rosette on a certificate: woven lines, drawn by formula rather than by hand."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin


@lru_cache
def rosette(lines: int = 36, steps: int = 600) -> str:
    """An SVG of closed curves r(t) = a + b·cos(nt + φ), each turned a little against the last.

    Such wave-modulated circles are the classic guilloche of banknotes: easy to draw by formula,
    hard to copy by hand.
    """
    paths = [_curve(turn / lines, steps) for turn in range(lines)]
    drawn = "".join(f'<path d="{path}"/>' for path in paths)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-100 -100 200 200">'
        f'<g fill="none" stroke="#0f5560" stroke-width="0.14">{drawn}</g></svg>'
    )


def _curve(phase: float, steps: int) -> str:
    points = []
    for step in range(steps + 1):
        angle = 2 * pi * step / steps
        outer = 1.0 if phase < 0.5 else -1.0
        wave = 9 * cos(16 * angle + outer * 4 * pi * phase)
        radius = (78 if outer > 0 else 52) + wave + 4 * sin(8 * angle)
        points.append(f"{radius * cos(angle):.2f} {radius * sin(angle):.2f}")
    return "M" + "L".join(points) + "Z"
