--
-- Snapshots of coverage, what is behind its target, views (doc/statistics.md)
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET search_path = fairdraw, public;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
\pset null -
SELECT setup('某局');
CREATE ROLE regress_publisher;
CREATE ROLE regress_drawer;
CREATE ROLE regress_auditor;
CREATE ROLE regress_stranger;
SELECT grant_duty('publisher', 'regress_publisher'), grant_duty('drawer', 'regress_drawer'), grant_duty('auditor', 'regress_auditor');

-- the error of a statement as a role, with the day of today hidden; it is rolled back if there is none
CREATE FUNCTION pg_temp.refused(statement text, role text DEFAULT 'none') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    hint text;
BEGIN
    PERFORM set_config('role', role, true);
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'NOT REFUSED';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
        RETURN replace(format('%s: %s', state, message) || CASE WHEN hint <> '' THEN E'\n  HINT:  ' || hint ELSE '' END, current_date::text, 'TODAY');
END
$$;

CREATE TABLE checks (grp text, visit integer, uid integer, item text, done_on date, joint boolean, mobile boolean);
INSERT INTO checks SELECT '城' || CASE WHEN i % 2 = 0 THEN '东' ELSE '西' END, i, i % 30, 'A' || i % 7, CASE WHEN i % 4 > 0 THEN date '2025-03-03' + i END, i % 5 = 0, i % 3 > 0 FROM generate_series(1, 60) i;
CREATE TABLE target (indicator text, value numeric, comparator text, grp text, due date);
INSERT INTO target VALUES ('enterprises_drawn', 0.03, '>=', NULL, '2025-10-31'), ('items_covered', 1, '>=', NULL, '2025-10-31'), ('joint', 0.3, '>=', NULL, '2025-06-30'), ('joint', 0.2, '>', '城东', '2025-06-30'),
    ('risk_used', 1, '>=', NULL, '2025-10-31'), ('mobile', 0.5, '<=', NULL, NULL), ('completed', 1, '=', '城东', '2025-12-31'), ('completed', 0.7, '<', '城西', '2025-12-31');
GRANT SELECT ON checks, target TO regress_publisher;
CREATE FUNCTION pg_temp.take(name text DEFAULT '2025年', period daterange DEFAULT '[2025-01-01,2025-12-31]') RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT fairdraw.coverage_snapshot(%L, ''TABLE checks'', ''SELECT * FROM (VALUES (''''城东'''', 1000, 9), (''''城西'''', 300, 7)) b (grp, enterprises, items)'', %L, ''TABLE target'')', name, period)
$$;

--
-- The figures of today are kept, as coverage() says them, with what they rest on
--
SET ROLE regress_publisher;
SELECT coverage_snapshot('2025年', 'TABLE checks', 'SELECT * FROM (VALUES (''城东'', 1000, 9), (''城西'', 300, 7)) b (grp, enterprises, items)', '[2025-01-01,2025-12-31]', 'TABLE target') = current_date;
SELECT snapshot, day = current_date, period_from, cutoff, checks, base, targets, taken_by FROM fairdraw_data.coverage_snapshot;
-- the total has the group ''
SELECT grp, enterprises, items, planned FROM fairdraw_data.coverage_base ORDER BY grp;
SELECT grp, indicator, f.numerator, f.denominator, target, comparator, met, due FROM fairdraw_data.coverage_figure f JOIN fairdraw_data.indicator USING (indicator) ORDER BY grp, position;
(SELECT nullif(grp, '') AS grp, indicator, numerator, denominator, target, comparator, met FROM fairdraw_data.coverage_figure
 EXCEPT SELECT grp, indicator, numerator, denominator, target, comparator, met FROM coverage('TABLE checks', 'SELECT * FROM (VALUES (''城东'', 1000, 9), (''城西'', 300, 7)) b (grp, enterprises, items)', '[2025-01-01,2025-12-31]', 'TABLE target'));
-- once a day under a name
SELECT pg_temp.refused(pg_temp.take());
SELECT pg_temp.refused(pg_temp.take('2025年下半年', '[2025-07-01,2025-12-31]'));
RESET ROLE;
-- an error of a figure takes the snapshot back
SELECT pg_temp.refused($$SELECT fairdraw.coverage_snapshot('s', 'SELECT 1 AS visit, NULL AS uid', 'SELECT 1 AS enterprises')$$);
SELECT count(*) FROM fairdraw_data.coverage_snapshot;

--
-- What is behind, and by how much
--
SELECT grp, indicator, numerator, denominator, ratio, target, comparator, missing, due, days_left = due - current_date AS "days left" FROM progress_report();
SELECT DISTINCT snapshot, days_left FROM progress_report(current_date) WHERE due = '2025-10-31' AND days_left <> date '2025-10-31' - current_date;
-- so many more, or fewer, meet the target, and one less does not (no rows)
SELECT grp, indicator FROM progress_report() p,
    LATERAL (SELECT CASE comparator WHEN '>=' THEN n >= d WHEN '>' THEN n > d WHEN '<=' THEN n <= d WHEN '<' THEN n < d ELSE n = d END AS met, step
        FROM (SELECT p.numerator + p.missing - step * sign(p.missing) AS n, p.target * p.denominator AS d, step FROM generate_series(0, 1) step) s) m
WHERE p.numerator IS NOT NULL AND m.met <> (step = 0);
-- what is to be exactly so much
SELECT numerator, denominator, target, missing FROM progress_report() WHERE comparator = '=';
-- before the first snapshot there is nothing
SELECT count(*) FROM progress_report(current_date - 1);
SELECT pg_temp.refused('SELECT progress_report(NULL)'), pg_temp.refused('SELECT progress_report(''infinity'')');

--
-- Views
--
SELECT grp, label, label_en, numerator, denominator, percent, comparator, target_percent, met, due, enterprises, items, planned FROM fairdraw_data.coverage_latest ORDER BY grp NULLS LAST, position;
-- snapshots of other days, as a superuser can make them: the latest of each name counts, up to the day of the report
BEGIN;
ALTER TABLE fairdraw_data.coverage_snapshot DISABLE TRIGGER fairdraw_guard;
ALTER TABLE fairdraw_data.coverage_base DISABLE TRIGGER fairdraw_guard;
ALTER TABLE fairdraw_data.coverage_figure DISABLE TRIGGER fairdraw_guard;
INSERT INTO fairdraw_data.coverage_snapshot SELECT name, v.day, period_from, cutoff, checks, base, targets, taken_at, taken_by FROM fairdraw_data.coverage_snapshot s, (VALUES ('2025年', date '2025-06-01'), ('2025年', '2025-07-01'), ('另一', '2025-06-15')) v (name, day);
INSERT INTO fairdraw_data.coverage_figure SELECT s.snapshot, s.day, f.grp, f.indicator, extract(month FROM s.day), f.denominator, f.target, f.comparator, f.met, f.due FROM fairdraw_data.coverage_figure f, fairdraw_data.coverage_snapshot s WHERE s.day < f.day AND f.grp = '' AND f.indicator = 'items_covered';
SELECT snapshot, day, numerator, percent FROM fairdraw_data.coverage_history WHERE day < current_date ORDER BY snapshot, day;
SELECT snapshot, count(*), count(DISTINCT day) FROM fairdraw_data.coverage_latest GROUP BY snapshot ORDER BY snapshot;
SELECT as_of, snapshot, day, missing, days_left FROM unnest('{2025-05-31,2025-06-01,2025-06-30,2025-07-01,2025-11-01}'::date[]) as_of, progress_report(as_of) ORDER BY as_of, snapshot;
ROLLBACK;
-- every column is explained, in both languages (no rows)
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'fairdraw_data'::regnamespace AND c.relname IN ('coverage_latest', 'coverage_history') AND coalesce(col_description(c.oid, a.attnum), '') !~ '^[ -~]+ \([^ -~]+\)$';
-- they come back with the next setup()
DROP VIEW fairdraw_data.coverage_latest;
SELECT setup();
SELECT count(*) FROM fairdraw_data.coverage_latest;

--
-- Who may do what; records are only appended, and only by coverage_snapshot()
--
SELECT role || ': ' || pg_temp.refused(pg_temp.take('s'), role) FROM unnest('{regress_drawer,regress_auditor,regress_stranger}'::text[]) role;
-- queries run as their caller, and write nothing
CREATE TABLE secret AS SELECT 1 AS visit, 1 AS uid;
SELECT pg_temp.refused($$SELECT fairdraw.coverage_snapshot('s', 'TABLE secret', 'SELECT 1 AS enterprises')$$, 'regress_publisher');
SELECT pg_temp.refused($$SELECT fairdraw.coverage_snapshot('s', 'SELECT 1 AS visit, 1 AS uid', 'SELECT nextval(''fairdraw_data.list_entry_entry_seq'') AS enterprises')$$);
SELECT role || ': ' || pg_temp.refused('SELECT FROM fairdraw_data.coverage_latest, fairdraw_data.coverage_history, fairdraw.progress_report()', role) FROM unnest('{regress_publisher,regress_drawer,regress_auditor,regress_stranger}'::text[]) role;
SELECT role || ': ' || pg_temp.refused('SELECT FROM fairdraw_data.indicator, fairdraw_data.indicator_target', role) FROM unnest('{regress_publisher,regress_stranger}'::text[]) role;
SELECT pg_temp.refused(format(change, record_table)) FROM unnest('{fairdraw_data.coverage_snapshot,fairdraw_data.coverage_base,fairdraw_data.coverage_figure}'::regclass[]) record_table,
    unnest(ARRAY['UPDATE %s SET snapshot = ''x''', 'DELETE FROM %s', 'TRUNCATE %s CASCADE', 'INSERT INTO %1$s SELECT * FROM %1$s']) change;
SELECT pg_temp.refused($$SELECT fairdraw.coverage_snapshot($$ || arguments || ')') FROM unnest(ARRAY['NULL, ''SELECT 1 AS visit, 1 AS uid'', ''SELECT 1 AS enterprises''', ''''', ''SELECT 1 AS visit, 1 AS uid'', ''SELECT 1 AS enterprises''',
    '''s'', NULL, ''SELECT 1 AS enterprises''', '''s'', ''SELECT 1 AS visit, 1 AS uid'', NULL']) arguments;
-- without the duty it is no longer to be read
SELECT revoke_duty('publisher', 'regress_publisher');
SELECT pg_temp.refused('TABLE fairdraw_data.coverage_latest', 'regress_publisher');
-- targets that a user changed are kept by setup(), and removed ones stay away
UPDATE fairdraw_data.indicator_target SET value = 0.04 WHERE year = 2023 AND indicator = 'enterprises_drawn';
DELETE FROM fairdraw_data.indicator_target WHERE year = 2017;
SELECT setup();
SELECT year, value FROM fairdraw_data.indicator_target WHERE indicator = 'enterprises_drawn' ORDER BY year;

DROP TABLE checks, target, secret;
SELECT revoke_duty('drawer', 'regress_drawer'), revoke_duty('auditor', 'regress_auditor');
DROP SCHEMA fairdraw_data CASCADE;
DROP ROLE regress_publisher, regress_drawer, regress_auditor, regress_stranger;
