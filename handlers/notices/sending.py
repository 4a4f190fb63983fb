"""The room put together: plans, sends, gathers and records notices."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from engine.errors import CallPostponed, HandlerFailed
from engine.jobs.backoff import retry_delay
from engine.model import SYSTEM, Actor, CaseRef
from engine.ports import Clock, HandlerCall
from engine.store import Store, UnitOfWork
from engine.store.cases import read_case
from handlers.notices import mail, store
from handlers.notices.errors import AddressRefused
from handlers.notices.mail import Mailer
from handlers.notices.problems import Problems, open_problem
from handlers.notices.receivers import EMAIL, ORGANISATION, SMS, Plan, Receivers
from handlers.notices.sms import SmsCarrier
from handlers.notices.store import Notice, NoticeStatus, Reason
from handlers.notices.wording import digest_wording

log = structlog.get_logger(__name__)

Open = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class Notices:
    """Everything that is done with notices.

    :ivar sender: address that e-mails come from.
    :ivar gather: how long notices to one organisation are gathered into one; zero sends each.
    """

    database: Store
    clock: Clock
    receivers: Receivers
    mailer: Mailer
    sms: SmsCarrier
    sender: str
    gather: timedelta

    def send(self, call: HandlerCall, template: str, to: str) -> None:
        """Send, gather or withhold a notice, once a call.

        :raises CallPostponed: the receiver may not be reached before a later moment.
        :raises HandlerFailed: no such template or organisation, or the carrier is away.
        """
        with call.open() as uow:
            if store.read_notice(uow, call.key) is not None:
                return
            plan = self.receivers.plan(uow, call.case, template, to, call.now)
            if plan.channel and to.startswith(ORGANISATION) and self.gather:
                self._gather(uow, call, plan, to)
                return
        self._wait_for_hours(plan, call.now)
        status = self._carry(call.key, plan, call.now)
        with call.open() as uow:
            self._record(uow, call, plan, to, status)

    def queue(
        self,
        uow: UnitOfWork,
        case: CaseRef,
        template: str,
        to: str,
        *,
        key: str,
        actor: Actor,
    ) -> None:
        """Leave a notice to the worker's next round, in the open transaction and once a key.

        For what people do beside a diagram; what a diagram asks for goes through :meth:`send`.

        :raises HandlerFailed: no such template or organisation.
        """
        now = self.clock.now()
        plan = self.receivers.plan(uow, case, template, to, now)
        status = NoticeStatus.QUEUED if plan.channel else NoticeStatus.WITHHELD
        call = HandlerCall(case, "", 0, key, 1, now, actor, uow, self.database.unit_of_work)
        self._record(uow, call, plan, to, status, now if plan.channel else None)

    @property
    def problems(self) -> Problems:
        """Contact details that do not work."""
        return Problems(self.database, self.clock, self.receivers)

    def plan(self, uow: UnitOfWork, case: CaseRef, template: str, to: str) -> Plan:
        """Return what a notice would be now; nothing is sent, that rules were read is logged."""
        return self.receivers.plan(uow, case, template, to, self.clock.now(), "notices.preview")

    def disturbs(self, channel: str) -> bool:
        """Tell whether a message by this way reaches somebody's device."""
        return self.sms.disturbs if channel == SMS else self.mailer.disturbs

    def deliver(self) -> int:
        """Send what was gathered and is due; the worker calls it, and ``passerelle notices``.

        :returns: how many organisations got one message.
        """
        now = self.clock.now()
        with self.database.snapshot() as uow:
            due = store.due_receivers(uow, now)
        return sum(self._deliver(receiver, now) for receiver in due)

    def _wait_for_hours(self, plan: Plan, now: datetime) -> None:
        if plan.channel and plan.not_before > now and self.disturbs(plan.channel):
            raise CallPostponed(
                "The receiver is reached later, within the hours in which they may be.",
                plan.not_before - now,
            )

    def _carry(self, key: str, plan: Plan, now: datetime) -> NoticeStatus:
        if plan.address is None:
            return NoticeStatus.WITHHELD
        try:
            if plan.channel == SMS:
                self.sms.send(key, plan.address, plan.text.short)
            else:
                text = plan.text
                message = mail.compose(key, self.sender, plan.address, text.subject, text.body, now)
                self.mailer.send(key, message)
        except AddressRefused:
            return NoticeStatus.BOUNCED
        return NoticeStatus.SENT

    def _gather(self, uow: UnitOfWork, call: HandlerCall, plan: Plan, to: str) -> None:
        due = store.gathering_until(uow, to) or call.now + self.gather
        self._record(uow, call, plan, to, NoticeStatus.QUEUED, due)

    def _record(
        self,
        uow: UnitOfWork,
        call: HandlerCall,
        plan: Plan,
        to: str,
        status: NoticeStatus,
        due: datetime | None = None,
    ) -> None:
        notice = Notice(
            key=call.key,
            case_id=call.case.id,
            template=plan.template,
            locale=plan.locale,
            receiver=to,
            status=status,
            at=call.now,
            channel=plan.channel,
            reason=plan.reason,
            message=mail.message_name(call.key) if plan.channel == EMAIL else "",
            address=plan.digest,
            due_at=due,
        )
        if not store.insert_notice(uow, notice):
            return
        if status is NoticeStatus.BOUNCED:
            store.mark_bad(uow, plan.digest, call.key, call.now)
        if status is NoticeStatus.BOUNCED or plan.reason is Reason.BAD_ADDRESS:
            open_problem(uow, notice, call.now)
        data = {"template": plan.template, "to": to}
        if plan.reason is not Reason.NONE:
            data["reason"] = plan.reason.value
        uow.record(
            call.case.id,
            f"notice.{status}",
            data,
            actor=call.actor.account_id,
            at=call.now,
            # Beside a diagram there is no element.
            element_id=call.element_id or None,
            activation=call.activation or None,
        )

    # --- gathered notices --------------------------------------------------------------------

    def _deliver(self, receiver: str, now: datetime) -> int:
        with self.database.unit_of_work() as uow:
            claimed = store.claim(uow, receiver, now)
            plans = [self._planned(uow, notice, now) for notice in claimed]
        if not claimed:
            return 0
        plan = plans[-1]
        key = "+".join(notice.key for notice in claimed)
        if len(plans) > 1:
            texts = [each.text for each in plans]
            plan = replace(plan, text=digest_wording(texts, plan.locale))
        try:
            status = self._carry(key, plan, now)
        except HandlerFailed as error:
            self._put_back(claimed, now, error)
            return 0
        for notice in claimed:
            self._done(notice, status, mail.message_name(key), now)
        return 1

    def _planned(self, uow: UnitOfWork, notice: Notice, now: datetime) -> Plan:
        case = read_case(uow, notice.case_id).ref
        return self.receivers.plan(uow, case, notice.template, notice.receiver, now)

    def _put_back(self, claimed: tuple[Notice, ...], now: datetime, error: HandlerFailed) -> None:
        log.warning("notices wait", receiver=claimed[0].receiver, error=str(error))
        with self.database.unit_of_work() as uow:
            for notice in claimed:
                due = now + retry_delay(notice.attempt)
                store.update_notice(uow, notice, status=NoticeStatus.QUEUED.value, due_at=due)

    def _done(self, notice: Notice, status: NoticeStatus, message: str, now: datetime) -> None:
        # A transaction a case: none may hold two of them.
        with self.database.unit_of_work() as uow:
            done = store.update_notice(
                uow, notice, status=status.value, message=message, due_at=None
            )
            if not done:
                return
            if status is NoticeStatus.BOUNCED:
                store.mark_bad(uow, notice.address, notice.key, now)
                open_problem(uow, notice, now)
            data = {"template": notice.template, "to": notice.receiver}
            uow.record(notice.case_id, f"notice.{status}", data, actor=SYSTEM.account_id, at=now)
