"""The tool of the race tests: who is quicker decides nothing, and no exception stays unread."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection, transaction

from core.errors import NotFound, Refused
from tests.race import meet, race


def test_race_hands_back_answers_and_refusals() -> None:
    def refuse() -> None:
        raise NotFound()

    answer, refusal = race(lambda: 1, refuse)
    assert answer == 1
    assert isinstance(refusal, Refused)


def test_race_raises_what_nobody_foresaw() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        race(lambda: 1, lambda: 1 / 0)
    assert [type(error) for error in caught.value.exceptions] == [ZeroDivisionError]
    answers = race(lambda: 1, lambda: 1 / 0, errors=ZeroDivisionError)
    assert isinstance(answers[1], ZeroDivisionError)


def test_meeting_is_for_calls_of_a_race() -> None:
    with pytest.raises(AssertionError):
        meet()


def test_two_meet_before_either_goes_on() -> None:
    done: list[str] = []

    def quick() -> None:
        meet()
        done.append("went on")

    def slow() -> None:
        time.sleep(0.2)
        done.append("came")
        meet()
        done.append("went on")

    race(quick, slow)
    assert done == ["came", "went on", "went on"]


def test_one_goes_on_alone_when_the_other_has_ended() -> None:
    done: list[str] = []

    def quick() -> None:
        meet()
        done.append("went on")

    def slow() -> None:
        time.sleep(0.2)
        done.append("ended")

    race(quick, slow)
    assert done == ["ended", "went on"]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_one_goes_on_when_the_other_waits_for_its_lock() -> None:
    done: list[str] = []

    def hold(name: str) -> Any:
        def call() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(7)")
                done.append(f"{name} holds")
                meet()
                done.append(f"{name} lets go")

        return call

    race(hold("one"), hold("other"))
    first, second = done[0].split()[0], done[2].split()[0]
    assert {first, second} == {"one", "other"}
    assert done == [f"{first} holds", f"{first} lets go", f"{second} holds", f"{second} lets go"]
