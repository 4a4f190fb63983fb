"""A stored state, rewritten for another version: every live thing at its counterpart's place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn.ad_hoc import AdHocSubProcess
from engine.bpmn.compensation import AROUND, INSIDE
from engine.bpmn.complex_gateway import ComplexGateway
from engine.bpmn.gateways import EventBasedGateway
from engine.bpmn.joins import Join
from engine.bpmn.migration import Fate, Move, Note
from engine.bpmn.pairing import Pairing, Place
from engine.bpmn.tokens import Waits
from engine.feel import from_json, to_json

Json = dict[str, Any]


class Rewriting:
    """Rewrites one state.

    :ivar moves: what was found, in its order. :ivar withdrawn: activations of events that wait
        beside something and that the new version does not have there.
    """

    def __init__(self, pairing: Pairing, set_aside: frozenset[int]) -> None:
        self.pairing = pairing
        self.moves: list[Move] = []
        self.withdrawn: list[int] = []
        self._set_aside = set_aside

    def state(self, found: Json) -> Json:
        """Return the whole state for the new version; complete only if nothing is stuck."""
        top = self.pairing.top
        return {**found, "process": top.new, "root": self._container(found["root"], top, None)}

    def _container(self, found: Json, place: Place, around: Place | None) -> Json:
        kept = {**found, "tokens": self._tokens(found["tokens"], place, around)}
        if "done" in found:
            kept["done"] = [self._done(done, place) for done in found["done"]]
        return kept

    def _tokens(self, tokens: list[Json], place: Place, around: Place | None) -> list[Json]:
        """Rewrite tokens in their order; what waits beside another follows what it belongs to."""
        by_activation = {t["activation"]: t for t in tokens if "activation" in t}
        hosts: dict[int, Any] = {}
        kept: list[Json] = []
        for token in tokens:
            spec = self.pairing.old_spec(token["at"], place)
            beside = by_activation.get(token.get("host", 0))
            if beside is None and not spec.is_listener:
                kept.append(self._token(token, place, around))
                continue
            follows = self._beside(token, spec, beside, place, hosts)
            if follows is not None:
                kept.append(follows)
        return kept

    # --- what waits beside ------------------------------------------------------------------

    def _beside(
        self, token: Json, spec: Any, host: Json | None, place: Place, hosts: dict[int, Any]
    ) -> Json | None:
        found = self.pairing.find(token["at"], place)
        flow, stays = token.get("flow"), True
        if host is not None and not isinstance(found, Note):
            activation = host["activation"]
            if activation not in hosts:
                hosts[activation] = self.pairing.find(host["at"], place)
            gateway = hosts[activation]
            stays = not isinstance(gateway, Note) and activation not in self.withdrawn
            if stays and isinstance(gateway, EventBasedGateway):
                targets = {each.target: each.id for each in gateway.outgoing}
                flow = targets.get(found.element.id)
                stays = flow is not None
        if isinstance(found, Note) or not stays:
            self._withdraw(token, spec)
            return None
        self.moves.append(_move(token, spec, found))
        kept = {**token, "at": found.name}
        if flow is not None:
            kept["flow"] = flow
        return kept

    def _withdraw(self, token: Json, spec: Any) -> None:
        activation = token.get("activation", 0)
        self.withdrawn.append(activation)
        note = Note("withdrawn", {"old": spec.element.id})
        self.moves.append(_move(token, spec, None, Fate.WITHDRAWN, note))

    # --- tokens -----------------------------------------------------------------------------

    def _token(self, token: Json, place: Place, around: Place | None) -> Json:
        pairing = self.pairing
        spec, found = pairing.old_spec(token["at"], place), pairing.find(token["at"], place)
        if not isinstance(found, Note):
            found = self._hindrance(token, spec, found, place) or found
        if isinstance(found, Note):
            self.moves.append(_move(token, spec, None, Fate.STUCK, found))
            return token
        self.moves.append(_move(token, spec, found))
        kept = {**token, "at": found.name}
        inner = pairing.inside(spec, found) if hasattr(spec, "spec") else None
        if token.get("joining") and token.get("flow"):
            kept["flow"] = pairing.flow(token["flow"], spec, found, place) or token["flow"]
        if "turns" in token:
            kept["turns"] = self._turns(token["turns"], spec, found, place, inner)
        if "instances" in token:
            kept["instances"] = [self._token(t, place, around) for t in token["instances"]]
        if "done" in token:
            kept["done"] = [self._done(done, place) for done in token["done"]]
        if "undo" in token:
            levels = {AROUND: around or place, INSIDE: inner or place}
            kept["undo"] = [
                self._done(d, levels.get(d.get("level", 0), place)) for d in token["undo"]
            ]
        if "inner" in token and inner is not None:
            kept["inner"] = self._container(token["inner"], inner, place)
        return kept

    def _hindrance(self, token: Json, spec: Any, found: Any, place: Place) -> Note | None:
        figures = {"old": spec.element.id, "new": found.element.id}
        if token.get("joining") and isinstance(found, Join) and "flow" in token:
            flow = token["flow"]
            if self.pairing.flow(flow, spec, found, place) is None:
                known = ", ".join(found.incoming) or "-"
                return Note("flow", {**figures, "was": flow, "now": known})
        if token.get("waits") == Waits.CALL and token["activation"] not in self._set_aside:
            was, now = spec.element.extensions.handler, found.element.extensions.handler
            if was != now:
                return Note("handler", {**figures, "was": str(was), "now": now or "-"})
        return None

    def _turns(self, turns: Json, spec: Any, found: Any, place: Place, inner: Place | None) -> Json:
        if isinstance(spec, ComplexGateway):

            def flows(name: str) -> Any:
                ids = (self.pairing.flow(f, spec, found, place) for f in _texts(turns[name]))
                return to_json(tuple(i for i in ids if i is not None))

            waiting, results = flows("waiting"), flows("results")
            total = len(found.incoming)
            return {**turns, "total": total, "waiting": waiting, "results": results}
        if isinstance(spec, AdHocSubProcess) and inner is not None:
            names = (self.pairing.find(name, inner) for name in _texts(turns["waiting"]))
            left = tuple(f.name for f in names if not isinstance(f, Note))
            return {**turns, "total": len(found.entries), "waiting": to_json(left)}
        return turns

    # --- compensation -----------------------------------------------------------------------

    def _done(self, done: Json, place: Place) -> Json:
        spec = self.pairing.old_spec(done["at"], place)
        found = self.pairing.undone_by(done["at"], place)
        if isinstance(found, Note):
            self.moves.append(_move({}, spec, None, Fate.STUCK, found))
            return done
        self.moves.append(_move({}, spec, found))
        kept = {**done, "at": found.name}
        if "inner" in done:
            inside = self.pairing.inside(spec, found)
            kept["inner"] = [self._done(inner, inside) for inner in done["inner"]]
        return kept


def _move(
    token: Mapping[str, Any],
    spec: Any,
    found: Any | None,
    fate: Fate = Fate.KEPT,
    note: Note | None = None,
) -> Move:
    element = spec.element if found is None else found.element
    return Move(
        activation=token.get("activation", 0),
        kind=spec.element.kind,
        old=spec.element.id,
        new=None if found is None else found.element.id,
        name=element.name or element.id,
        fate=fate,
        waits=token.get("waits", ""),
        notes=() if note is None else (note,),
    )


def _texts(found: Any) -> tuple[str, ...]:
    values = from_json(found)
    return tuple(str(value) for value in values) if isinstance(values, tuple) else ()
