"""Forms: form-js schemas read, their conditions evaluated, their answers checked. No HTML."""

from engine.forms.answers import Checked, answer_scope, computed, computed_value, validate, visible
from engine.forms.fits import choices
from engine.forms.model import ANSWERED, Field, Form
from engine.forms.reader import check, read_form

__all__ = [
    "ANSWERED",
    "Checked",
    "Field",
    "Form",
    "answer_scope",
    "check",
    "choices",
    "computed",
    "computed_value",
    "read_form",
    "validate",
    "visible",
]
