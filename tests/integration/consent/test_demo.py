"""What the demo shows of consent."""

from __future__ import annotations

from random import Random

from cooperative.consent import demo
from cooperative.consent.models import Consent, DataRequest, Disclosure
from core.dates import business_date
from tests.factories.consent import NOON, World


def test_demo_is_loaded_once_and_obeys_every_guard(world: World) -> None:
    members = [world.member() for _n in range(3)]
    world.officer("convener")
    world.officer("reviewer")
    today = business_date(NOON)
    assert demo.load(today=today, rng=Random(1)) == Disclosure.objects.count() > 8
    assert demo.load(today=today, rng=Random(1)) == 0
    first = Consent.objects.filter(member=members[0])
    assert (first.live(NOON).count(), first.past(NOON).count()) == (1, 2)
    states = DataRequest.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["open", "proposed"]
    assert not Disclosure.objects.filter(at__gt=NOON).exists()
