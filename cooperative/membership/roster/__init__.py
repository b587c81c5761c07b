"""Roster import: read a union's list as it is kept, say everything that is wrong, import the rest.

``columns``, ``cells``, ``problems`` and ``checking`` are rules without a database; ``reading`` reads
files, ``staging`` and ``judging`` compare with what is stored, ``importing`` writes, ``services``
starts each step for an officer.
"""
