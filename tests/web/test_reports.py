"""Reports as pages and files: what may be counted, in a period, without a small number too many."""

from __future__ import annotations

from structlog.testing import capture_logs

from tests.web.conftest import Site

REPORT = "/reports/cm/ofii/by_type"


def test_a_report_is_found_from_the_list_and_counts_the_cases(site: Site) -> None:
    for _ in range(2):
        site.start()
    browser = site.browser("ofii")
    assert REPORT in browser.get("/reports").text
    page = browser.get(REPORT)
    assert page.status_code == 200
    assert "2 dossiers" in page.text
    assert "Aucun dossier" in browser.get(f"{REPORT}?since=2000-01-01&until=2000-12-31").text


def test_a_period_that_is_none_is_told_and_everything_counted(site: Site) -> None:
    site.start()
    browser = site.browser("ofii")
    for query in ("since=2026-02-01&until=2026-01-01", "since=yesterday"):
        page = browser.get(f"{REPORT}?{query}")
        assert "Ce n'est pas une période" in page.text.replace("’", "'")
        assert "1 dossier" in page.text
        assert browser.get(f"{REPORT}.csv?{query}").status_code == 400


def test_a_file_of_a_report_is_logged_with_who_took_it(site: Site) -> None:
    site.start()
    with capture_logs() as logs:
        answer = site.browser("ofii").get(f"{REPORT}.csv")
    assert answer.headers["Content-Disposition"].endswith("cm-ofii-by_type.csv")
    assert answer.text.splitlines()[1].endswith(",1")
    (line,) = [entry for entry in logs if entry["event"] == "report exported"]
    assert (line["report"], line["account"]) == ("cm/ofii/by_type", "demo-ofii")


def test_a_funder_reads_reports_only_and_no_small_number(site: Site) -> None:
    site.start()
    browser = site.browser("bailleur")
    assert "moins de 5" in browser.get(REPORT).text
    assert browser.get("/cases").status_code == 403
    assert browser.get("/reports/cm/nothing/by_type").status_code == 404
