"""Committees as CSV: what goes out comes back the same, and every problem has its row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers import committees as c
from handlers.committees import transfer
from handlers.csv_files import CsvRefused
from handlers.demo import seed
from tests.handlers.support import NOW, Site

BODIES = (
    "id,name,kind,country,organisation,prefix,quorum,majority,casting_vote,documents,grid,source\n"
    "{id},Comité,finance,CM,comite-demo,{prefix},{quorum},{majority},yes,a|b,{grid},sample\n"
)
MEMBERS = "body;account;role;votes;since;until\n{}\n"


def bodies_file(**changes: str) -> bytes:
    """Return a file of one body."""
    usual = {"id": "essai", "prefix": "ES", "quorum": "2", "majority": "simple", "grid": "n=B:10:2"}
    return BODIES.format(**usual | changes).encode()


def test_what_is_exported_is_imported_as_the_same(site: Site) -> None:
    with site.store.unit_of_work() as uow:
        seed(uow)
        before = c.bodies(uow)
        seats = {b.id: c.members_of(uow, b.id, NOW) for b in before}
        files = transfer.export_bodies(uow), transfer.export_members(uow, NOW)
        c.save_body(uow, replace(before[0], quorum=99, documents=()))
        assert transfer.take_in_bodies(uow, files[0], all_or_nothing=True).count == len(before)
        assert transfer.take_in_members(uow, files[1], all_or_nothing=True).problems == ()
        assert c.bodies(uow) == before
        assert {b.id: c.members_of(uow, b.id, NOW) for b in before} == seats


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"quorum": "0"}, "quorum"),
        ({"majority": "most"}, "majority"),
        ({"grid": "need"}, "grid"),
        ({"grid": "n=B:10:0"}, "grid"),
        ({"prefix": "CF-CM"}, "prefix"),
        ({"id": "a b"}, "id"),
    ],
)
def test_a_wrong_body_is_told_by_row_and_column_and_nothing_is_written(
    sqlite_site: Site, changes: dict[str, str], column: str
) -> None:
    with sqlite_site.store.unit_of_work() as uow:
        seed(uow)
        with pytest.raises(CsvRefused) as refused:
            transfer.take_in_bodies(uow, bodies_file(**changes), all_or_nothing=True)
        (problem,) = refused.value.problems
        assert (problem.row, problem.column) == (2, column)
        assert len(c.bodies(uow)) == len(c.BODIES)


def test_good_members_are_taken_where_others_have_problems(site: Site) -> None:
    rows = (
        "essai;ada;chair;yes;2026-01-01;",
        "none;ada;member;yes;2026-01-01;",
        "essai;bruno;king;yes;2026-01-01;",
        "essai;chantal;member;yes;2026-01-02;2026-01-01",
    )
    with site.store.unit_of_work() as uow:
        transfer.take_in_bodies(uow, bodies_file(), all_or_nothing=True)
        content = MEMBERS.format("\n".join(rows)).encode()
        taken = transfer.take_in_members(uow, content, all_or_nothing=False)
        assert taken.count == 1
        told = [(p.row, p.column) for p in taken.problems]
        assert told == [(3, "body"), (4, "role"), (5, "until")]
        (seat,) = c.members_of(uow, "essai", NOW)
    assert (seat.account_id, seat.role) == ("ada", c.MemberRole.CHAIR)
