"""What neighbours' blind grades say together: trimmed mean, spread, raters who stand apart.

Grades are whole numbers from 1 (does not trust) to 6 (trusts most). All arithmetic is on whole
numbers and fractions of them; a figure is rounded once, half up, to two decimals, and the rounded
figure is what everybody sees and what the score counts.

Source: the practice of blind rating by five to seven neighbours (整村授信 “背靠背” 评议); the rules of
this product for trimming and outliers, ``docs/decisions``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

LOWEST, HIGHEST = 1, 6
# Beyond the least number: somebody always forgets, and declares kin on the phone.
SPARE_RATERS = 2

_PLACES = Decimal("0.01")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Assessment:
    """What the grades of one person say. ``counted``: grades given, of which ``trimmed`` fell away.

    ``spread`` is the distance from the lowest to the highest grade, ``deviation`` the standard
    deviation; both are of all grades, so that a quarrel shows that trimming hides.
    """

    mean: Decimal
    counted: int
    trimmed: int
    spread: int
    deviation: Decimal


@dataclass(frozen=True)
class Leaning:
    """How a rater's grades lie to those of the others: above (positive) or below (negative).

    ``subjects``: how many people it is drawn from.
    """

    deviation: Decimal
    subjects: int
    is_outlier: bool


def trimmed_mean(grades: Collection[int], fraction: Decimal) -> Decimal:
    """The mean without the lowest and the highest ``fraction`` of the grades, rounded once.

    Of n grades in order of size the floor of n × ``fraction`` fall away at each end: with a fifth,
    one at each end of five to nine grades, two of ten. With ``fraction`` 0 it is the plain mean.

    >>> trimmed_mean([1, 4, 4, 5, 6], Decimal("0.2"))
    Decimal('4.33')

    Raises:
        ValueError: no grade, a grade out of 1 to 6, or a fraction that leaves nothing.
    """
    kept = _kept(grades, fraction)
    return _rounded(Fraction(sum(kept), len(kept)))


def spread_of(grades: Collection[int]) -> int:
    """The highest grade less the lowest.

    >>> spread_of([2, 5, 4])
    3
    """
    _check(grades)
    return max(grades) - min(grades)


def deviation_of(grades: Collection[int]) -> Decimal:
    """The standard deviation of all the grades (they are everybody, not a sample), rounded once.

    >>> deviation_of([2, 4, 4, 4, 6])
    Decimal('1.26')
    """
    _check(grades)
    number = len(grades)
    squares = number * sum(grade * grade for grade in grades) - sum(grades) ** 2
    root = _EXACT.sqrt(Decimal(squares))
    return _EXACT.divide(root, Decimal(number)).quantize(_PLACES, rounding=ROUND_HALF_UP)


def assess(grades: Collection[int], *, least: int, fraction: Decimal) -> Assessment | None:
    """What the grades say, or None when there are fewer than ``least``: then nothing is known.

    >>> assess([4, 5, 5, 6], least=5, fraction=Decimal("0.2")) is None
    True
    """
    if len(grades) < least:
        return None
    kept = _kept(grades, fraction)
    return Assessment(
        mean=trimmed_mean(grades, fraction),
        counted=len(grades),
        trimmed=len(grades) - len(kept),
        spread=spread_of(grades),
        deviation=deviation_of(grades),
    )


def leanings(
    grades: Mapping[int, Mapping[int, int]], *, threshold: Decimal, least_subjects: int
) -> dict[int, Leaning]:
    """How each rater's grades lie to the others', by rater; ``grades`` are by subject, then rater.

    For each person whom a rater and at least one other graded: the rater's grade less the mean of
    all others' grades. The mean of these differences is the rater's deviation. Beyond ``threshold``,
    up or down, the rater stands apart: kinder or harder than the neighbours throughout; exactly at
    the threshold they do not. Of a rater with fewer than ``least_subjects`` such people nothing is
    said: chance would speak, and a single grade could be read from the figure.
    """
    differences: dict[int, list[Fraction]] = {}
    for subject in sorted(grades):
        given = grades[subject]
        _check(given.values())
        total, others = sum(given.values()), len(given) - 1
        if others > 0:
            for rater in sorted(given):
                mean = Fraction(total - given[rater], others)
                differences.setdefault(rater, []).append(given[rater] - mean)
    return {
        rater: _leaning(found, threshold)
        for rater, found in sorted(differences.items())
        if len(found) >= least_subjects
    }


def suggest(
    ranked: Sequence[int], able: Mapping[int, Collection[int]], subjects: Iterable[int], least: int
) -> list[int]:
    """Whom to ask: the first of ``ranked`` who still help, until everybody has enough raters.

    ``able``: whom each candidate may rate. Enough is ``least`` and two more, for those who forget or
    declare kin. Somebody who could only rate people with enough raters is passed over.
    """
    missing = dict.fromkeys(subjects, least + SPARE_RATERS)
    chosen = []
    for rater in ranked:
        helped = [subject for subject in able.get(rater, ()) if missing.get(subject, 0) > 0]
        if helped:
            chosen.append(rater)
            for subject in helped:
                missing[subject] -= 1
    return chosen


def _leaning(differences: list[Fraction], threshold: Decimal) -> Leaning:
    mean = sum(differences, Fraction(0)) / len(differences)
    return Leaning(_rounded(mean), len(differences), abs(mean) > Fraction(threshold))


def _kept(grades: Collection[int], fraction: Decimal) -> list[int]:
    _check(grades)
    if not 0 <= fraction < Decimal("0.5"):
        raise ValueError("a fraction from 0 to below one half")
    cut = int(len(grades) * fraction)
    return sorted(grades)[cut : len(grades) - cut]


def _check(grades: Collection[int]) -> None:
    if not grades:
        raise ValueError("no grades")
    if any(not LOWEST <= grade <= HIGHEST for grade in grades):
        raise ValueError(f"grades go from {LOWEST} to {HIGHEST}")


def _rounded(value: Fraction) -> Decimal:
    """Half up (away from zero) to two decimals, exactly.

    >>> _rounded(Fraction(-1, 200))
    Decimal('-0.01')
    """
    hundredths = (abs(value.numerator) * 200 + value.denominator) // (2 * value.denominator)
    sign = -1 if value < 0 else 1
    return (Decimal(sign * hundredths) / 100).quantize(_PLACES)
