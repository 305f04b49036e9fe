"""Read by Django (FORMAT_MODULE_PATH); what stands here comes before the language's own."""

from onmt_tour.formats import DATES as DATE_INPUT_FORMATS
from onmt_tour.formats import HOURS as TIME_INPUT_FORMATS
from onmt_tour.formats import MOMENTS as DATETIME_INPUT_FORMATS

__all__ = ["DATETIME_INPUT_FORMATS", "DATE_INPUT_FORMATS", "TIME_INPUT_FORMATS"]
