"""Where a request, a pledge, a loan, a share, a repayment may go, and who may move it there."""

from credit.lending.rules.states.actors import Actor, may_move

__all__ = ["Actor", "may_move"]
