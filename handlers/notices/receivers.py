"""Whom a notice goes to, by which way, when, and in which words: decided before anything is sent.

A page that previews a notice and the handler that sends it ask the same function.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, time

from engine.errors import HandlerFailed, NotFound
from engine.model import CaseRef
from engine.store import UnitOfWork
from handlers.notices import store
from handlers.notices.mail import is_address
from handlers.notices.quiet import Hours, next_moment
from handlers.notices.sms import number_of
from handlers.notices.store import Reason
from handlers.notices.wording import DISCREET, Wording, wording, written_locale
from handlers.organisations import read_organisation
from handlers.people import (
    ContactRules,
    PersonalFields,
    contact_rules,
    keyed_name,
    members,
    person_owner,
)

SUBJECT = "subject"
ORGANISATION = "organisation:"
EMAIL = "email"
SMS = "sms"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent.

    :ivar channel: ``email``, ``sms``, or ``""``: nothing is sent, for ``reason``.
    :ivar address: where to, in clear; never shown, logged or kept. ``None`` without a channel.
    :ivar digest: keyed hash of the address.
    :ivar template: what is said; another than was asked for where the family must not know.
    :ivar not_before: first moment at which the receiver may be reached.
    """

    channel: str
    address: str | None
    digest: str
    template: str
    locale: str
    text: Wording
    not_before: datetime
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True)
class Receivers:
    """Decides by the site's rules and by each person's own.

    :ivar quiet: hours in which nobody is reached who named none of their own.
    """

    fields: PersonalFields
    quiet: Hours | None

    def plan(
        self,
        uow: UnitOfWork,
        case: CaseRef,
        template: str,
        to: str,
        now: datetime,
        purpose: str = "notices.send",
    ) -> Plan:
        """Return what a notice would be.

        :param to: ``subject`` or ``organisation:<id>``.
        :param purpose: what the person's rules are read for; logged.
        :raises HandlerFailed: no such template or organisation, or ``to`` is neither.
        """
        if to == SUBJECT:
            plan = self._person(uow, case, template, now, purpose)
        elif to.startswith(ORGANISATION):
            plan = self._organisation(uow, case, template, to.removeprefix(ORGANISATION), now)
        else:
            raise HandlerFailed(
                f"A notice goes to '{to}'. It must be '{SUBJECT}' or '{ORGANISATION}' and an "
                "organisation's id."
            )
        if plan.channel and store.is_bad(uow, plan.digest):
            return replace(plan, channel="", address=None, reason=Reason.BAD_ADDRESS)
        return plan

    def _organisation(
        self, uow: UnitOfWork, case: CaseRef, template: str, organisation_id: str, now: datetime
    ) -> Plan:
        try:
            organisation = read_organisation(uow, organisation_id)
        except NotFound as error:
            raise HandlerFailed(f"A notice cannot be sent: {error}") from error
        locale = written_locale(organisation.language)
        text = wording(template, locale, case.reference)
        if not is_address(organisation.email):
            return Plan("", None, "", template, locale, text, now, Reason.NO_SAFE_WAY)
        digest = hashlib.sha256(organisation.email.encode()).hexdigest()
        return Plan(EMAIL, organisation.email, digest, template, locale, text, now)

    def _person(
        self, uow: UnitOfWork, case: CaseRef, template: str, now: datetime, purpose: str
    ) -> Plan:
        wording(template, written_locale(None), None)  # A wrong name is told before anything else.
        rules = self._rules(uow, case, purpose)
        said = DISCREET if rules is not None and rules.family_unaware else template
        locale = written_locale(None if rules is None else rules.language)
        text = wording(said, locale, None)
        channel, address = _safe_way(rules, case.country)
        if rules is None or address is None:
            return Plan("", None, "", said, locale, text, now, Reason.NO_SAFE_WAY)
        digest = self._digest(uow, case, address)
        not_before = next_moment(now, self._zone(uow, case), self._hours(rules))
        return Plan(channel, address, digest, said, locale, text, not_before)

    def _rules(self, uow: UnitOfWork, case: CaseRef, purpose: str) -> ContactRules | None:
        if case.subject is None:
            return None
        return contact_rules(uow, case.subject, self.fields, purpose, case)

    def _digest(self, uow: UnitOfWork, case: CaseRef, address: str) -> str:
        # Under the person's own key: nobody else who has the same address is found by it. Of files
        # that were merged the first that has a key serves.
        for member in sorted(members(uow, case.subject or "")):
            with suppress(NotFound):
                key = self.fields.keyring.existing(uow, person_owner(member))
                return keyed_name(key, address.encode())
        raise NotFound("readable file of", case.subject or "")

    def _hours(self, rules: ContactRules) -> Hours | None:
        usual = None if self.quiet is None else self.quiet.opposite()
        if rules.begins is None and rules.ends is None:
            return usual
        whole = Hours(time(0), time(0)) if usual is None else usual
        own = Hours(rules.begins or whole.begins, rules.ends or whole.ends)
        return None if own.begins == own.ends else own

    def _zone(self, uow: UnitOfWork, case: CaseRef) -> str:
        config = self.fields.access.schemes.of_case(uow, case.id)
        return "UTC" if config is None else config.time_zone


def _safe_way(rules: ContactRules | None, country: str) -> tuple[str, str | None]:
    if rules is None:
        return "", None
    if rules.channel == EMAIL and rules.email is not None and is_address(rules.email):
        return EMAIL, rules.email
    if rules.channel == SMS:
        return SMS, number_of(rules.phone, country)
    return "", None
