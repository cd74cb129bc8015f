--
-- Working days: as two published calendars have them, and day by day as plain
-- SQL counts them (doc/publication.md, section 2)
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null -
SELECT fairdraw.setup('某局');

-- the error of a statement, which is rolled back if there is none
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'NOT REFUSED';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
        RETURN format('%s: %s', state, message) || CASE WHEN detail <> '' THEN E'\n  DETAIL:  ' || detail ELSE '' END
            || CASE WHEN hint <> '' THEN E'\n  HINT:  ' || hint ELSE '' END;
END
$$;

--
-- The days of a week with a holiday: 30 April 2026 is a Thursday, 1 to 5 May
-- are off, Saturday 9 May is worked
--
SELECT d::date, to_char(d, 'Dy'), fairdraw.is_workday(d::date) FROM generate_series(timestamp '2026-04-30', '2026-05-10', '1 day') d;
SELECT fairdraw.next_workday('2026-04-30') AS "itself", fairdraw.next_workday('2026-05-01') AS "the next",
       fairdraw.add_workdays('2026-04-30', 1) AS "the start does not count", fairdraw.add_workdays('2026-04-30', 4), fairdraw.add_workdays('2026-05-03', 1),
       fairdraw.add_workdays('2026-05-06', -1), fairdraw.add_workdays('2026-05-03', -1), fairdraw.add_workdays('2026-05-10', -2);
SELECT fairdraw.workdays_between('2026-04-30', '2026-05-10') AS "6 7 8 9 May", fairdraw.workdays_between('2026-05-10', '2026-04-30') AS "30 April, 6 7 8 9 May",
       fairdraw.workdays_between('2026-04-30', '2026-05-05') AS "none", fairdraw.workdays_between('2026-05-06', '2026-05-06') AS "nor from a day to itself";
-- no working days after a day: the day itself, if it is one
SELECT fairdraw.add_workdays('2026-05-09', 0);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2026-05-10', 0)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2026-05-01', 0)$$);

-- 20 working days across holidays, as two calendars have them that were made independently (no rows)
SELECT start, due, fairdraw.add_workdays(start, 20) FROM (VALUES
    (date '2019-04-26', date '2019-05-27'), ('2020-01-20', '2020-02-25'), ('2021-09-17', '2021-10-21'), ('2022-01-24', '2022-02-24'),
    ('2023-09-22', '2023-10-26'), ('2024-02-02', '2024-03-06'), ('2024-09-13', '2024-10-17'), ('2025-01-20', '2025-02-21'),
    ('2025-09-15', '2025-10-17'), ('2026-02-02', '2026-03-06'), ('2026-09-15', '2026-10-19')) AS known (start, due)
WHERE fairdraw.add_workdays(start, 20) IS DISTINCT FROM due;

-- the first working day from the 5th of each month on, also as the deadline of the tasks of a month (no rows)
WITH known AS (
    SELECT (year || '-' || due)::date AS due FROM (VALUES
        (2023, '01-05 02-06 03-06 04-06 05-05 06-05 07-05 08-07 09-05 10-07 11-06 12-05'),
        (2025, '01-06 02-05 03-05 04-07 05-06 06-05 07-07 08-05 09-05 10-09 11-05 12-05'),
        (2026, '01-05 02-05 03-05 04-07 05-06 06-05 07-06 08-05 09-07 10-08 11-05 12-07')) AS y (year, days), string_to_table(days, ' ') due
)
SELECT due, fairdraw.next_workday(fifth), fairdraw.deadline('monthly_tasks', first), fairdraw.deadline('monthly_tasks', last)
FROM (SELECT due, date_trunc('month', due)::date AS first, date_trunc('month', due)::date + 4 AS fifth, (date_trunc('month', due) + interval '1 month')::date - 1 AS last FROM known) k
WHERE fairdraw.next_workday(fifth) IS DISTINCT FROM due OR fairdraw.deadline('monthly_tasks', first) IS DISTINCT FROM due
    OR fairdraw.deadline('monthly_tasks', last) IS DISTINCT FROM due;

-- so many working days has a year; no year begins with one
SELECT year, count(*) FILTER (WHERE fairdraw.is_workday(day)), fairdraw.workdays_between(make_date(year, 1, 1), make_date(year, 12, 31))
FROM generate_series(2019, 2026) year, LATERAL (SELECT make_date(year, 1, 1) + i AS day FROM generate_series(0, make_date(year, 12, 31) - make_date(year, 1, 1)) i) d
GROUP BY year ORDER BY year;
-- from one to the next
SELECT y AS year, fairdraw.add_workdays(make_date(y, 12, 31), 1) AS first, fairdraw.add_workdays(make_date(y + 1, 1, 1), -1) AS last, fairdraw.next_workday(make_date(y, 12, 31))
FROM generate_series(2019, 2025) y;

-- what is unknown stays unknown
SELECT fairdraw.is_workday(NULL), fairdraw.next_workday(NULL), fairdraw.add_workdays(NULL, 1), fairdraw.add_workdays('2026-05-06', NULL),
       fairdraw.workdays_between(NULL, '2026-05-06'), fairdraw.workdays_between('2026-05-06', NULL);

--
-- Plain SQL that knows the table of days and the week, and goes day by day
--
CREATE TEMP TABLE each_day AS
SELECT d::date AS day, CASE c.kind WHEN 'off' THEN false WHEN 'work' THEN true ELSE extract(isodow FROM d) <= 5 END AS works
FROM generate_series(timestamp '2019-01-01', '2026-12-31', '1 day') d LEFT JOIN fairdraw_data.calendar_day c ON c.day = d::date;
SELECT count(*) AS days, count(*) FILTER (WHERE works) AS "working days" FROM each_day;

-- which days are working days (no rows)
SELECT day FROM each_day WHERE fairdraw.is_workday(day) IS DISTINCT FROM works;
-- the day itself or the next one (no rows; 2026 ends with a working day)
SELECT d.day FROM each_day d WHERE fairdraw.next_workday(d.day) IS DISTINCT FROM (SELECT min(n.day) FROM each_day n WHERE n.day >= d.day AND n.works);
-- 0 working days after a working day (no rows), and after any other
SELECT day FROM each_day WHERE works AND fairdraw.add_workdays(day, 0) IS DISTINCT FROM day;
SELECT left(pg_temp.refused(format('SELECT fairdraw.add_workdays(%L, 0)', day)), 5) AS error, count(*) FROM each_day WHERE NOT works GROUP BY 1;

-- walks from every day for 120 days, and from the first of every month to the ends: how many working days were met so far, the day arrived at among them
CREATE TEMP TABLE forward AS
SELECT s.day AS start, d.day, d.works, (count(*) FILTER (WHERE d.works) OVER (PARTITION BY s.day ORDER BY d.day))::integer AS met
FROM each_day s JOIN each_day d ON d.day > s.day AND (d.day <= s.day + 120 OR extract(day FROM s.day) = 1);
CREATE TEMP TABLE backward AS
SELECT s.day AS start, d.day, d.works, (count(*) FILTER (WHERE d.works) OVER (PARTITION BY s.day ORDER BY d.day DESC))::integer AS met
FROM each_day s JOIN each_day d ON d.day < s.day AND (d.day >= s.day - 120 OR extract(day FROM s.day) = 1);
SELECT count(*) > 400000 AS "many", max(met) > 1900 AS "and far" FROM forward;
SELECT count(*) > 400000 AS "many", max(met) > 1900 AS "and far" FROM backward;
-- (no rows)
SELECT start, day FROM forward WHERE fairdraw.workdays_between(start, day) IS DISTINCT FROM met LIMIT 3;
SELECT start, day FROM backward WHERE fairdraw.workdays_between(start, day) IS DISTINCT FROM -met LIMIT 3;
SELECT start, met FROM forward WHERE works AND fairdraw.add_workdays(start, met) IS DISTINCT FROM day LIMIT 3;
SELECT start, met FROM backward WHERE works AND fairdraw.add_workdays(start, -met) IS DISTINCT FROM day LIMIT 3;
SELECT day FROM each_day WHERE fairdraw.workdays_between(day, day) IS DISTINCT FROM 0;

-- there and back: n working days after a day are n working days from it (no rows)
SELECT day, n FROM each_day, generate_series(-80, 80) n
WHERE n <> 0 AND day BETWEEN '2019-06-01' AND '2026-06-30' AND fairdraw.workdays_between(day, fairdraw.add_workdays(day, n)) IS DISTINCT FROM n LIMIT 3;

--
-- Years that are not loaded: nothing is guessed
--
SELECT pg_temp.refused($$SELECT fairdraw.is_workday('2018-12-31')$$);
SELECT pg_temp.refused($$SELECT fairdraw.is_workday('2027-01-01')$$);
SELECT pg_temp.refused($$SELECT fairdraw.next_workday('2027-01-02')$$);
-- the end of what is loaded
SELECT fairdraw.is_workday('2019-01-01'), fairdraw.is_workday('2026-12-31'), fairdraw.next_workday('2026-12-31'), fairdraw.add_workdays('2026-12-30', 1), fairdraw.add_workdays('2019-01-03', -1);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2026-12-31', 1)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2026-12-04', 20)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2019-01-02', -1)$$);
SELECT pg_temp.refused($$SELECT fairdraw.workdays_between('2026-12-04', '2027-01-01')$$);
SELECT pg_temp.refused($$SELECT fairdraw.workdays_between('2027-01-04', '2026-12-04')$$);
SELECT pg_temp.refused($$SELECT fairdraw.workdays_between('2019-01-10', '2018-12-31')$$);
-- where the next working day would be in the next year
BEGIN;
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-12-31', 'off');
SELECT pg_temp.refused($$SELECT fairdraw.next_workday('2026-12-31')$$);
ROLLBACK;
-- or the start is in another year, though it does not count
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2018-12-31', 1)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2027-01-01', -1)$$);
SELECT pg_temp.refused($$SELECT fairdraw.workdays_between('2018-12-31', '2019-12-31')$$);
SELECT pg_temp.refused($$SELECT fairdraw.workdays_between('2027-01-01', '2026-01-01')$$);

-- a year that is missing between others
BEGIN;
DELETE FROM fairdraw_data.calendar_year WHERE year = 2022;
SELECT pg_temp.refused($$SELECT fairdraw.is_workday('2022-07-01')$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2021-12-01', 30)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2021-12-01', 300)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2023-01-31', -30)$$);
SELECT pg_temp.refused($$SELECT fairdraw.workdays_between('2021-12-01', '2023-01-31')$$);
SELECT pg_temp.refused($$SELECT fairdraw.workdays_between('2023-01-31', '2021-12-01')$$);
-- on both sides of it nothing is missing
SELECT fairdraw.add_workdays('2021-12-01', 22), fairdraw.add_workdays('2023-01-20', -13), fairdraw.workdays_between('2019-01-01', '2021-12-31'), fairdraw.workdays_between('2023-01-01', '2026-12-31');
-- two years: the one that is come to first
DELETE FROM fairdraw_data.calendar_year WHERE year = 2021;
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2020-12-01', 300)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2023-01-31', -300)$$);
ROLLBACK;

-- more days than there are, and days that no calendar has
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2026-05-06', 2147483647)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2026-05-06', -2147483648)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2026-05-06', -2147483647)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('5874897-12-31', 2147483647)$$);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('4714-11-24 BC', -2147483648)$$);
SELECT pg_temp.refused(format('SELECT fairdraw.is_workday(%L)', day)) FROM unnest('{infinity,-infinity,0001-01-01 BC,4714-11-24 BC,9999-12-31,10000-01-01,5874897-12-31}'::text[]) day;
SELECT pg_temp.refused(format('SELECT fairdraw.next_workday(%L)', day)) FROM unnest('{infinity,-infinity,4714-11-24 BC,5874897-12-31}'::text[]) day;
SELECT pg_temp.refused(format('SELECT fairdraw.add_workdays(%L, %s)', day, n)) FROM unnest('{infinity,-infinity}'::text[]) day, unnest('{-1,0,1}'::text[]) n;
SELECT pg_temp.refused(format('SELECT fairdraw.workdays_between(%L, %L)', a, b))
FROM (VALUES ('-infinity', 'infinity'), ('infinity', '-infinity'), ('infinity', 'infinity'), ('2026-05-06', 'infinity'), ('-infinity', '2026-05-06'),
    ('4714-11-24 BC', '5874897-12-31'), ('5874897-12-31', '4714-11-24 BC'), ('2018-01-01', '2027-12-31')) AS v (a, b);

--
-- Parallel workers have the same calendar.  (They do not read temporary tables.)
--
CREATE TABLE task AS SELECT date '2019-06-01' + i * 7 % 2500 AS started, CASE WHEN i % 101 = 50 THEN 60 ELSE i % 101 - 50 END AS days FROM generate_series(1, 10000) i;
ANALYZE task;
CREATE VIEW sums AS
SELECT count(*) FILTER (WHERE fairdraw.is_workday(started)) AS working, sum(fairdraw.next_workday(started) - date '2019-01-01') AS next,
       sum(fairdraw.add_workdays(started, days) - date '2019-01-01') AS due, sum(fairdraw.workdays_between(started, '2022-10-01')) AS counted,
       sum(fairdraw.deadline('result_entry', started) - date '2019-01-01') AS deadlines
FROM task;
SET max_parallel_workers_per_gather = 0;
SELECT * FROM sums;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
EXPLAIN (COSTS OFF) SELECT * FROM sums;
SELECT * FROM sums;
-- so they have in a transaction that changed it: a day less is worked
BEGIN;
INSERT INTO fairdraw_data.calendar_day VALUES ('2022-03-01', 'off');
SELECT * FROM sums;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT * FROM sums;
ROLLBACK;
-- and what is missing for them is missing
BEGIN;
DELETE FROM fairdraw_data.calendar_year WHERE year = 2022;
SELECT pg_temp.refused('SELECT * FROM sums');
ROLLBACK;
SELECT * FROM sums;

DROP TABLE task CASCADE;
DROP SCHEMA fairdraw_data CASCADE;
