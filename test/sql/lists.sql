--
-- Who is on which list, entered and removed as the rules allow
-- (doc/publication.md section 6)
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

-- the error of a statement, which is rolled back if there is none
CREATE FUNCTION pg_temp.refused(statement text, role text DEFAULT 'none') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    detail text;
    hint text;
    context text;
BEGIN
    PERFORM set_config('role', role, true);
    EXECUTE statement;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = 'NOT REFUSED';
EXCEPTION
    WHEN SQLSTATE 'ZZ000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
        -- of where it happened, what this function did not add itself
        context := regexp_replace(context, '\n?(SQL statement "|PL/pgSQL function ).*', '');
        RETURN format('%s: %s', state, message) || CASE WHEN detail <> '' THEN E'\n  DETAIL:  ' || detail ELSE '' END
            || CASE WHEN hint <> '' THEN E'\n  HINT:  ' || hint ELSE '' END
            || CASE WHEN context <> '' THEN E'\n  CONTEXT:  ' || context ELSE '' END;
END
$$;

-- The number of an entry depends on what was entered before it, so that
-- entries go by their document, and their number is hidden where an error names it.
CREATE FUNCTION pg_temp.number_of(document text) RETURNS integer LANGUAGE sql AS $$
    SELECT entry FROM fairdraw_data.list_entry e WHERE e.document = $1
$$;
CREATE FUNCTION pg_temp.leave(document text, removed_on date, ground text) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s on %s: %s', ground, removed_on,
        regexp_replace(pg_temp.refused(format('SELECT fairdraw.leave_list(%s, %L, %L, ''移出'')', pg_temp.number_of(document), removed_on, ground)),
            '\m' || pg_temp.number_of(document) || '\M', 'N', 'g'))
$$;
CREATE FUNCTION pg_temp.days(uid text, list text, days date[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(day || ' ' || CASE WHEN fairdraw.listed(uid, list, day) THEN 'listed' ELSE 'not listed' END, ', ' ORDER BY day) FROM unnest(days) day
$$;

--
-- One entry, from its first day to the day before its removal
--
SELECT enter_list('U-1', 'abnormal_list', 'unreachable', '2024-07-08', '列入1') = pg_temp.number_of('列入1') AS "returned is its number";
SELECT pg_temp.days('U-1', 'abnormal_list', '{2024-07-07,2024-07-08,2024-09-01,2024-09-02,2034-01-01}');
SELECT leave_list(pg_temp.number_of('列入1'), '2024-09-02', 'corrected', '移出1');
SELECT pg_temp.days('U-1', 'abnormal_list', '{2024-07-07,2024-07-08,2024-09-01,2024-09-02,2034-01-01}');
-- it is on this list and no other, and nobody else is
SELECT listed('U-1', 'serious_list', '2024-07-08'), listed('u-1', 'abnormal_list', '2024-07-08'), listed('', 'abnormal_list', '2024-07-08');
-- the day is today, if none is given
BEGIN;
SELECT enter_list('U-today', 'abnormal_list', 'unreachable', current_date, '列入今天') > 0, enter_list('U-tomorrow', 'abnormal_list', 'unreachable', current_date + 1, '列入明天') > 0;
SELECT listed('U-1', 'abnormal_list'), listed('U-today', 'abnormal_list'), listed('U-tomorrow', 'abnormal_list');
COMMIT;
-- removed on the day of the entry, it was never listed
SELECT enter_list('U-2', 'abnormal_list', 'unreachable', '2024-07-08', '列入2') > 0;
SELECT leave_list(pg_temp.number_of('列入2'), '2024-07-08', 'annulled', '移出2');
SELECT pg_temp.days('U-2', 'abnormal_list', '{2024-07-07,2024-07-08,2024-07-09}');
-- so that it is in nobody's way
SELECT pg_temp.refused(format('SELECT fairdraw.enter_list(''U-2'', ''abnormal_list'', ''unreachable'', %L, ''又列入2'')', day)) FROM unnest('{2024-07-07,2024-07-08,2024-07-09}'::date[]) day;

--
-- Several causes, and several matters of one cause: each has to be mended
--
SELECT enter_list('U-3', 'abnormal_list', 'no_annual_report', '2023-07-03', '列入3a', '2022') > 0,
       enter_list('U-3', 'abnormal_list', 'no_annual_report', '2024-07-08', '列入3b', '2023') > 0,
       enter_list('U-3', 'abnormal_list', 'unreachable', '2024-08-01', '列入3c') > 0,
       enter_list('U-3', 'serious_list', 'heavy_penalty', '2024-08-01', '列入3d') > 0;
SELECT leave_list(pg_temp.number_of('列入3b'), '2024-09-02', 'corrected', '移出3b');
SELECT leave_list(pg_temp.number_of('列入3a'), '2024-09-03', 'corrected', '移出3a');
SELECT pg_temp.days('U-3', 'abnormal_list', '{2023-07-02,2023-07-03,2024-09-02,2024-09-03}');
SELECT leave_list(pg_temp.number_of('列入3c'), '2024-10-01', 'corrected', '移出3c');
SELECT pg_temp.days('U-3', 'abnormal_list', '{2024-09-30,2024-10-01}'), pg_temp.days('U-3', 'serious_list', '{2024-10-01}');

-- the same cause and matter at the same time is one entry: from its first day, before it, and long after
SELECT enter_list('U-4', 'abnormal_list', 'no_annual_report', '2024-07-08', '列入4', '2023') > 0;
CREATE FUNCTION pg_temp.again(entered_on date, cause text DEFAULT 'no_annual_report', matter text DEFAULT '2023', list text DEFAULT 'abnormal_list', uid text DEFAULT 'U-4')
RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(pg_temp.refused(format('SELECT fairdraw.enter_list(%L, %L, %L, %L, ''又列入'', %L)', uid, list, cause, entered_on, matter)),
        '\m' || pg_temp.number_of('列入4') || '\M', 'N', 'g')
$$;
SELECT day || ': ' || pg_temp.again(day) FROM unnest('{2024-07-07,2024-07-08,2024-07-09,2034-07-08}'::date[]) day;
-- another cause, another matter, another list, another enterprise
SELECT pg_temp.again('2024-07-08', cause => 'unreachable'), pg_temp.again('2024-07-08', matter => '2022'), pg_temp.again('2024-07-08', matter => ''),
       pg_temp.again('2024-07-08', list => 'serious_list', cause => 'heavy_penalty'), pg_temp.again('2024-07-08', uid => 'U-5');
-- after the removal it can be entered again, on the same day, too; while it was listed, not
SELECT leave_list(pg_temp.number_of('列入4'), '2024-09-02', 'corrected', '移出4');
SELECT day || ': ' || pg_temp.again(day) FROM unnest('{2024-07-07,2024-07-08,2024-09-01,2024-09-02,2024-09-03}'::date[]) day;
SELECT enter_list('U-4', 'abnormal_list', 'no_annual_report', '2024-09-02', '又列入4', '2023') > 0;
SELECT pg_temp.days('U-4', 'abnormal_list', '{2024-09-01,2024-09-02,2024-09-03}');

--
-- Grounds
--
-- the abnormal list: until corrected, so that it does not expire; the rule names no shortest period
SELECT enter_list('U-6', 'abnormal_list', 'false_information', '2024-07-08', '列入6') > 0;
SELECT pg_temp.leave('列入6', day, ground) FROM unnest('{corrected,expired,repaired,annulled}'::text[]) ground, unnest('{2024-07-08,2034-07-09}'::date[]) day;
-- the serious list: three years, or repaired after the first; a correction is not enough
SELECT enter_list('U-7', 'serious_list', 'heavy_penalty', '2022-03-31', '列入7') > 0;
SELECT pg_temp.leave('列入7', day, ground) FROM (VALUES
    ('corrected', '2022-04-01'::date), ('corrected', '2034-01-01'),
    ('repaired', '2023-03-31'), ('repaired', '2023-04-01'), ('repaired', '2025-03-31'),
    ('expired', '2023-04-01'), ('expired', '2025-03-31'), ('expired', '2025-04-01'), ('expired', '2025-04-02'),
    ('annulled', '2022-03-31'), ('annulled', '2034-01-01')) v (ground, day);
SELECT leave_list(pg_temp.number_of('列入7'), '2025-04-01', 'expired', '移出7');
SELECT pg_temp.days('U-7', 'serious_list', '{2022-03-30,2022-03-31,2025-03-31,2025-04-01}');
-- without a removal an entry stays, also after its longest period
SELECT enter_list('U-8', 'serious_list', 'heavy_penalty', '2021-10-08', '列入8') > 0;
SELECT pg_temp.days('U-8', 'serious_list', '{2024-10-08,2024-10-09}');
-- an entry from before the rules ends by those of the day of its removal
SELECT enter_list('V-1', 'abnormal_list', 'unreachable', '2019-07-01', '列入V1') > 0, enter_list('V-2', 'serious_list', 'heavy_penalty', '2018-10-08', '列入V2') > 0;
SELECT pg_temp.leave('列入V1', day, ground) FROM (VALUES ('corrected', '2021-08-31'::date), ('corrected', '2021-09-01'), ('expired', '2024-07-02'), ('annulled', '2019-07-02')) v (ground, day);
SELECT pg_temp.leave('列入V2', day, ground) FROM (VALUES ('corrected', '2021-09-01'::date), ('repaired', '2021-08-31'), ('repaired', '2021-09-01'), ('expired', '2021-10-08'), ('expired', '2021-10-09')) v (ground, day);
-- rules that change: what was entered before goes on by the rule that holds on the day of the entry
BEGIN;
INSERT INTO fairdraw_data.rule_set (rule_set, title, in_force, source, valid_from) VALUES ('strict', '从严', true, '某局', '2025-01-01');
INSERT INTO fairdraw_data.disclosure_rule (rule, rule_set, kind, clock, longest, basis, verified, valid_from) VALUES ('strict-abnormal', 'strict', 'abnormal_list', 'decided', '1 year', '某局', true, '2025-01-01');
SELECT enter_list('U-9', 'abnormal_list', 'unreachable', '2025-01-01', '列入9') > 0;
SELECT pg_temp.leave('列入9', day, ground) FROM (VALUES ('corrected', '2025-02-01'::date), ('repaired', '2025-02-01'), ('expired', '2026-01-01'), ('expired', '2026-01-02')) v (ground, day);
SELECT pg_temp.leave('列入6', '2025-02-01', ground) FROM unnest('{corrected,repaired,expired}'::text[]) ground;
ROLLBACK;

--
-- What is refused
--
CREATE FUNCTION pg_temp.enter(arguments text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.enter_list(%s)', arguments))
$$;
SELECT pg_temp.enter($$'U-0', 'black_list', 'unreachable', '2024-07-08', '列入'$$);
SELECT pg_temp.enter($$'U-0', 'abnormal_list', 'rudeness', '2024-07-08', '列入'$$);
SELECT pg_temp.enter($$'U-0', 'serious_list', 'unreachable', '2024-07-08', '列入'$$);
SELECT pg_temp.enter($$'', 'abnormal_list', 'unreachable', '2024-07-08', '列入'$$);
SELECT pg_temp.enter($$'U-0', 'abnormal_list', 'unreachable', '2024-07-08', ''$$);
SELECT pg_temp.enter($$'U-0', 'abnormal_list', 'unreachable', 'infinity', '列入'$$);
SELECT pg_temp.enter($$NULL, 'abnormal_list', 'unreachable', '2024-07-08', '列入'$$);
SELECT pg_temp.enter($$'U-0', NULL, 'unreachable', '2024-07-08', '列入'$$);
SELECT pg_temp.enter($$'U-0', 'abnormal_list', NULL, '2024-07-08', '列入'$$);
SELECT pg_temp.enter($$'U-0', 'abnormal_list', 'unreachable', NULL, '列入'$$);
SELECT pg_temp.enter($$'U-0', 'abnormal_list', 'unreachable', '2024-07-08', NULL$$);
SELECT pg_temp.enter($$'U-0', 'abnormal_list', 'unreachable', '2024-07-08', '列入', NULL$$);
-- # stands for the number of an entry
CREATE FUNCTION pg_temp.leaving(arguments text) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(pg_temp.refused(format('SELECT fairdraw.leave_list(%s)', replace(arguments, '#', pg_temp.number_of('列入6')::text))), '\m' || pg_temp.number_of('列入6') || '\M', 'N', 'g')
$$;
SELECT pg_temp.leaving($$0, '2024-09-02', 'corrected', '移出'$$);
SELECT pg_temp.leaving($$#, '2024-09-02', 'forgotten', '移出'$$);
SELECT pg_temp.leaving($$#, '2024-09-02', '', '移出'$$);
SELECT pg_temp.leaving($$#, '2024-07-07', 'corrected', '移出'$$);
SELECT pg_temp.leaving($$#, '2024-07-07', 'annulled', '移出'$$);
SELECT pg_temp.leaving($$#, 'infinity', 'annulled', '移出'$$);
SELECT pg_temp.leaving($$#, '2024-09-02', 'corrected', ''$$);
SELECT pg_temp.leaving(replace($$#, '2024-09-02', 'corrected', '移出'$$, parameter, 'NULL')) FROM unnest(ARRAY['#', '''2024-09-02''', '''corrected''', '''移出''']) parameter;
-- once
SELECT pg_temp.leave('列入1', '2024-09-02', 'corrected');
SELECT pg_temp.leave('列入1', '2025-01-01', 'annulled');
SELECT pg_temp.refused('SELECT fairdraw.listed(''U-1'', ''black_list'')');
SELECT pg_temp.refused(format('SELECT fairdraw.listed(%s)', arguments)) FROM unnest(ARRAY['NULL, ''abnormal_list''', '''U-1'', NULL', '''U-1'', ''abnormal_list'', NULL']) arguments;
-- records are only appended, and only by these functions
SELECT pg_temp.refused(format(change, record_table)) FROM unnest('{fairdraw_data.list_entry,fairdraw_data.list_removal}'::regclass[]) record_table,
    unnest(ARRAY['UPDATE %s SET document = ''另一文''', 'DELETE FROM %s', 'TRUNCATE %s CASCADE']) change;
SELECT pg_temp.refused($$INSERT INTO fairdraw_data.list_entry (uid, list, cause, matter, entered_on, document, recorded_by) VALUES ('U-0', 'abnormal_list', 'unreachable', '', '2024-07-08', '列入', 'me')$$);
SELECT pg_temp.refused(format($$INSERT INTO fairdraw_data.list_removal (entry, removed_on, ground, document, recorded_by) VALUES (%s, '2024-09-02', 'corrected', '移出', 'me')$$, pg_temp.number_of('列入6')));

--
-- The lists as they are
--
SELECT uid, list, cause, label, matter, entered_on, document, ends, rule, removed_on, ground, removal_document, listed
FROM fairdraw_data.list_state WHERE uid ~ '^U-\d$' ORDER BY uid, entered_on, list, cause, matter;
-- an entry that expired was listed to the last day of its longest period, and no longer
SELECT listed(uid, list, ends), listed(uid, list, ends + 1) FROM fairdraw_data.list_state WHERE ground = 'expired';
-- an enterprise is on a list today if one of its entries stands (no rows)
SELECT uid, list FROM fairdraw_data.list_state s GROUP BY uid, list HAVING bool_or(s.listed) <> fairdraw.listed(uid, list);
-- however it was removed, from that day on the entry does not stand
BEGIN;
CREATE TEMP TABLE removal (name text, ground text, removed_on date);
INSERT INTO removal VALUES ('expired', 'expired', current_date), ('repaired', 'repaired', current_date), ('annulled', 'annulled', current_date), ('annulled tomorrow', 'annulled', current_date + 1), ('not removed', NULL, NULL);
SELECT count(enter_list('U-9 ' || name, 'serious_list', 'heavy_penalty', '2021-10-08', '列入9' || name)) FROM removal;
SELECT count(leave_list(pg_temp.number_of('列入9' || name), removed_on, ground, '移出9')) FROM removal WHERE ground IS NOT NULL;
SELECT uid, listed FROM fairdraw_data.list_state WHERE uid LIKE 'U-9 %' ORDER BY uid;
ROLLBACK;

--
-- Entries that results of inspections propose
--
SELECT enter_list('P-before', 'abnormal_list', 'unreachable', '2026-01-05', '列入P1') > 0, enter_list('P-same-day', 'abnormal_list', 'unreachable', '2026-03-02', '列入P2') > 0,
       enter_list('P-since', 'abnormal_list', 'unreachable', '2026-03-09', '列入P3') > 0, enter_list('P-left-before', 'abnormal_list', 'unreachable', '2026-01-05', '列入P4') > 0,
       enter_list('P-left-that-day', 'abnormal_list', 'unreachable', '2026-01-05', '列入P5') > 0, enter_list('P-left-after', 'abnormal_list', 'unreachable', '2026-01-05', '列入P6') > 0,
       enter_list('P-since-and-left', 'abnormal_list', 'unreachable', '2026-03-09', '列入P7') > 0, enter_list('P-other-cause', 'abnormal_list', 'no_annual_report', '2026-01-05', '列入P8') > 0,
       enter_list('P-other-list', 'serious_list', 'heavy_penalty', '2026-01-05', '列入P9') > 0, enter_list('P-matter', 'abnormal_list', 'unreachable', '2026-01-05', '列入P10', '某地址') > 0, enter_list('P-annulled', 'abnormal_list', 'unreachable', '2026-01-05', '列入P11') > 0;
SELECT leave_list(pg_temp.number_of(document), day, ground, '移出') FROM (VALUES ('列入P4', '2026-03-01'::date, 'corrected'), ('列入P5', '2026-03-02', 'corrected'), ('列入P6', '2026-03-03', 'corrected'),
    ('列入P7', '2026-03-16', 'corrected'), ('列入P11', '2026-04-01', 'annulled')) v (document, day, ground);
CREATE TEMP TABLE result (n integer GENERATED ALWAYS AS IDENTITY, uid text, code result_code, found_on date);
INSERT INTO result (uid, code, found_on)
SELECT uid, 'unreachable', '2026-03-02' FROM unnest('{P-before,P-same-day,P-since,P-left-before,P-left-that-day,P-left-after,P-since-and-left,P-other-cause,P-other-list,P-matter,P-annulled}'::text[]) uid;
-- every code; and the enterprise that is gone, which has none
INSERT INTO result (uid, code, found_on)
SELECT 'Q-' || n, n::text::result_code, '2026-04-01'::date FROM generate_series(1, 10) n UNION ALL SELECT 'Q-gone', NULL, '2026-04-01';
INSERT INTO result (uid, code, found_on) VALUES
    -- it counts from the day on which it was found, each time
    ('Q-twice', 'unreachable', '2026-03-02'), ('Q-twice', 'unreachable', '2026-04-01'), ('Q-twice', 'not_published', '2026-04-01');
SELECT * FROM list_proposals('SELECT uid, code, found_on FROM result ORDER BY n');
-- there was no deadline before there was a rule
SELECT * FROM list_proposals('SELECT ''Q-14'' AS uid, ''unreachable'' AS code, date ''2014-09-30'' AS found_on');
-- nobody was entered
SELECT count(*) FROM fairdraw_data.list_entry WHERE uid LIKE 'Q-%';
-- what is entered is proposed no more
BEGIN;
SELECT count(enter_list(uid, list, cause, due, '列入' || uid)) FROM list_proposals('SELECT * FROM result') p WHERE uid LIKE 'Q-_';
SELECT uid FROM list_proposals('SELECT * FROM result') WHERE uid LIKE 'Q-_';
ROLLBACK;
-- but only codes that there are
SELECT pg_temp.refused('UPDATE fairdraw_data.list_cause SET code = ''rude'' WHERE cause = ''heavy_penalty''');
-- an agency may let other codes propose; there is a day by which to decide if there is a deadline
BEGIN;
UPDATE fairdraw_data.list_cause SET code = 'refused' WHERE cause IN ('no_annual_report', 'heavy_penalty');
SELECT uid, list, cause, due FROM list_proposals('SELECT uid, code, found_on FROM result WHERE code = ''refused''');
INSERT INTO fairdraw_data.deadline_rule (rule, event, anchor, unit, length, basis, verified, valid_from) VALUES ('serious-list-entry', 'serious_list_entry', 'found', 'calendar', 30, '某局', true, '2026-01-01');
SELECT uid, list, cause, due FROM list_proposals('SELECT uid, code, found_on FROM result WHERE code = ''refused''');
ROLLBACK;
SELECT * FROM list_proposals('SELECT * FROM result WHERE false');
-- refused
CREATE FUNCTION pg_temp.proposals(query text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT * FROM fairdraw.list_proposals(%L)', query))
$$;
SELECT pg_temp.proposals('SELECT uid, code FROM result');
SELECT pg_temp.proposals('SELECT uid, found_on FROM result');
SELECT pg_temp.proposals('SELECT code, found_on FROM result');
SELECT pg_temp.proposals('SELECT uid, code, found_on::text FROM result');
SELECT pg_temp.proposals('SELECT uid, 4 AS code, found_on FROM result');
SELECT pg_temp.proposals('SELECT NULL::text AS uid, code, found_on FROM result');
SELECT pg_temp.proposals('SELECT uid, code, date ''infinity'' AS found_on FROM result');
SELECT pg_temp.proposals(NULL);
SELECT pg_temp.proposals('');
-- by when cannot be said in a year that is not loaded
SELECT pg_temp.proposals('SELECT ''Q-16'' AS uid, ''unreachable'' AS code, date ''2016-03-01'' AS found_on');

--
-- Who keeps the lists
--
CREATE ROLE regress_publisher;
CREATE ROLE regress_drawer;
CREATE ROLE regress_auditor;
CREATE ROLE regress_stranger;
SELECT grant_duty('publisher', 'regress_publisher'), grant_duty('drawer', 'regress_drawer'), grant_duty('auditor', 'regress_auditor');
SELECT pg_temp.number_of('列入6') AS entry \gset
SELECT role || ': ' || pg_temp.refused($$SELECT fairdraw.enter_list('U-13', 'abnormal_list', 'unreachable', '2024-07-08', '列入13')$$, role) FROM unnest('{regress_publisher,regress_drawer,regress_auditor,regress_stranger}'::text[]) role;
SELECT role || ': ' || pg_temp.refused($$SELECT fairdraw.leave_list($$ || :entry || $$, '2024-09-02', 'corrected', '移出')$$, role) FROM unnest('{regress_publisher,regress_drawer,regress_auditor,regress_stranger}'::text[]) role;
-- the lists are public: everybody may ask
SELECT role || ': ' || pg_temp.refused('SELECT fairdraw.listed(''U-1'', ''abnormal_list'')', role) FROM unnest('{regress_publisher,regress_drawer,regress_auditor,regress_stranger}'::text[]) role;
-- whoever has a duty reads the records of them, a publisher no others
SELECT role || ': ' || pg_temp.refused('SELECT FROM fairdraw_data.list_state, fairdraw_data.list_entry, fairdraw_data.list_removal', role) FROM unnest('{regress_publisher,regress_drawer,regress_auditor,regress_stranger}'::text[]) role;
SELECT pg_temp.refused('SELECT FROM fairdraw_data.' || records, 'regress_publisher') FROM unnest('{draw,selection,team}'::text[]) records;
SELECT role || ': ' || pg_temp.refused('SELECT fairdraw.list_proposals(''SELECT ''''x'''' AS uid, fairdraw.result_code ''''unreachable'''' AS code, date ''''2026-03-02'''' AS found_on'')', role) FROM unnest('{regress_publisher,regress_drawer,regress_auditor,regress_stranger}'::text[]) role;
-- it is on record who entered what
SET ROLE regress_publisher;
SELECT fairdraw.enter_list('U-14', 'abnormal_list', 'unreachable', '2024-07-08', '列入14') > 0;
RESET ROLE;
SELECT leave_list(pg_temp.number_of('列入14'), '2024-09-02', 'corrected', '移出14');
SELECT e.recorded_by, r.recorded_by = current_user FROM fairdraw_data.list_entry e JOIN fairdraw_data.list_removal r USING (entry) WHERE uid = 'U-14';
-- a duty that is taken away is gone
SELECT revoke_duty('publisher', 'regress_publisher');
SELECT pg_temp.refused($$SELECT fairdraw.enter_list('U-13', 'abnormal_list', 'unreachable', '2024-07-08', '列入13')$$, 'regress_publisher');
SELECT pg_temp.refused('SELECT FROM fairdraw_data.list_state', 'regress_publisher');
-- the rules are everybody's to read, and their owner's to change
SELECT pg_temp.refused('SELECT FROM fairdraw_data.' || rules, 'regress_stranger') FROM unnest('{rule_set,disclosure_rule,repair_rule,list_cause,result_code_map}'::text[]) rules;
SELECT role || ': ' || pg_temp.refused('UPDATE fairdraw_data.disclosure_rule SET longest = ''1 day''', role) FROM unnest('{regress_drawer,regress_auditor,regress_stranger}'::text[]) role;
SELECT pg_temp.refused($$SELECT fairdraw.disclosure_term('penalty')$$, 'regress_stranger');
SELECT revoke_duty('drawer', 'regress_drawer'), revoke_duty('auditor', 'regress_auditor');
DROP ROLE regress_publisher, regress_drawer, regress_auditor, regress_stranger;

DROP SCHEMA fairdraw_data CASCADE;
