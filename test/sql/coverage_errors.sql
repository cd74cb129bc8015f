--
-- Bad input of coverage(): each its own message (doc/statistics.md)
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
SELECT setup('某局');

-- the error of a statement
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'NOT REFUSED';
EXCEPTION
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
        RETURN format('%s: %s', state, message) || CASE WHEN detail <> '' THEN E'\n  DETAIL:  ' || detail ELSE '' END || CASE WHEN hint <> '' THEN E'\n  HINT:  ' || hint ELSE '' END;
END
$$;
-- rows of checks, of which columns are given; of the base; targets
CREATE FUNCTION pg_temp.checks(columns text, rows text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT * FROM fairdraw.coverage(%L, ''SELECT grp, 9 AS enterprises, 9 AS items FROM (VALUES (''''g''''), (''''h'''')) b (grp)'', ''[2025-01-01,2025-12-31]'')', format('SELECT * FROM (VALUES %s) c (%s)', rows, columns)))
$$;
CREATE FUNCTION pg_temp.base(columns text, rows text, checks text DEFAULT 'SELECT ''v'' AS visit, ''e'' AS uid, ''g'' AS grp') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT * FROM fairdraw.coverage(%L, %L)', checks, format('SELECT %s FROM (VALUES %s) b (grp, enterprises, items, planned)', columns, rows)))
$$;
CREATE FUNCTION pg_temp.targets(rows text, columns text DEFAULT 'indicator, value, comparator, grp, due') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT * FROM fairdraw.coverage(''SELECT 1 AS visit, 1 AS uid, ''''g'''' AS grp'', ''SELECT ''''g'''' AS grp, 9 AS enterprises'', NULL, %L)', format('SELECT %s FROM (VALUES %s) t (indicator, value, comparator, grp, due)', columns, rows)))
$$;

--
-- The checks
--
-- ids that are null; the first in the order of bytes is named
SELECT pg_temp.checks('grp, visit, uid', $$('g', 'v1', 'e1'), (NULL, 'v2', 'e2'), (NULL, 'v1', 'e2')$$);
SELECT pg_temp.checks('grp, visit, uid', $$('g', 'v1', 'e1'), ('g', NULL, 'e1')$$);
SELECT pg_temp.checks('grp, visit, uid', $$('h', 'v1', NULL), ('g', 'v2', 'e1'), ('g', 'v2', NULL)$$);
SELECT pg_temp.checks('grp, visit, uid, item, done_on', $$('g', 'v1', 'e1', NULL, NULL::date), ('g', 'v2', 'e1', 'i', '2025-03-03'), ('g', 'v3', 'e1', NULL, '2025-03-03')$$);
-- one visit, two enterprises; in two groups it is two visits
SELECT pg_temp.checks('grp, visit, uid', $$('g', 'v1', 'e1'), ('g', 'v2', 'e2'), ('g', 'v1', 'e3'), ('h', 'v2', 'e1')$$);
SELECT pg_temp.checks('grp, visit, uid', $$('g', 'v1', 'e1'), ('h', 'v1', 'e3')$$);
-- flags that are null where they count, and rows that disagree on them
CREATE TEMP TABLE flag (what text, rows text);
INSERT INTO flag VALUES
    ('null', $$('g', 'v1', 'e1', date '2025-03-03', %1$s), ('g', 'v2', 'e1', '2025-03-03', %2$s)$$),
    ('null in one row of two', $$('g', 'v2', 'e1', date '2025-03-03', %1$s), ('g', 'v2', 'e1', '2025-03-04', %2$s)$$),
    ('disagree', $$('g', 'v2', 'e1', date '2025-03-03', %1$s), ('g', 'v2', 'e1', '2025-03-04', %3$s)$$),
    ('null, not done', $$('g', 'v2', 'e1', date '2025-03-03', %1$s), ('g', 'v2', 'e1', NULL, %2$s)$$),
    ('disagree, done before the period', $$('g', 'v2', 'e1', date '2024-03-03', %1$s), ('g', 'v2', 'e1', '2024-03-03', %3$s)$$);
SELECT columns, what, pg_temp.checks('grp, visit, uid, done_on, ' || columns, format(rows, true_values, replace(true_values, last, 'NULL::boolean'), replace(true_values, last, 'false')))
FROM flag, (VALUES (1, 'random', 'true', 'true'), (2, 'random, joint', 'true, (1 = 1)', '(1 = 1)'), (3, 'random, risk_used', 'true, (1 = 1)', '(1 = 1)'), (4, 'joint', 'true', 'true'), (5, 'risk_used', 'true', 'true')) f (n, columns, true_values, last)
ORDER BY n, what;
-- joint and risk_used do not count where the visit is not random
SELECT pg_temp.checks('grp, visit, uid, done_on, random, joint, risk_used', $$('g', 'v1', 'e1', date '2025-03-03', false, NULL::boolean, true), ('g', 'v1', 'e1', '2025-03-03', false, true, false)$$);
SELECT pg_temp.checks('grp, visit, uid, done_on, mobile', $$('g', 'v1', 'e1', date '2025-03-03', true), ('g', 'v2', 'e1', NULL, NULL)$$);
SELECT pg_temp.checks('grp, visit, uid, done_on, mobile', $$('g', 'v1', 'e1', date '2025-03-03', true), ('g', 'v1', 'e1', '2025-03-03', NULL)$$);
-- days and codes
SELECT pg_temp.checks('grp, visit, uid, done_on', $$('g', 'v1', 'e1', date '2025-03-03'), ('g', 'v1', 'e1', 'infinity')$$);
SELECT pg_temp.checks('grp, visit, uid, done_on', $$('g', 'v1', 'e1', date '-infinity')$$);
SELECT pg_temp.checks('grp, visit, uid, done_on, code, closed_on', $$('g', 'v1', 'e1', date '2025-03-03', 'fine', NULL::date)$$);
-- without groups
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT 1 AS visit, i AS uid FROM generate_series(1, 2) i', 'SELECT 1 AS enterprises')$$);
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT NULL AS visit, 1 AS uid', 'SELECT 1 AS enterprises')$$);
-- columns
SELECT pg_temp.checks('grp, uid', $$('g', 'v1')$$);
SELECT pg_temp.checks('grp, visit', $$('g', 'v1')$$);
SELECT pg_temp.checks('grp, visit, uid, done_on', $$('g', 'v1', 'e1', timestamp '2025-03-03')$$);
SELECT pg_temp.checks('grp, visit, uid, random', $$('g', 'v1', 'e1', 1)$$);
SELECT pg_temp.refused($$SELECT fairdraw.coverage('DELETE FROM flag RETURNING 1 AS visit, 1 AS uid', 'SELECT 1 AS enterprises')$$);
-- results whose deadline cannot be computed: no calendar, and a rule that counts from another day
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT 1 AS visit, 1 AS uid, date ''2018-03-05'' AS done_on, NULL::date AS published_on', 'SELECT 1 AS enterprises')$$);
BEGIN;
UPDATE fairdraw_data.deadline_rule SET in_force = anchor = 'task_completed' WHERE event = 'result_publication';
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT 1 AS visit, 1 AS uid, date ''2025-03-03'' AS done_on, NULL::date AS published_on', 'SELECT 1 AS enterprises')$$);
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT 1 AS visit, 1 AS uid, date ''2025-03-03'' AS done_on, NULL::date AS published_on, date ''2025-03-31'' AS publish_due', 'SELECT 1 AS enterprises')$$);
ROLLBACK;

--
-- The base
--
SELECT pg_temp.base('grp, enterprises', $$('h', 1, 1, 1)$$);
SELECT pg_temp.base('grp, enterprises', $$('g', 1, 1, 1), ('g', 2, 1, 1)$$);
SELECT pg_temp.base('grp, enterprises', $$('g', 1, 1, 1), (NULL, 2, 1, 1)$$);
SELECT pg_temp.base('grp, enterprises', $$('g', 1, 1, 1), ('', 2, 1, 1)$$);
SELECT pg_temp.base('grp, enterprises', $$('g', NULL::integer, 1, 1)$$);
SELECT pg_temp.base('grp, enterprises, items', $$('g', 1, -1, 1)$$);
SELECT pg_temp.base('grp, enterprises, planned', $$('g', 1, 1, NULL::integer)$$);
SELECT pg_temp.base('grp, items', $$('g', 1, 1, 1)$$);
SELECT pg_temp.base('grp, enterprises::numeric', $$('g', 1, 1, 1)$$);
SELECT pg_temp.base('enterprises', $$('g', 1, 1, 1)$$);
SELECT pg_temp.base('grp, enterprises', $$('g', 1, 1, 1)$$, 'SELECT 1 AS visit, 1 AS uid');
SELECT pg_temp.base('enterprises', $$('g', 1, 1, 1), ('h', 1, 1, 1)$$, 'SELECT 1 AS visit, 1 AS uid');
SELECT pg_temp.base('enterprises', $$('g', -1, 1, 1)$$, 'SELECT 1 AS visit, 1 AS uid');
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT 1 AS visit, 1 AS uid, 1 AS grp', 'SELECT 1 AS grp, 1 AS enterprises WHERE false')$$);
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT 1 AS visit, 1 AS uid, 1 AS grp', 'SELECT i AS grp, 9223372036854775807 AS enterprises FROM generate_series(1, 2) i')$$);

--
-- Targets
--
SELECT pg_temp.targets($$('joined', 0.3, '>=', 'g', date '2025-10-31')$$);
SELECT pg_temp.targets($$('joint', 0.3, '=>', 'g', date '2025-10-31')$$);
SELECT pg_temp.targets($$('enterprises_drawn', 3, '>=', 'g', date '2025-10-31')$$);
SELECT pg_temp.targets(format($$('joint', numeric %L, '>=', 'g', date '2025-10-31')$$, value)) FROM unnest('{-0.1,NaN,Infinity,1.0000001}'::text[]) value;
SELECT pg_temp.targets(format($$(%s, %s, %s, 'g', date '2025-10-31')$$, indicator, value, comparator))
FROM (VALUES ('NULL', '0.3', '''>='''), ('''joint''', 'NULL::numeric', '''>='''), ('''joint''', '0.3', 'NULL')) t (indicator, value, comparator);
SELECT pg_temp.targets($$('joint', 0.3, '>=', 'f', date '2025-10-31')$$);
SELECT pg_temp.targets($$('joint', 0.3, '>=', 'g', date 'infinity')$$);
SELECT pg_temp.targets($$('joint', 0.3, '>=', 'g', date '2025-10-31'), ('joint', 0.4, '<', 'g', NULL)$$);
SELECT pg_temp.targets($$('joint', 0.3, '>=', NULL, date '2025-10-31'), ('joint', 0.4, '<', NULL, NULL)$$);
SELECT pg_temp.targets($$('joint', 0.3::float8, '>=', 'g', date '2025-10-31')$$);
SELECT pg_temp.targets($$('joint', 0.3, '>=', 'g', date '2025-10-31')$$, 'indicator, value');
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT 1 AS visit, 1 AS uid', 'SELECT 1 AS enterprises', NULL, 'SELECT ''joint'' AS indicator, 1 AS value, ''>='' AS comparator, ''g'' AS grp')$$);

--
-- Arguments, the period, the tables
--
SELECT pg_temp.refused(format('SELECT fairdraw.coverage(%s)', arguments)) FROM unnest(ARRAY['NULL, ''SELECT 1 AS enterprises''', '''SELECT 1 AS visit, 1 AS uid'', NULL', '''SELECT 1 AS visit, 1 AS uid'', ''SELECT 1 AS enterprises'', ''empty''']) arguments;
SELECT DISTINCT pg_temp.refused(format('SELECT fairdraw.coverage(''SELECT 1 AS visit, 1 AS uid'', ''SELECT 1 AS enterprises'', %L)', period)) FROM unnest('{empty,"(,-infinity)","[infinity,)","(,4714-11-24 BC)"}'::text[]) period;
SELECT pg_temp.refused(format('INSERT INTO fairdraw_data.indicator_target VALUES (%s)', v)) FROM unnest(ARRAY[
    $$2026, '某局', 'joint', '=>', 0.3, NULL, '通知', true$$, $$2026, '某局', 'joint', '>=', 30, NULL, '通知', true$$, $$2026, '某局', 'joint', '>=', 'NaN', NULL, '通知', true$$,
    $$2026, '某局', 'joined', '>=', 0.3, NULL, '通知', true$$, $$2026, '某局', 'joint', '>=', 0.3, 'infinity', '通知', true$$, $$2026, '某局', 'joint', '>=', 0.3, NULL, '', true$$,
    $$2023, '温州市龙湾区', 'joint', '>=', 0.3, NULL, '通知', true$$]) v;
-- it needs no records, but for the deadline of results
DROP SCHEMA fairdraw_data CASCADE;
SELECT indicator, numerator, denominator FROM coverage('SELECT 1 AS visit, 1 AS uid', 'SELECT 2 AS enterprises');
SELECT pg_temp.refused($$SELECT fairdraw.coverage('SELECT 1 AS visit, 1 AS uid, date ''2025-03-03'' AS done_on, NULL::date AS published_on', 'SELECT 1 AS enterprises')$$);
SELECT pg_temp.refused($$SELECT fairdraw.progress_report()$$);
SELECT pg_temp.refused($$SELECT fairdraw.coverage_snapshot('s', 'SELECT 1 AS visit, 1 AS uid', 'SELECT 1 AS enterprises')$$);
