"""Uploads: by organisation, table and business date, with their rows and persons.

Distinct tables and days of a month are counted from these dimensions when they are asked for.
"""

from streams.rollups import Rollup

UPLOADS = Rollup(
    "uploads",
    dimensions=("organisation", "table_code", "business_date"),
    measures=("rows", "persons"),
)
