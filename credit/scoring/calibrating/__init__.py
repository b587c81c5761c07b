"""From cases with a known end to a draft card: bins, a logistic fit, points, and how good it is.

Needs the optional extra `calibration` (scikit-learn). Nothing here touches the database.
"""

from credit.scoring.calibrating.calibrate import Calibration, calibrate
from credit.scoring.calibrating.table import BadTable, Table, read_table

__all__ = ["BadTable", "Calibration", "Table", "calibrate", "read_table"]
