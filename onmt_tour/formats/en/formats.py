"""Read by Django (FORMAT_MODULE_PATH); what stands here comes before the language's own."""

from onmt_tour.formats import DATES as DATE_INPUT_FORMATS
from onmt_tour.formats import HOURS as TIME_INPUT_FORMATS
from onmt_tour.formats import MOMENTS as DATETIME_INPUT_FORMATS

# As in French: the day first, and hours up to 24.
DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"

__all__ = [
    "DATETIME_FORMAT",
    "DATETIME_INPUT_FORMATS",
    "DATE_FORMAT",
    "DATE_INPUT_FORMATS",
    "SHORT_DATETIME_FORMAT",
    "SHORT_DATE_FORMAT",
    "TIME_FORMAT",
    "TIME_INPUT_FORMATS",
]
