"""Surveys: instruments as data, scores by dimension, results sealed in the person's file."""

from handlers.surveys.demo import seed_surveys
from handlers.surveys.forms import form_labels, form_schema
from handlers.surveys.handlers import record_handler
from handlers.surveys.instrument import Instrument, InstrumentRefused, Question, read_instrument
from handlers.surveys.scoring import Count, Scores, UnknownAnswer, score
from handlers.surveys.service import (
    SHIPPED,
    Result,
    Surveys,
    import_instrument,
    import_shipped,
    instrument_of,
    is_moment,
)
from handlers.surveys.store import Survey, read_survey, surveys_of

__all__ = [
    "SHIPPED",
    "Count",
    "Instrument",
    "InstrumentRefused",
    "Question",
    "Result",
    "Scores",
    "Survey",
    "Surveys",
    "UnknownAnswer",
    "form_labels",
    "form_schema",
    "import_instrument",
    "import_shipped",
    "instrument_of",
    "is_moment",
    "read_instrument",
    "read_survey",
    "record_handler",
    "score",
    "seed_surveys",
    "surveys_of",
]
