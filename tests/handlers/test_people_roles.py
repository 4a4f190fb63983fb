"""What a scheme says of its roles decides what they open, and no scheme can widen it."""

from __future__ import annotations

import pytest

from engine.errors import DeploymentRefused
from engine.model import Tier
from engine.service.scheme import RoleKind, read_scheme, review_scheme
from engine.store.cases import DeploymentRow, insert_deployment
from handlers.people import OPENED_TO
from tests.handlers.support import NOW, SCHEME, Site, person

ADVISER = person("adviser", "adviser")


def publish(site: Site, source: bytes) -> None:
    """Publish a newer version of the bare cases' scheme."""
    with site.store.unit_of_work() as uow:
        newer = DeploymentRow("depnew", "cm/ofii", 2, "1", NOW, "x")
        insert_deployment(uow, newer, {"scheme.toml": source})


def test_committee_operator_and_funder_never_open_the_protection_tier() -> None:
    for kind in (RoleKind.COMMITTEE, RoleKind.OPERATOR, RoleKind.FUNDER, RoleKind.FINANCE):
        assert Tier.PROTECTION not in OPENED_TO[kind]


def test_every_kind_of_role_has_its_line_in_the_table() -> None:
    assert set(OPENED_TO) == set(RoleKind)


def test_a_role_of_an_unknown_kind_is_refused_naming_those_there_are() -> None:
    source = SCHEME.replace(b'kind = "counsellor"', b'kind = "everything"')
    with pytest.raises(DeploymentRefused) as refused:
        read_scheme(source)
    (finding,) = refused.value.findings
    assert finding.rule == "scheme.role-kind"
    assert "counsellor" in finding.remedy


def test_a_role_without_a_kind_is_warned_of_and_opens_nothing_personal(site: Site) -> None:
    source = SCHEME.replace(b'kind = "counsellor"\n', b"")
    assert [f.rule for f in review_scheme(read_scheme(source))] == ["scheme.role-kind-missing"]
    case = site.write(site.case(), {"family_name": ("A", Tier.IDENTITY), "c": ("B", Tier.CASE)})
    publish(site, source)
    assert set(site.read(case, ADVISER, "family_name", "c")) == {"c"}


def test_a_corrected_kind_holds_at_once_for_running_cases(site: Site) -> None:
    case = site.write(site.case(), {"danger": ("A", Tier.PROTECTION)})
    assert site.read(case, ADVISER, "danger") == {"danger": "A"}
    source = SCHEME.replace(b'kind = "counsellor"', b'kind = "trainer"')
    publish(site, source)
    assert site.read(case, ADVISER, "danger") == {}


def test_a_funder_reads_not_even_the_cases_free_text(site: Site) -> None:
    source = SCHEME.replace(b'kind = "finance"', b'kind = "funder"')
    case = site.write(site.case(), {"comment": ("A", Tier.CASE), "name": ("B", Tier.IDENTITY)})
    publish(site, source)
    assert site.read(case, person("funder", "finance_officer"), "comment", "name") == {}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [(b"months = 60", b'months = "long"'), (b"audit_hold_months = 84\n", b"")],
)
def test_retention_that_says_no_whole_months_is_refused(line: bytes, wrong: bytes) -> None:
    with pytest.raises(DeploymentRefused, match="retention"):
        read_scheme(SCHEME.replace(line, wrong, 1))
