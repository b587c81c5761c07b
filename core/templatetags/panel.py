"""Filters of the officers' panel."""

from django import template

from core.audit_words import actor_name, in_words

register = template.Library()
register.filter("deed_in_words", in_words)
register.filter("actor_name", actor_name)
