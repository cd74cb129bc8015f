--
-- Deadlines: the rules that are shipped, rules of one's own, rules that are
-- refused, and records that are late (doc/publication.md, section 3)
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

-- the error of a statement, which is rolled back if there is none; and the record that it is about
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    detail text;
    hint text;
    context text;
BEGIN
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'NOT REFUSED';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
        RETURN format('%s: %s', state, message) || CASE WHEN detail <> '' THEN E'\n  DETAIL:  ' || detail ELSE '' END
            || CASE WHEN hint <> '' THEN E'\n  HINT:  ' || hint ELSE '' END || coalesce(E'\n  CONTEXT:  ' || substring(context FROM '(?n)^record ".*"$'), '');
END
$$;
-- what overdue() says of a query
CREATE FUNCTION pg_temp.overdue_refused(records text, as_of date DEFAULT '2026-12-08') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT * FROM fairdraw.overdue(%L, %L)', records, as_of))
$$;

--
-- The rules that are shipped
--
SELECT event, anchor, unit, length, month, roll, in_force, verified, valid_from, valid_to, rule FROM fairdraw_data.deadline_rule ORDER BY event, rule;

-- working days after 15 September 2026 (25 to 27 September and 1 to 7 October are off, 20 September and 10 October are worked)
SELECT event, fairdraw.deadline(event, '2026-09-15') FROM fairdraw_data.deadline_rule WHERE unit = 'working' AND in_force ORDER BY event;
-- days of a year and of a month, wherever in them the anchor lies
SELECT event, day, fairdraw.deadline(event, day) FROM unnest('{annual_plan,all_indicators,monthly_tasks}'::text[]) event, unnest('{2025-01-01,2025-12-31}'::date[]) day;
-- only what is due in a month goes on to the next working day: 31 October 2026 is a Saturday, 5 September 2026 too
SELECT fairdraw.deadline('all_indicators', '2026-07-01'), fairdraw.deadline('monthly_tasks', '2026-09-30');

-- a rule that is not in force answers to the name of its anchor
SELECT fairdraw.deadline('result_publication', '2026-09-15', 'task_completed'), fairdraw.deadline('result_publication', '2026-09-15', 'check_ended'), fairdraw.deadline('result_publication', '2026-09-15', NULL),
       fairdraw.deadline(anchor => 'task_completed', day => '2026-09-15', event => 'result_entry');
-- from the first day on which it holds
SELECT fairdraw.deadline('result_entry', '2019-01-28', 'task_completed'), fairdraw.deadline('result_entry', '2019-01-27', 'task_completed');
SELECT pg_temp.refused($$SELECT fairdraw.deadline('result_entry', '2019-01-26', 'task_completed')$$);
SELECT pg_temp.refused($$SELECT fairdraw.deadline('penalty_publication', '2021-08-31')$$);
SELECT fairdraw.deadline('penalty_publication', '2021-09-01');

-- what has not happened starts no clock
SELECT fairdraw.deadline('result_entry', NULL), fairdraw.deadline('result_entry', NULL, 'task_completed'), fairdraw.deadline('monthly_tasks', NULL);
-- unknown events, anchors and days
SELECT pg_temp.refused($$SELECT fairdraw.deadline('result', '2026-09-15')$$);
SELECT pg_temp.refused($$SELECT fairdraw.deadline('Result_entry', '2026-09-15')$$);
SELECT pg_temp.refused($$SELECT fairdraw.deadline('', '2026-09-15')$$);
SELECT pg_temp.refused($$SELECT fairdraw.deadline(NULL, '2026-09-15')$$);
SELECT pg_temp.refused($$SELECT fairdraw.deadline('result', NULL)$$);
SELECT pg_temp.refused($$SELECT fairdraw.deadline('result_entry', '2026-09-15', 'decided')$$);
SELECT pg_temp.refused($$SELECT fairdraw.deadline('result_entry', '2026-09-15', '')$$);
SELECT pg_temp.refused(format('SELECT fairdraw.deadline(%L, %L)', event, day)) FROM unnest('{result_entry,annual_plan,monthly_tasks}'::text[]) event, unnest('{infinity,-infinity,4714-11-24 BC}'::text[]) day;
-- a year that is not loaded, and deadlines that do not need it
SELECT pg_temp.refused($$SELECT fairdraw.deadline('result_entry', '2026-12-04')$$);
SELECT pg_temp.refused($$SELECT fairdraw.deadline('monthly_tasks', '2027-01-01')$$);
SELECT fairdraw.deadline('result_entry', '2026-12-03'), fairdraw.deadline('annual_plan', '2027-01-01'), fairdraw.deadline('all_indicators', '9999-01-01');

--
-- Rules of one's own
--
INSERT INTO fairdraw_data.deadline_rule (rule, event, anchor, unit, length, month, roll, basis, verified, valid_from, valid_to) VALUES
    ('month-end', '月底', '月份', 'month', 31, NULL, false, '某局', false, '2019-01-01', NULL),
    ('month-end-rolled', '月底顺延', '月份', 'month', 31, NULL, true, '某局', false, '2019-01-01', NULL),
    ('february', 'february', 'year', 'year', 30, 2, false, '某局', false, '2019-01-01', NULL),
    ('new-year', 'new_year', 'year', 'year', 1, 1, true, '某局', false, '2019-01-01', NULL),
    ('fortnight', 'fortnight', 'asked', 'calendar', 15, NULL, false, '某局', false, '2019-01-01', NULL),
    ('fortnight-rolled', 'fortnight_rolled', 'asked', 'calendar', 15, NULL, true, '某局', false, '2019-01-01', NULL),
    ('one-day', 'one_day', 'asked', 'working', 1, NULL, false, '某局', false, '2026-05-01', '2026-05-31'),
    ('one-day-later', 'one_day', 'asked', 'working', 2, NULL, false, '某局', false, '2026-06-01', '2026-06-01'),
    ('one-day-no-more', 'one_day', 'asked', 'working', 3, NULL, false, '某局', false, '2026-06-02', NULL);
-- months and years end with their last day
SELECT day, fairdraw.deadline('月底', day) AS "last day", fairdraw.deadline('月底顺延', day) AS "or the next working day"
FROM unnest('{2026-01-31,2026-02-01,2024-02-29,2025-04-30,2025-11-01,2023-12-31}'::date[]) day;
SELECT day, fairdraw.deadline('february', day), fairdraw.deadline('new_year', day) FROM unnest('{2024-12-31,2025-01-01,2026-02-28}'::date[]) day;
-- days are days: 16 + 15 is 1 October 2026
SELECT fairdraw.deadline('fortnight', '2026-09-16'), fairdraw.deadline('fortnight_rolled', '2026-09-16'), fairdraw.deadline('fortnight', '2024-02-20'), fairdraw.deadline('fortnight', '9999-12-31');
SELECT pg_temp.refused($$SELECT fairdraw.deadline('fortnight', '5874897-12-31')$$);
-- by the rule that holds on the anchor's day, not on the due day; valid_to is a rule's last day
SELECT day, fairdraw.deadline('one_day', day) FROM unnest('{2026-05-31,2026-06-01,2026-06-02}'::date[]) day;
SELECT pg_temp.refused($$SELECT fairdraw.deadline('one_day', '2026-04-30')$$);

-- a change is there for the next statement, and gone when it is rolled back
PREPARE due AS SELECT fairdraw.deadline('fortnight', '2026-09-16');
EXECUTE due;
BEGIN;
UPDATE fairdraw_data.deadline_rule SET length = 10 WHERE rule = 'fortnight';
EXECUTE due;
SAVEPOINT one;
DELETE FROM fairdraw_data.deadline_rule WHERE rule = 'fortnight';
SELECT pg_temp.refused('EXECUTE due');
ROLLBACK TO one;
EXECUTE due;
ROLLBACK;
EXECUTE due;
BEGIN;
TRUNCATE fairdraw_data.deadline_rule;
SELECT left(pg_temp.refused($$SELECT fairdraw.deadline('result_entry', '2026-09-15')$$), 5);
ROLLBACK;
-- everybody reads the rules, but the owner changes them
CREATE ROLE regress_fairdraw_reader;
SET ROLE regress_fairdraw_reader;
SELECT fairdraw.deadline('result_entry', '2026-09-15'), count(*) > 20 AS "read" FROM fairdraw_data.deadline_rule;
SELECT pg_temp.refused($$UPDATE fairdraw_data.deadline_rule SET length = 10$$);
RESET ROLE;
DROP ROLE regress_fairdraw_reader;

--
-- Rules that say what cannot be
--
SELECT md5(string_agg(r::text, E'\n' ORDER BY rule)) AS before FROM fairdraw_data.deadline_rule r \gset
-- changes of a good rule
CREATE FUNCTION pg_temp.changed(change text, which text DEFAULT 'fortnight') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('UPDATE fairdraw_data.deadline_rule SET %s WHERE rule = %L', change, which))
$$;
SELECT pg_temp.changed('length = 1');
SELECT pg_temp.changed('length = 0');
SELECT pg_temp.changed('length = -15');
SELECT pg_temp.changed('unit = ''week''');
SELECT pg_temp.changed('unit = ''''');
SELECT pg_temp.changed('unit = ''Working''');
SELECT pg_temp.changed('unit = ''year''');
SELECT pg_temp.changed('month = 3');
SELECT pg_temp.changed('month = 3, unit = ''working''');
SELECT pg_temp.changed('month = NULL', 'february');
SELECT pg_temp.changed('month = 0', 'february');
SELECT pg_temp.changed('month = 13', 'february');
SELECT pg_temp.changed('month = -1', 'february');
SELECT pg_temp.changed('length = 32', 'february');
SELECT pg_temp.changed('length = 32', 'month-end');
SELECT pg_temp.changed('month = 3', 'month-end');
SELECT pg_temp.changed('valid_to = ''2018-12-31''');
SELECT pg_temp.changed('valid_from = ''infinity'', valid_to = ''2030-01-01''');
SELECT pg_temp.changed('valid_to = ''-infinity''');
-- one day is a validity
SELECT pg_temp.changed('valid_to = ''2019-01-01''');
-- anchors are columns of dates, which have names and are no other columns
SELECT pg_temp.changed('anchor = ''''');
SELECT pg_temp.changed(format('anchor = %L', anchor)) FROM unnest('{record,event,done_on,due}'::text[]) anchor;
SELECT pg_temp.changed('anchor = repeat(''a'', 64)');
SELECT pg_temp.changed('basis = NULL');

-- two rules of one event and anchor, in force or not, that both hold on some day
CREATE FUNCTION pg_temp.added(valid_from date, valid_to date DEFAULT NULL, anchor text DEFAULT 'asked', in_force boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('INSERT INTO fairdraw_data.deadline_rule (rule, event, anchor, unit, length, in_force, basis, verified, valid_from, valid_to)
        VALUES (''added'', ''one_day'', %L, ''calendar'', 3, %L, ''某局'', false, %L, %L)', anchor, in_force, valid_from, valid_to))
$$;
SELECT pg_temp.added('2026-05-10', '2026-05-20');
SELECT pg_temp.added('2026-04-01', '2026-05-01');
SELECT pg_temp.added('2026-06-01', '2026-06-01');
SELECT pg_temp.added('2026-04-01');
SELECT pg_temp.added('2030-01-01');
-- before the first is room
SELECT pg_temp.added('2026-04-01', '2026-04-30'), pg_temp.added('-infinity', '2026-04-30');
-- another anchor only where one of the two is not in force
SELECT pg_temp.added('2026-04-01', NULL, 'answered');
SELECT pg_temp.added('2026-04-01', NULL, 'answered', true);
SELECT pg_temp.added('2030-01-01', NULL, 'answered', true);
SELECT pg_temp.added('2026-04-01', '2026-04-30', 'answered', true);
SELECT pg_temp.changed('in_force = true', 'result-publication-task');
-- of a statement with one bad row nothing is kept
SELECT pg_temp.refused($$INSERT INTO fairdraw_data.deadline_rule (rule, event, anchor, unit, length, basis, verified, valid_from) VALUES
    ('good', 'good', 'asked', 'working', 3, '某局', false, '2026-01-01'), ('bad', 'bad', 'asked', 'working', 0, '某局', false, '2026-01-01')$$);
COPY fairdraw_data.deadline_rule (rule, event, anchor, unit, length, basis, verified, valid_from) FROM stdin;
good	good	asked	working	3	某局	false	2026-01-01
bad	bad	asked	fortnight	1	某局	false	2026-01-01
\.
-- all stand as they stood, and work
SELECT md5(string_agg(r::text, E'\n' ORDER BY rule)) = :'before' AS "as before" FROM fairdraw_data.deadline_rule r;
EXECUTE due;
SELECT fairdraw.deadline('one_day', '2026-06-01'), fairdraw.deadline('result_publication', '2026-09-15');
-- rows are looked at after the whole statement: two rules change places in one
UPDATE fairdraw_data.deadline_rule SET valid_from = CASE rule WHEN 'one-day' THEN date '2026-06-01' ELSE '2026-05-01' END,
    valid_to = CASE rule WHEN 'one-day' THEN date '2026-06-01' ELSE '2026-05-31' END WHERE rule IN ('one-day', 'one-day-later');
SELECT day, fairdraw.deadline('one_day', day) FROM unnest('{2026-05-31,2026-06-01,2026-06-02}'::date[]) day;
-- setup() keeps what was changed, and what was removed stays away
DELETE FROM fairdraw_data.deadline_rule WHERE rule = 'follow-up-entry';
UPDATE fairdraw_data.deadline_rule SET length = 15 WHERE rule = 'penalty-publication';
SELECT fairdraw.setup();
SELECT fairdraw.deadline('penalty_publication', '2026-09-15'), count(*) FROM fairdraw_data.deadline_rule WHERE event = 'follow_up_entry';

--
-- Records that are open, done, late.  Checks that ended on 14, 15 and 16
-- September 2026 are due on 16, 19 and 20 October, a Friday and the Monday and
-- Tuesday after it.
--
CREATE TEMP TABLE checked (record text, check_ended date, done_on date);
INSERT INTO checked VALUES
    ('not ended', NULL, NULL), ('not ended, but published', NULL, '2026-10-09'),
    ('14', '2026-09-14', NULL), ('15', '2026-09-15', NULL), ('16', '2026-09-16', NULL),
    ('15, on the day', '2026-09-15', '2026-10-19'), ('15, the day after', '2026-09-15', '2026-10-20'), ('15, ten days before', '2026-09-15', '2026-09-29'),
    ('14, a Saturday', '2026-09-14', '2026-10-17'), ('14, two weeks later', '2026-09-14', '2026-10-30'), ('15, at once', '2026-09-15', '2026-09-15'), ('15, before', '2026-09-15', '2026-09-14');
\pset tuples_only off
SELECT record, due, done_on, days, unit, status, rule FROM fairdraw.overdue($$SELECT record, 'result_publication' AS event, check_ended, done_on FROM checked$$, '2026-11-30');
-- on the due day itself a record is open; what is done later is not known yet
SELECT record, due, done_on, days, unit, status FROM fairdraw.overdue($$SELECT record, 'result_publication' AS event, check_ended, done_on FROM checked$$, '2026-10-19');
-- before the checks
SELECT record, due, done_on, days, unit, status FROM fairdraw.overdue($$SELECT record, 'result_publication' AS event, check_ended, done_on FROM checked$$, '2026-09-13');
-- other units: days
SELECT * FROM fairdraw.overdue($$SELECT * FROM (VALUES ('plan', 'annual_plan', date '2026-01-01', NULL, NULL, date '2026-03-21'), ('late plan', 'annual_plan', '2026-01-01', NULL, NULL, '2026-04-10'), ('all', 'all_indicators', '2026-01-01', NULL, NULL, NULL),
    ('tasks of May', 'monthly_tasks', NULL, date '2026-05-01', NULL, '2026-05-06'), ('tasks of October', 'monthly_tasks', NULL, '2026-10-01', NULL, NULL), ('answer', 'fortnight', NULL, NULL, date '2026-09-16', NULL))
    AS r (record, event, plan_year, task_month, asked, done_on)$$, '2026-10-03');
\pset tuples_only on
-- as_of is today
SELECT status, days FROM fairdraw.overdue($$SELECT 'today' AS record, 'fortnight' AS event, current_date - 15 AS asked UNION ALL SELECT 'yesterday', 'fortnight', current_date - 16$$);
-- rows come in the order of the query, also many; a record can come twice
SELECT count(*), bool_and(record = ((n * 7919) % 10007)::text) AS "in its order" FROM fairdraw.overdue($$SELECT ((n * 7919) % 10007) AS record, 'fortnight' AS event, date '2026-01-01' + n::integer % 300 AS asked FROM generate_series(1, 10000) n ORDER BY n$$, '2026-10-19')
    WITH ORDINALITY AS t (record, event, due, done_on, days, unit, status, rule, n);
SELECT record, event, due FROM fairdraw.overdue($$SELECT 'one' AS record, event, date '2026-09-15' AS check_ended FROM unnest('{result_publication,result_entry}'::text[]) event$$);
-- nothing of nothing
SELECT count(*) FROM fairdraw.overdue($$SELECT record, 'result_publication' AS event, check_ended FROM checked WHERE false$$);

-- a due day that is given holds for what is done; for what is open, or was open then, it does not
SELECT * FROM fairdraw.overdue($$SELECT * FROM (VALUES ('done', date '2026-10-12', date '2026-10-09'), ('done late', '2026-10-12', '2026-10-13'), ('done, none given', NULL, '2026-10-13'), ('open', '2026-10-12', NULL),
    ('done later', '2026-10-12', '2026-10-17')) AS r (record, due, done_on), LATERAL (SELECT 'result_publication' AS event, date '2026-09-15' AS check_ended) c$$, '2026-10-16');
-- and what was closed needs no rule any more, nor dates, nor a calendar
SELECT * FROM fairdraw.overdue($$SELECT 'of 2011' AS record, 'a report that was abolished' AS event, date '2011-03-31' AS due, date '2011-04-05' AS done_on$$);

--
-- Which date counts is the choice of the rules: the end of the single check, or
-- the completion of the task
--
CREATE TEMP TABLE paper (record text, check_ended date, task_completed date);
INSERT INTO paper VALUES ('both', '2026-09-14', '2026-09-16'), ('checked', '2026-09-14', NULL), ('completed', NULL, '2026-09-16'), ('neither', NULL, NULL);
CREATE TEMP VIEW due AS SELECT record, due, days, status, rule FROM fairdraw.overdue('SELECT *, ''result_publication'' AS event FROM paper', '2026-10-16');
SELECT * FROM due;
-- not in the other order: both would be in force
SELECT pg_temp.changed('in_force = NOT in_force', 'result-publication-task');
UPDATE fairdraw_data.deadline_rule SET in_force = NOT in_force WHERE event = 'result_publication';
SELECT * FROM due;
SELECT fairdraw.deadline('result_publication', '2026-09-16'), fairdraw.deadline('result_publication', '2026-09-14', 'check_ended');
-- from some day on: of the rules that hold on the day of their anchor the later one decides
UPDATE fairdraw_data.deadline_rule SET in_force = true, valid_from = CASE anchor WHEN 'task_completed' THEN date '2026-09-15' ELSE valid_from END, valid_to = CASE anchor WHEN 'check_ended' THEN date '2026-09-14' END
WHERE event = 'result_publication';
SELECT * FROM due;
-- a check that ended when its rule held no more waits for its task
SELECT record, due, status, rule FROM fairdraw.overdue($$SELECT 'a' AS record, 'result_publication' AS event, date '2026-09-15' AS check_ended, NULL::date AS task_completed$$, '2026-10-16');
-- and a task whose rule did not hold yet is judged by its check
SELECT record, due, status, rule FROM fairdraw.overdue($$SELECT 'a' AS record, 'result_publication' AS event, date '2026-09-11' AS check_ended, date '2026-09-14' AS task_completed$$, '2026-10-16');
SELECT fairdraw.deadline('result_publication', '2026-09-14'), fairdraw.deadline('result_publication', '2026-09-15');
-- on a day between two rules none holds
UPDATE fairdraw_data.deadline_rule SET valid_from = '2026-09-16' WHERE rule = 'result-publication-task';
SELECT pg_temp.refused($$SELECT fairdraw.deadline('result_publication', '2026-09-15')$$);
SELECT pg_temp.overdue_refused($$SELECT 'a' AS record, 'result_publication' AS event, date '2026-09-15' AS check_ended, date '2026-09-15' AS task_completed$$);
UPDATE fairdraw_data.deadline_rule SET in_force = anchor = 'check_ended', valid_from = '2015-01-01', valid_to = NULL WHERE event = 'result_publication';

--
-- A schedule that is corrected moves the deadlines of what is open
--
-- checks of a year: of three one is open, one is done and its due day was stored, one is done and it was not
CREATE TEMP TABLE docket AS
SELECT i::text AS record, day AS check_ended, CASE WHEN i % 3 > 0 THEN day + 17 END AS done_on, CASE WHEN i % 3 = 1 THEN fairdraw.deadline('result_publication', day) END AS due
FROM generate_series(1, 800) i, LATERAL (SELECT date '2025-11-01' + i % 330 AS day) d;
CREATE TEMP VIEW judged AS
SELECT record, check_ended, o.due, o.days, o.status, CASE WHEN d.done_on IS NULL THEN 'open' WHEN d.due IS NULL THEN 'done' ELSE 'done, due day stored' END AS sort
FROM docket d JOIN fairdraw.overdue('SELECT *, ''result_publication'' AS event FROM docket', '2026-11-30') o USING (record);
CREATE TEMP TABLE judged_before AS SELECT * FROM judged;
-- three working days in June become days off, and Sunday 14 June is worked for one of them
SELECT fairdraw.load_calendar(2026, $$SELECT day, kind FROM fairdraw_data.calendar_day WHERE year = 2026 UNION ALL SELECT d, 'off' FROM unnest('{2026-06-10,2026-06-11,2026-06-12}'::date[]) d UNION ALL SELECT '2026-06-14', 'work'$$, '订正');
-- what has its due day is judged as it was (no rows)
SELECT * FROM judged WHERE sort = 'done, due day stored' EXCEPT SELECT * FROM judged_before;
-- anything else is due on the 20th working day by the corrected schedule (no rows)
CREATE TEMP TABLE working_day AS
SELECT d::date AS day FROM generate_series(timestamp '2025-11-01', '2026-12-31', '1 day') d LEFT JOIN fairdraw_data.calendar_day c ON c.day = d::date
WHERE c.kind = 'work' OR c.kind IS NULL AND extract(isodow FROM d) <= 5;
SELECT record, check_ended, due FROM judged j
WHERE sort <> 'done, due day stored' AND due IS DISTINCT FROM (SELECT day FROM working_day WHERE day > check_ended ORDER BY day OFFSET 19 LIMIT 1);
-- so that a due day moves only where what was changed lies between the check and it (no rows)
SELECT record, j.check_ended, b.due AS before, j.due AS after FROM judged j JOIN judged_before b USING (record)
WHERE j.due <> b.due AND NOT (j.check_ended < '2026-06-14' AND b.due >= '2026-06-10');
SELECT sort, count(*), count(*) FILTER (WHERE j.due > b.due) AS "due later", count(*) FILTER (WHERE j.due < b.due) AS "due earlier" FROM judged j JOIN judged_before b USING (record, sort) GROUP BY sort ORDER BY sort;

--
-- What overdue() refuses; the record is named
--
SELECT pg_temp.overdue_refused(query) FROM unnest(ARRAY[
    'SELECT ''result_publication'' AS event, current_date AS check_ended', 'SELECT 1 AS record, current_date AS check_ended',
    'SELECT 1 AS record, ''result_publication'' AS event, ''2026-09-15'' AS check_ended', 'SELECT 1 AS record, ''result_publication'' AS event, current_date AS check_ended, current_timestamp AS done_on',
    'SELECT 1 AS record, ''result_publication'' AS event, current_date AS check_ended, ''2026-09-15'' AS due', 'SELECT 1 AS record, 1.5 AS event, current_date AS check_ended',
    'SELECT 1 AS record, 2 AS record, ''result_publication'' AS event, current_date AS check_ended', 'UPDATE checked SET done_on = current_date', 'TABLE checked; TABLE checked', 'TABLE no_such_table']) query;
SELECT pg_temp.overdue_refused(NULL);
SELECT pg_temp.overdue_refused('TABLE checked', as_of) FROM unnest('{infinity,-infinity,NULL}'::date[]) as_of;
-- a column of dates is needed only where an event is counted from it
SELECT record, due FROM fairdraw.overdue('SELECT 1 AS record, ''fortnight'' AS event, date ''2026-09-16'' AS asked');
SELECT pg_temp.overdue_refused($$SELECT 'no 7' AS record, 'result_entry' AS event, date '2026-09-15' AS check_ended UNION ALL SELECT 'no 8', 'penalty_publication', '2026-09-15'$$);
-- one row among others
CREATE FUNCTION pg_temp.row_refused(record text, event text, check_ended date, done_on date DEFAULT NULL, due date DEFAULT NULL, as_of date DEFAULT '2026-12-08') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.overdue_refused(format('SELECT ''no 6'' AS record, ''result_entry'' AS event, date ''2026-09-15'' AS check_ended, date ''2026-10-09'' AS done_on, NULL::date AS due UNION ALL SELECT %L, %L, %L, %L, %L',
        record, event, check_ended, done_on, due), as_of)
$$;
SELECT pg_temp.row_refused('no 7', 'result_entry', '2026-09-15');
SELECT pg_temp.row_refused('no 7', 'publication', '2026-09-15');
SELECT pg_temp.row_refused('no 7', NULL, '2026-09-15');
SELECT pg_temp.row_refused(NULL, 'result_entry', '2026-09-15');
SELECT pg_temp.row_refused('no 7', 'result_entry', '2014-12-31');
SELECT pg_temp.row_refused('no 7', 'result_entry', 'infinity');
SELECT pg_temp.row_refused('no 7', 'result_entry', '2026-09-15', done_on => '-infinity');
SELECT pg_temp.row_refused('no 7', 'result_entry', '2026-09-15', done_on => '2026-09-16', due => 'infinity');
-- the calendar has to reach as far as the due day, and as the day on which it was done, or is looked at
SELECT pg_temp.row_refused('no 7', 'result_entry', '2026-12-07');
SELECT pg_temp.row_refused('no 7', 'result_entry', '2026-12-01', done_on => '2027-01-04', as_of => '2027-01-05');
SELECT pg_temp.row_refused('no 7', 'result_entry', '2026-12-01', as_of => '2027-01-04');

DROP SCHEMA fairdraw_data CASCADE;
