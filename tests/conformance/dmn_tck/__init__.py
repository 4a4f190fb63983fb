"""Runs the DMN Technology Compatibility Kit (github.com/dmn-tck/tck) against ``engine.dmn``.

``python -m tests.conformance.dmn_tck PATH`` takes a checkout, its ``TestCases`` folder, one level
of it or one folder of cases. Every case found is run and counted; none is skipped.
"""

from __future__ import annotations

from tests.conformance.dmn_tck.report import Failure, Report
from tests.conformance.dmn_tck.runner import run

__all__ = ["Failure", "Report", "run"]
