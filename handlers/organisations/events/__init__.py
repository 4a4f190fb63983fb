"""What was changed of an organisation, when and by whom; rows are only ever added."""

from handlers.organisations.events.store import OrganisationEvent, add_event, events_of

__all__ = ["OrganisationEvent", "add_event", "events_of"]
