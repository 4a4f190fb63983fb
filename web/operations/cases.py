"""A case in its operators' hands: suspended, resumed, cancelled, its tokens moved, data corrected.

Each order is explained before it is confirmed, with what it would do in this very case; what is
confirmed carries the preview's revision, so that a form sent twice is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import bpmn
from engine.errors import CaseEnded, ChangeRefused, Conflict, InvalidAnswer, NotFound
from engine.service import ChangeView
from web.accounts import current_actor
from web.context import engine
from web.failures import explain
from web.i18n import _, _l
from web.locales import locale
from web.operations import words
from web.operations.blueprint import blueprint

ORDERS: Mapping[str, Any] = {
    "suspend": _l("The case is suspended."),
    "resume": _l("The case goes on."),
    "cancel": _l("The case is cancelled."),
}
"""What may be ordered of a whole case, and what is said once it is done."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as the form has it.

    :ivar errors: message by the id of the field that it is about; ``""`` for the whole.
    """

    fields: Mapping[str, str]
    errors: Mapping[str, str]
    seen: ChangeView | None = None

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


@blueprint.get("/cases/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """Show where a case stands, its data and its incidents, with what can be ordered."""
    view = engine().operated(case_id, current_actor(), locale())
    stopped = [e for e in engine().incidents(locale(), current_actor()) if e.case_id == case_id]
    return render_template("operations/case.html", case=view, incidents=stopped)


# --- the case as a whole ------------------------------------------------------------------------


@blueprint.get("/cases/<case_id>/orders/<order>")
def ask_order(case_id: str, order: str) -> ResponseReturnValue:
    """Explain what suspending, resuming or cancelling does, and ask for the reason."""
    return _order_page(case_id, order, {}, "")


@blueprint.post("/cases/<case_id>/orders/<order>")
def give_order(case_id: str, order: str) -> ResponseReturnValue:
    """Suspend, resume or cancel a case."""
    acts: Mapping[str, Callable[..., object]] = {
        "suspend": engine().suspend,
        "resume": engine().resume,
        "cancel": engine().cancel,
    }
    act, reason = acts.get(order), request.form.get("reason", "")
    if act is None:
        abort(404)
    try:
        act(case_id, reason, current_actor())
    except InvalidAnswer:
        return _order_page(case_id, order, {"reason": _("Say why: history keeps it.")}, reason, 422)
    except CaseEnded as error:
        return _order_page(case_id, order, {"": explain(error)}, reason, 409)
    except Conflict:
        told = _("Somebody else did this just now, or you sent it twice. It was done once.")
        return _order_page(case_id, order, {"": told}, reason, 409)
    flash(str(ORDERS[order]))
    return redirect(url_for(".case", case_id=case_id), 303)


def _order_page(
    case_id: str, order: str, errors: Mapping[str, str], reason: str, status: int = 200
) -> ResponseReturnValue:
    if order not in ORDERS:
        abort(404)
    view = engine().operated(case_id, current_actor(), locale())
    html = render_template(
        "operations/order.html", case=view, order=order, errors=errors, reason=reason
    )
    return html, status


# --- tokens -------------------------------------------------------------------------------------


@blueprint.get("/cases/<case_id>/move")
def ask_move(case_id: str) -> ResponseReturnValue:
    """Ask where a token is to go; without one, where a further token is wanted."""
    names = ("activation", "flow", "target")
    return _move_page(case_id, Asked({name: request.args.get(name, "") for name in names}, {}))


@blueprint.post("/cases/<case_id>/move")
def move(case_id: str) -> ResponseReturnValue:
    """Show what a move would do, then do what was shown."""

    def read(fields: Mapping[str, str]) -> bpmn.Modification:
        activation = _number(fields.get("activation"))
        texts = {fields["name"]: fields["value"]} if fields.get("name") else {}
        values = engine().read_values(case_id, texts, current_actor(), activation, locale())
        target, away = fields.get("target") or None, fields.get("target") == "-"
        if target is None:
            raise InvalidAnswer({"target": _("Choose where to go.")})
        move = bpmn.TokenMove(
            activation,
            fields.get("flow") or None,
            None if away else target,
            _number(fields.get("within")),
            values,
        )
        return bpmn.MoveTokens((move,))

    return _change(case_id, read, _move_page, _("The case was changed as shown."))


def _move_page(case_id: str, asked: Asked, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    activation, flow = _number(asked["activation"]), asked["flow"] or None
    view = engine().operated(case_id, actor, locale())
    token = next(
        (
            each
            for each in view.tokens
            if activation or flow
            if (each.token.activation, each.token.flow) == (activation, flow)
        ),
        None,
    )
    errors = dict(asked.errors)
    if token is None and (activation or flow):
        status = 409
        errors.setdefault("", _("Nothing waits there any more. Look at where the case stands now."))
        targets: tuple[Any, ...] = ()
    else:
        targets = _targets(case_id, activation, flow, errors)
    html = render_template(
        "operations/move.html",
        case=view,
        token=token,
        targets=targets,
        asked=asked,
        errors=errors,
    )
    return html, status


def _targets(
    case_id: str, activation: int | None, flow: str | None, errors: dict[str, str]
) -> tuple[Any, ...]:
    try:
        return engine().targets(
            case_id, current_actor(), activation=activation, flow=flow, locale=locale()
        )
    except ChangeRefused as error:
        errors.setdefault("", words.refusal(error, ""))
        return ()


# --- data ---------------------------------------------------------------------------------------


@blueprint.get("/cases/<case_id>/data")
def ask_value(case_id: str) -> ResponseReturnValue:
    """Ask for a variable's new value."""
    fields = {name: request.args.get(name, "") for name in ("activation", "name")}
    view = engine().operated(case_id, current_actor(), locale())
    if fields["name"] in view.variables:
        fields["value"] = words.literal(view.variables[fields["name"]])
    return _value_page(case_id, Asked(fields, {}))


@blueprint.post("/cases/<case_id>/data")
def set_value(case_id: str) -> ResponseReturnValue:
    """Show what a new value would do, then set it; try a stopped step again where asked."""

    def read(fields: Mapping[str, str]) -> bpmn.Modification:
        name, activation = fields.get("name", "").strip(), _number(fields.get("activation"))
        if not name:
            raise InvalidAnswer({"name": _("Give the variable's name.")})
        texts = {name: fields.get("value", "").strip() or "null"}
        try:
            values = engine().read_values(case_id, texts, current_actor(), activation, locale())
        except InvalidAnswer as error:
            raise InvalidAnswer({"value": next(iter(error.errors.values()))}) from error
        return bpmn.SetVariables(activation, values)

    return _change(case_id, read, _value_page, _("The data was changed as shown."))


def _value_page(case_id: str, asked: Asked, status: int = 200) -> ResponseReturnValue:
    view = engine().operated(case_id, current_actor(), locale())
    activation = _number(asked["activation"])
    token = next((t for t in view.tokens if activation and t.token.activation == activation), None)
    html = render_template(
        "operations/data.html", case=view, token=token, asked=asked, errors=asked.errors
    )
    return html, status


# --- what both changes share --------------------------------------------------------------------

Page = Callable[..., ResponseReturnValue]


def _change(
    case_id: str, read: Callable[[Mapping[str, str]], bpmn.Modification], page: Page, done: str
) -> ResponseReturnValue:
    fields, actor = request.form.to_dict(), current_actor()
    seen = None
    try:
        change = read(fields)
        seen = engine().preview(case_id, change, actor, locale())
        if fields.get("_intent") != "confirm":
            return page(case_id, Asked(fields, {}, seen))
        if not fields.get("reason", "").strip():
            errors = {"reason": _("Say why: history keeps it.")}
            return page(case_id, Asked(fields, errors, seen), 422)
        revision = _number(fields.get("revision")) or 0
        engine().change(case_id, change, fields["reason"], actor, revision=revision)
    except InvalidAnswer as error:
        errors = {name if name in fields else "": told for name, told in error.errors.items()}
        return page(case_id, Asked(fields, errors, seen), 422)
    except ChangeRefused as error:
        return page(case_id, Asked(fields, {"target": words.refusal(error, "")}), 422)
    except (Conflict, CaseEnded, NotFound) as error:
        return page(case_id, Asked(fields, {"": _moved_on(error)}, seen), 409)
    return _retried(case_id, fields, done)


def _moved_on(error: Exception) -> str:
    if isinstance(error, CaseEnded):
        return explain(error)
    if isinstance(error, NotFound) and error.kind == "case":
        raise error
    return _(
        "The case went on since you looked, or you sent this twice. Look at what would happen "
        "now before you confirm."
    )


def _retried(case_id: str, fields: Mapping[str, str], done: str) -> ResponseReturnValue:
    incident_id = _number(fields.get("incident"))
    if incident_id is not None and fields.get("retry"):
        try:
            engine().retry(incident_id, fields["reason"], current_actor())
            done = _("The data was changed as shown, and the step tried again.")
        except (NotFound, Conflict):
            done = _("The data was changed as shown. The step was not tried again: see below.")
    flash(done)
    return redirect(url_for(".case", case_id=case_id), 303)


def _number(text: str | None) -> int | None:
    """Return a number of an address or form; ``None`` where it is none that can be."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
