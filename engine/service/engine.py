"""The engine's use cases: one public method = one use case = one transaction.

Every use case reads the same: load → advance → save. What an actor may not see is
:class:`~engine.errors.NotFound`; what they may see and not do is
:class:`~engine.errors.NotAllowed`.
"""

from engine.service.bulk import MigrationBatches
from engine.service.cases import Cases
from engine.service.doctor import Doctor
from engine.service.drawings import Drawings
from engine.service.historic import Historic
from engine.service.migrations import Migrations
from engine.service.modifications import Modifications
from engine.service.operations import Operations
from engine.service.reports import Reports
from engine.service.schemes import Schemes
from engine.service.tasks import Tasks
from engine.service.trail import Trail
from engine.service.vitals import Vitals


class Engine(
    Schemes,
    Drawings,
    Tasks,
    Cases,
    Trail,
    Reports,
    Historic,
    Doctor,
    Vitals,
    Operations,
    Modifications,
    Migrations,
    MigrationBatches,
):
    """A BPMN case engine over a store, with everything from outside passed in."""
