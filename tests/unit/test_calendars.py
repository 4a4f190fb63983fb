"""When something that is promised falls due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import add_duration, is_working_day, working_day_after
from engine.errors import ConfigurationError
from engine.feel import YearsMonths

DOUALA = "Africa/Douala"


def test_a_month_after_the_31st_is_the_end_of_the_shorter_month() -> None:
    start = datetime(2027, 1, 31, 9, tzinfo=UTC)
    assert add_duration(start, YearsMonths(1), DOUALA) == datetime(2027, 2, 28, 9, tzinfo=UTC)
    leap = datetime(2028, 1, 31, 9, tzinfo=UTC)
    assert add_duration(leap, YearsMonths(1), DOUALA) == datetime(2028, 2, 29, 9, tzinfo=UTC)


def test_a_month_keeps_the_hour_of_the_wall_clock_over_summer_time() -> None:
    start = datetime(2027, 3, 1, 8, tzinfo=UTC)  # 09:00 in Paris
    assert add_duration(start, YearsMonths(1), "Europe/Paris") == datetime(
        2027, 4, 1, 7, tzinfo=UTC
    )


def test_days_are_elapsed_time() -> None:
    start = datetime(2027, 3, 27, 8, tzinfo=UTC)
    assert add_duration(start, timedelta(days=2), "Europe/Paris") - start == timedelta(days=2)


def test_weekends_and_holidays_do_not_count() -> None:
    # Friday 19 May 2028; Saturday the 20th is Cameroon's national day.
    friday = datetime(2028, 5, 19, 9, tzinfo=UTC)
    assert working_day_after(friday, 1, "CM", DOUALA).date().isoformat() == "2028-05-22"
    thursday = datetime(2026, 12, 24, 9, tzinfo=UTC)
    assert working_day_after(thursday, 1, "CM", DOUALA).date().isoformat() == "2026-12-28"


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
    st.integers(0, 40),
    st.sampled_from(["CM", "TG", "TN", "FR"]),
)
def test_working_days_add_up(start: datetime, days: int, country: str) -> None:
    moment = start.replace(tzinfo=UTC)
    due = working_day_after(moment, days, country, DOUALA)
    assert due >= moment
    if days:
        assert is_working_day(due.astimezone(UTC).date(), country) or due.hour in {23, 0}
        before = working_day_after(moment, days - 1, country, DOUALA)
        assert working_day_after(before, 1, country, DOUALA) == due


def test_a_country_without_a_calendar_is_named() -> None:
    with pytest.raises(ConfigurationError, match="XX"):
        working_day_after(datetime(2026, 1, 1, tzinfo=UTC), 1, "XX", DOUALA)


def test_counting_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="forwards"):
        working_day_after(datetime(2026, 1, 1, tzinfo=UTC), -1, "CM", DOUALA)


def test_what_no_calendar_holds_is_an_error_that_says_so() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for value in (YearsMonths(12 * 9000), YearsMonths(10**30), timedelta(days=999_999_999)):
        with pytest.raises(ValueError, match="is not a moment"):
            add_duration(start, value, DOUALA)
    with pytest.raises(ValueError, match="up to"):
        working_day_after(start, 10**9, "CM", DOUALA)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - what is tested
    with pytest.raises(ValueError, match="no time zone"):
        add_duration(naive, timedelta(1), DOUALA)
    with pytest.raises(ValueError, match="no time zone"):
        working_day_after(naive, 1, "CM", DOUALA)


def test_an_hour_that_the_spring_skips_still_gives_a_moment() -> None:
    # 29 March 2026, 02:30 does not exist in Paris.
    start = datetime(2026, 2, 28, 1, 30, tzinfo=UTC)
    assert add_duration(start, YearsMonths(1), "Europe/Paris").date().isoformat() == "2026-03-28"
    skipped = datetime(2026, 1, 29, 1, 30, tzinfo=UTC)
    assert add_duration(skipped, YearsMonths(2), "Europe/Paris") == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )
