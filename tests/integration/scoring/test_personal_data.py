"""A member's own data: scores, overrides and objections are shown, exported and erased."""

from __future__ import annotations

from typing import Any

import pytest

from core.files import path_of
from core.models import StoredFile
from credit.scoring import personal_data
from credit.scoring.evidence import accept_evidence
from credit.scoring.models import Objection, Override, Score
from tests.factories.correcting import Correcting, photo
from tests.factories.scoring import DAY, ObjectionFactory, OverrideFactory, ScoreFactory, after

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(settings: Any, tmp_path: Any) -> Correcting:
    settings.PRIVATE_ROOT = tmp_path
    found = Correcting()
    file = accept_evidence(member=found.member, upload=photo(), by=None, at=after(DAY))
    OverrideFactory(score=found.score, confirmed=True, grade="aaa")
    ObjectionFactory(
        score=found.score,
        rejected=True,
        evidence=file,
        statement="合同是旧地界",
        stated_at=after(DAY),
    )
    return found


def test_every_score_and_what_people_made_of_it_is_shown(
    scene: Correcting, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        entries = personal_data.collect(scene.member)
    values = [str(item.value) for entry in entries for item in entry.items]
    for words in (
        "70",
        "入会年数 50 分、经营的土地 20 分",
        "30,000.00 元",
        "AAA",
        "大棚刚建好，还没有登记",
        "经营的土地",
        "我家的地是60亩，不是40亩",
        "地块登记和承包合同一致",
        "合同是旧地界",
    ):
        assert words in values, words


def test_erased_nothing_is_left_of_this_member_and_all_of_others(
    scene: Correcting, django_capture_on_commit_callbacks: Any
) -> None:
    other = ObjectionFactory(score=ScoreFactory(scorecard=scene.card))
    path = path_of(StoredFile.objects.get())
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        personal_data.erase(scene.member, after(DAY))
    assert not Override.objects.exists()
    assert list(Objection.objects.all()) == [other]
    assert list(Score.objects.all()) == [other.score]
    assert not StoredFile.objects.exists()
    assert not path.exists()
