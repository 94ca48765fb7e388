"""Reports, specimens and consultations: by platform, item and institution, with their images."""

from streams.rollups import Rollup

TELEMEDICINE = Rollup(
    "telemedicine", dimensions=("platform", "item", "institution"), measures=("images",)
)
