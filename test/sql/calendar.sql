--
-- The calendar is rows of two tables: loading a year, correcting it, and what
-- the session sees of its own changes (doc/publication.md, sections 1 and 2)
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null -

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

-- there is none before setup()
SELECT pg_temp.refused('SELECT fairdraw.' || call) FROM unnest(ARRAY['is_workday(''2026-05-06'')', 'next_workday(''2026-05-06'')', 'add_workdays(''2026-05-06'', 1)',
    'workdays_between(''2026-05-06'', ''2026-05-07'')', 'deadline(''result_entry'', ''2026-05-06'')', 'overdue(''SELECT 1 AS record, ''''result_entry'''' AS event, current_date AS check_ended'')',
    'load_calendar(2026, ''SELECT date ''''2026-01-01'''' AS day, ''''off'''' AS kind'', ''x'')']) call;
SELECT fairdraw.setup('某局');

-- eight years are shipped, as the notices of the State Council say
SELECT year, source, count(*) FILTER (WHERE kind = 'off') AS off, count(*) FILTER (WHERE kind = 'work') AS work
FROM fairdraw_data.calendar_year JOIN fairdraw_data.calendar_day USING (year) GROUP BY year ORDER BY year;
-- "work" is said of Saturdays and Sundays only (no rows)
SELECT day FROM fairdraw_data.calendar_day WHERE kind = 'work' AND extract(isodow FROM day) <= 5;

--
-- Loading a year.  (The schedule of 2027 is made up; in that year 261 days are
-- Monday to Friday, 15 of which are off here.)
--
CREATE TEMP TABLE schedule (day date, kind text, until date);
INSERT INTO schedule VALUES ('2027-01-01', 'off', '2027-01-03'), ('2027-02-05', 'off', '2027-02-11'), ('2027-04-05', 'off', NULL), ('2027-05-01', 'off', '2027-05-05'),
    ('2027-10-01', 'off', '2027-10-07'), ('2027-02-14', 'work', NULL), ('2027-05-08', 'work', '2027-05-08'), ('2027-10-09', 'work', NULL);
SELECT pg_temp.refused($$SELECT fairdraw.add_workdays('2026-12-31', 1)$$);
SELECT fairdraw.load_calendar(2027, 'TABLE schedule', '关于2027年的通知(虚构)');
SELECT fairdraw.add_workdays('2026-12-31', 1), fairdraw.add_workdays('2027-02-04', 1), fairdraw.is_workday('2027-02-14'), fairdraw.workdays_between('2026-12-31', '2027-12-31');
SELECT year, source, loaded_at BETWEEN transaction_timestamp() - interval '1 hour' AND clock_timestamp() AS now FROM fairdraw_data.calendar_year WHERE year = 2027;
SELECT count(*) FILTER (WHERE kind = 'off') AS off, count(*) FILTER (WHERE kind = 'work') AS work, min(day), max(day) FROM fairdraw_data.calendar_day WHERE year = 2027;

-- correcting it: a schedule takes the place of the one before; here a day off is added by a second notice
SELECT loaded_at AS loaded_before FROM fairdraw_data.calendar_year WHERE year = 2027 \gset
SELECT fairdraw.load_calendar(2027, $$SELECT day, kind FROM fairdraw_data.calendar_day WHERE year = 2027 UNION ALL SELECT '2027-04-06', 'off'$$, '关于调整2027年的通知(虚构)');
SELECT fairdraw.is_workday('2027-04-06'), fairdraw.workdays_between('2026-12-31', '2027-12-31');
SELECT year, source, loaded_at > :'loaded_before' AS later FROM fairdraw_data.calendar_year WHERE year >= 2026 ORDER BY year;
-- what it does not name follows the week again
SELECT fairdraw.load_calendar(2027, $$SELECT date '2027-04-05' AS day, 'off' AS kind$$, '虚构');
SELECT fairdraw.is_workday('2027-01-01'), fairdraw.is_workday('2027-10-09'), fairdraw.is_workday('2027-04-05'), count(*) FROM fairdraw_data.calendar_day WHERE year = 2027;

-- years that are far away are years, too; the column until may come first, with more columns around
SELECT fairdraw.load_calendar(9999, $$SELECT date '9999-12-31' AS until, '年末' AS note, date '9999-12-27' AS day, 'off' AS kind$$, '虚构'),
       fairdraw.load_calendar(1, $$SELECT date '0001-01-01' AS day, 'off' AS kind$$, '虚构');
SELECT fairdraw.workdays_between('9999-12-01', '9999-12-31'), fairdraw.add_workdays('0001-01-01', 1);
SELECT pg_temp.refused($$SELECT fairdraw.next_workday('9999-12-27')$$);
DELETE FROM fairdraw_data.calendar_year WHERE year IN (1, 9999);

--
-- What it refuses.  All that stands in the tables is compared afterwards.
--
SELECT md5(string_agg(y::text, ' ' ORDER BY year)) || (SELECT md5(string_agg(d::text, ' ' ORDER BY day)) FROM fairdraw_data.calendar_day d) AS before FROM fairdraw_data.calendar_year y \gset
CREATE FUNCTION pg_temp.load(days text, year integer DEFAULT 2027, source text DEFAULT 'x') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.load_calendar(%L, %L, %L)', year, days, source))
$$;
-- a good day, then what is said
CREATE FUNCTION pg_temp.load_days(VARIADIC days text[]) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.load('SELECT * FROM (VALUES (date ''2027-06-09'', ''off'', NULL::date)' || string_agg(', (' || d || ')', '') || ') v (day, kind, until)') FROM unnest(days) d
$$;
-- so it is accepted
SELECT pg_temp.load_days($$'2027-06-12', 'work', NULL$$);
-- a day of another year
SELECT pg_temp.load_days($$'2026-12-31', 'off', NULL$$);
SELECT pg_temp.load_days($$'2028-01-01', 'off', NULL$$);
SELECT pg_temp.load_days($$'2027-12-31', 'off', '2028-01-02'$$);
SELECT pg_temp.load_days($$'2026-12-31', 'off', '2027-01-02'$$);
SELECT pg_temp.load_days($$'infinity', 'off', NULL$$);
SELECT pg_temp.load_days($$'2027-12-31', 'off', 'infinity'$$);
SELECT pg_temp.load_days($$'-infinity', 'off', '2027-12-31'$$);
SELECT pg_temp.load_days($$'2027-12-31', 'off', '5874897-12-31'$$);
SELECT pg_temp.load_days($$'2027-01-01 BC', 'off', NULL$$);
-- a day twice, of one kind or of both, by itself or in ranges
SELECT pg_temp.load_days($$'2027-06-09', 'off', NULL$$);
SELECT pg_temp.load_days($$'2027-06-12', 'work', NULL$$, $$'2027-06-12', 'off', NULL$$);
SELECT pg_temp.load_days($$'2027-06-01', 'off', '2027-06-30'$$);
SELECT pg_temp.load_days($$'2027-10-01', 'off', '2027-10-04'$$, $$'2027-10-04', 'off', '2027-10-07'$$);
SELECT pg_temp.load_days($$'2027-10-01', 'off', '2027-10-04'$$, $$'2027-10-02', 'work', NULL$$);
-- work on a day that is worked anyway
SELECT pg_temp.load_days($$'2027-06-10', 'work', NULL$$);
SELECT pg_temp.load_days($$'2027-06-12', 'work', '2027-06-14'$$);
-- other kinds
SELECT pg_temp.load_days($$'2027-06-10', 'holiday', NULL$$);
SELECT pg_temp.load_days($$'2027-06-10', 'Off', NULL$$);
SELECT pg_temp.load_days($$'2027-06-10', '', NULL$$);
SELECT pg_temp.load_days($$'2027-06-10', '休', NULL$$);
SELECT pg_temp.load_days($$'2027-06-10', NULL, NULL$$);
SELECT pg_temp.load_days($$NULL, 'off', NULL$$);
SELECT pg_temp.load_days($$NULL, 'off', '2027-06-10'$$);
-- a range that ends before it begins
SELECT pg_temp.load_days($$'2027-06-10', 'off', '2027-06-08'$$);
-- a year has days off
SELECT pg_temp.load('SELECT date ''2027-06-12'' AS day, ''work'' AS kind');
SELECT pg_temp.load('SELECT day, kind FROM schedule WHERE false');
-- not a year
SELECT pg_temp.load('TABLE schedule', year) FROM unnest('{0,-2027,10000,2147483647,-2147483648}'::integer[]) year;
SELECT pg_temp.load('SELECT date ''2027-01-01'' AS day, ''off'' AS kind', 2026);
-- nothing is left out
SELECT pg_temp.load('TABLE schedule', NULL);
SELECT pg_temp.load(NULL);
SELECT pg_temp.load('TABLE schedule', 2027, NULL);
SELECT pg_temp.load('TABLE schedule', 2027, '');
SELECT pg_temp.load('SELECT day, until FROM schedule');
SELECT pg_temp.load('SELECT kind, until FROM schedule');
SELECT pg_temp.load('SELECT day::text, kind FROM schedule');
SELECT pg_temp.load('SELECT day, kind, until::timestamp FROM schedule');
SELECT pg_temp.load('SELECT day, kind, kind FROM schedule');
-- it only reads
SELECT pg_temp.load('DELETE FROM schedule RETURNING *');
SELECT pg_temp.load('TABLE schedule; TABLE schedule');
SELECT pg_temp.load('TABLE no_such_schedule');
-- with the rights of the caller
CREATE ROLE regress_fairdraw_clerk;
GRANT SELECT ON schedule TO regress_fairdraw_clerk;
SET ROLE regress_fairdraw_clerk;
SELECT fairdraw.is_workday('2027-04-05') AS "everybody reads the calendar";
SELECT fairdraw.load_calendar(2027, 'TABLE schedule', 'x');
SELECT fairdraw.load_calendar(2028, 'SELECT date ''2028-01-01'' AS day, ''off'' AS kind', 'x');
RESET ROLE;

-- nothing of this has changed anything
SELECT md5(string_agg(y::text, ' ' ORDER BY year)) || (SELECT md5(string_agg(d::text, ' ' ORDER BY day)) FROM fairdraw_data.calendar_day d) = :'before' AS "as before" FROM fairdraw_data.calendar_year y;
SELECT fairdraw.workdays_between('2026-12-31', '2027-12-31');
-- but who is allowed to write may load
GRANT INSERT, UPDATE, DELETE ON fairdraw_data.calendar_year, fairdraw_data.calendar_day TO regress_fairdraw_clerk;
SET ROLE regress_fairdraw_clerk;
SELECT fairdraw.load_calendar(2027, 'TABLE schedule', 'x');
RESET ROLE;
DROP OWNED BY regress_fairdraw_clerk;
DROP ROLE regress_fairdraw_clerk;

--
-- What the session changes it sees at once, whatever the way
--
PREPARE of_day (date) AS SELECT fairdraw.is_workday($1);
PREPARE of_may AS SELECT fairdraw.is_workday('2026-05-06'), fairdraw.workdays_between('2026-04-30', '2026-05-31');
SET plan_cache_mode = force_generic_plan;
EXECUTE of_day('2026-05-06');
EXECUTE of_may;
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off');
EXECUTE of_day('2026-05-06');
EXECUTE of_may;
SELECT fairdraw.is_workday('2026-05-06'), fairdraw.next_workday('2026-05-06');
UPDATE fairdraw_data.calendar_day SET day = '2026-05-07' WHERE day = '2026-05-06';
SELECT fairdraw.is_workday('2026-05-06'), fairdraw.is_workday('2026-05-07');
EXECUTE of_day('2026-05-06');
UPDATE fairdraw_data.calendar_day SET kind = 'off' WHERE day = '2026-05-09';
SELECT fairdraw.is_workday('2026-05-09');
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-09', 'work') ON CONFLICT (day) DO UPDATE SET kind = excluded.kind;
SELECT fairdraw.is_workday('2026-05-09');
MERGE INTO fairdraw_data.calendar_day c USING (VALUES (date '2026-05-07'), ('2026-05-08')) AS v (day) ON c.day = v.day WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (v.day, 'off');
SELECT fairdraw.is_workday('2026-05-07'), fairdraw.is_workday('2026-05-08');
DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-08';
SELECT fairdraw.is_workday('2026-05-08');
COPY fairdraw_data.calendar_day (day, kind) FROM stdin;
2026-05-11	off
2026-05-12	off
\.
SELECT fairdraw.add_workdays('2026-05-09', 1);
DELETE FROM fairdraw_data.calendar_day WHERE day IN ('2026-05-11', '2026-05-12');
EXECUTE of_may;
DELETE FROM fairdraw_data.calendar_year WHERE year = 2027;
SELECT pg_temp.refused($$SELECT fairdraw.is_workday('2027-04-06')$$);
-- a year that is there without any day off: nothing but the week
INSERT INTO fairdraw_data.calendar_year (year, source) VALUES (2027, '虚构');
SELECT fairdraw.is_workday('2027-01-01'), fairdraw.workdays_between('2026-12-31', '2027-12-31');
DISCARD PLANS;
RESET plan_cache_mode;
EXECUTE of_day('2027-01-01');
DELETE FROM fairdraw_data.calendar_year WHERE year = 2027;

-- what says nothing about a day of a year that is there, and years without a source, are refused
SELECT what, left(pg_temp.refused(statement), 5) FROM (VALUES
    ('a day of a year that is not there', $$INSERT INTO fairdraw_data.calendar_day VALUES ('2027-05-06', 'off')$$),
    ('the same, moved there', $$UPDATE fairdraw_data.calendar_day SET day = '2027-05-06' WHERE day = '2026-05-01'$$),
    ('another kind', $$INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'holiday')$$),
    ('work on a Wednesday', $$INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'work')$$),
    ('a year that others stand in', $$UPDATE fairdraw_data.calendar_year SET year = 2030 WHERE year = 2026$$),
    ('no year', $$INSERT INTO fairdraw_data.calendar_year VALUES (0, 'x')$$),
    ('no source', $$INSERT INTO fairdraw_data.calendar_year VALUES (2027, '')$$)) AS v (what, statement);

-- TRUNCATE: all days follow the week; without years nothing is known
BEGIN;
TRUNCATE fairdraw_data.calendar_day;
SELECT fairdraw.is_workday('2026-10-01'), fairdraw.is_workday('2026-10-10'), fairdraw.workdays_between('2026-01-01', '2026-12-31');
TRUNCATE fairdraw_data.calendar_year CASCADE;
SELECT pg_temp.refused($$SELECT fairdraw.is_workday('2026-10-01')$$);
ROLLBACK;
SELECT fairdraw.is_workday('2026-10-01'), fairdraw.is_workday('2026-10-10'), fairdraw.workdays_between('2026-01-01', '2026-12-31');

-- in a function, each statement sees what the one before changed
CREATE FUNCTION pg_temp.there_and_back() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    seen text := '';
BEGIN
    FOR i IN 7..8 LOOP
        INSERT INTO fairdraw_data.calendar_day VALUES (make_date(2026, 5, i), 'off');
        seen := seen || fairdraw.workdays_between('2026-05-05', '2026-05-09') || ' ';
        BEGIN
            DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-09';
            seen := seen || fairdraw.workdays_between('2026-05-05', '2026-05-09') || ' ';
            RAISE division_by_zero;
        EXCEPTION WHEN division_by_zero THEN
            seen := seen || (SELECT fairdraw.workdays_between('2026-05-05', '2026-05-09')) || ' ';
        END;
        DELETE FROM fairdraw_data.calendar_day WHERE day = make_date(2026, 5, i);
        seen := seen || fairdraw.workdays_between('2026-05-05', '2026-05-09') || ', ';
    END LOOP;
    RETURN seen;
END
$$;
-- of 6, 7, 8 and 9 May: one is off; the 9th, a Saturday, too; which is undone; none is off
SELECT pg_temp.there_and_back();

-- a statement ends with the calendar it began with, though a function changes it meanwhile
CREATE FUNCTION pg_temp.take_off(day date) RETURNS date LANGUAGE sql AS $$
    INSERT INTO fairdraw_data.calendar_day VALUES ($1, 'off') RETURNING day
$$;
BEGIN;
SELECT fairdraw.is_workday('2026-05-06'), pg_temp.take_off('2026-05-06'), fairdraw.is_workday('2026-05-06');
SELECT fairdraw.is_workday('2026-05-06');
ROLLBACK;
BEGIN;
SELECT pg_temp.take_off('2026-05-06'), fairdraw.is_workday('2026-05-06');
SELECT fairdraw.is_workday('2026-05-06');
ROLLBACK;
BEGIN;
WITH gone AS (DELETE FROM fairdraw_data.calendar_day WHERE day BETWEEN '2026-05-01' AND '2026-05-05' RETURNING day) SELECT day, fairdraw.is_workday(day) FROM gone ORDER BY day;
SELECT fairdraw.next_workday('2026-05-01');
ROLLBACK;
-- so does a cursor
BEGIN;
DECLARE weekdays CURSOR FOR SELECT d::date, fairdraw.is_workday(d::date) FROM generate_series(timestamp '2026-05-06', '2026-05-08', '1 day') d;
FETCH weekdays;
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off'), ('2026-05-07', 'off'), ('2026-05-08', 'off');
SELECT fairdraw.is_workday('2026-05-07');
FETCH weekdays;
SELECT fairdraw.is_workday('2026-05-07');
FETCH weekdays;
ROLLBACK;
-- also one that is first read after the change
BEGIN;
DECLARE weekdays CURSOR FOR SELECT fairdraw.is_workday('2026-05-06');
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off');
FETCH weekdays;
SELECT fairdraw.is_workday('2026-05-06');
ROLLBACK;

-- and what it rolls back is as before
SELECT fairdraw.is_workday('2026-05-06');
BEGIN;
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off');
SELECT fairdraw.is_workday('2026-05-06');
SAVEPOINT one;
DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-06';
SELECT fairdraw.is_workday('2026-05-06');
SAVEPOINT two;
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off');
SELECT fairdraw.is_workday('2026-05-06');
RELEASE two;
SELECT fairdraw.is_workday('2026-05-06');
ROLLBACK TO one;
SELECT fairdraw.is_workday('2026-05-06');
EXECUTE of_day('2026-05-06');
ROLLBACK;
SELECT fairdraw.is_workday('2026-05-06');
EXECUTE of_day('2026-05-06');
-- also where nothing was asked in between
BEGIN;
SAVEPOINT one;
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off');
ROLLBACK TO one;
SELECT fairdraw.is_workday('2026-05-06');
COMMIT;
-- or the transaction failed
BEGIN;
SELECT fairdraw.load_calendar(2026, $$SELECT date '2026-05-06' AS day, 'off' AS kind$$, '虚构');
SELECT fairdraw.is_workday('2026-05-06'), fairdraw.is_workday('2026-10-01');
SELECT 1 / 0;
ROLLBACK;
SELECT fairdraw.is_workday('2026-05-06'), fairdraw.is_workday('2026-10-01');
-- a transaction with one snapshot sees its own changes all the same
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT fairdraw.is_workday('2026-05-06');
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-06', 'off');
SELECT fairdraw.is_workday('2026-05-06');
ROLLBACK;

--
-- setup() is called again with each new version, and leaves the calendar as it is
--
SELECT fairdraw.load_calendar(2026, $$SELECT day, kind FROM fairdraw_data.calendar_day WHERE year = 2026 UNION ALL SELECT '2026-05-06', 'off'$$, '订正');
DELETE FROM fairdraw_data.calendar_year WHERE year = 2019;
SELECT fairdraw.setup();
SELECT fairdraw.is_workday('2026-05-06'), (SELECT source FROM fairdraw_data.calendar_year WHERE year = 2026), (SELECT min(year) FROM fairdraw_data.calendar_year);
SELECT pg_temp.refused($$SELECT fairdraw.is_workday('2019-05-06')$$);
-- what changes while the extension is away is seen when it is back, also by the session that knew it
SELECT fairdraw.is_workday('2026-05-09');
DROP EXTENSION fairdraw CASCADE;
DELETE FROM fairdraw_data.calendar_day WHERE day = '2026-05-09';
CREATE EXTENSION fairdraw;
SELECT fairdraw.setup();
SELECT fairdraw.is_workday('2026-05-09');
INSERT INTO fairdraw_data.calendar_day VALUES ('2026-05-09', 'work');
SELECT fairdraw.is_workday('2026-05-09');
-- records that were removed as a whole are made anew, as they are shipped
DROP SCHEMA fairdraw_data CASCADE;
SELECT pg_temp.refused($$SELECT fairdraw.is_workday('2026-05-06')$$);
SELECT fairdraw.setup('某局');
SELECT fairdraw.is_workday('2026-05-06'), fairdraw.is_workday('2019-05-06');

DROP SCHEMA fairdraw_data CASCADE;
