"""Accounts for tests."""

from __future__ import annotations

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from cooperative.accounts import second_factor
from cooperative.accounts.models import User, phone_index

PASSWORD = "shuang-cheng-1949"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class UserFactory(factory.django.DjangoModelFactory):
    """A member's account: a proven number, no password. Traits: ``with_password``, ``officer``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = "王秋实"
    phone = factory.Sequence(lambda n: f"138{n:08d}")
    phone_index = factory.LazyAttribute(lambda o: phone_index(o.phone) if o.phone else None)
    phone_verified_at = factory.LazyFunction(timezone.now)
    password = factory.LazyFunction(lambda: make_password(None))

    class Params:
        with_password = factory.Trait(
            password=factory.LazyFunction(lambda: make_password(PASSWORD))
        )
        officer = factory.Trait(
            username=factory.Sequence(lambda n: f"ganbu{n}"),
            name="李春梅",
            phone="",
            phone_verified_at=None,
            password=factory.LazyFunction(lambda: make_password(PASSWORD)),
        )


class OfficerFactory(UserFactory):
    """An officer's account with the authenticator ``SECRET`` set up."""

    officer = True

    @factory.post_generation
    def authenticator(self, create, given, **kwargs):
        """``authenticator=False`` leaves it out."""
        if create and given is not False:
            second_factor.replace(self, SECRET)
