--
-- What a lottery of inspectors refuses, and how it says so.  Whatever can be
-- known when it is committed is refused then, before the entropy exists.
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
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
CREATE FUNCTION pg_temp.commit(draws text DEFAULT '{d}', staff text DEFAULT 'staff', rules text DEFAULT NULL, recusals text DEFAULT NULL,
                               options text DEFAULT '{}', label text DEFAULT 'l', ceremony text DEFAULT 'c')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.commit_lottery(%L, %L, %L, %L, %L, %L, %L)', ceremony, label, draws, staff, rules, recusals, options))
$$;
-- with data that are committed just before
CREATE FUNCTION pg_temp.staff(query text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.commit_data(''c'', ''tried'', %L), fairdraw.commit_lottery(''c'', ''l'', ''{d}'', ''tried'', NULL, NULL)', query))
$$;
CREATE FUNCTION pg_temp.rules(query text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.commit_data(''c'', ''tried'', %L), fairdraw.commit_lottery(''c'', ''l'', ''{d}'', ''staff'', ''tried'', NULL)', query))
$$;
CREATE FUNCTION pg_temp.recusals(query text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.commit_data(''c'', ''tried'', %L), fairdraw.commit_lottery(''c'', ''l'', ''{d}'', ''staff'', NULL, ''tried'')', query))
$$;
CREATE FUNCTION pg_temp.open(ceremony text, rehearsal boolean DEFAULT true) RETURNS void LANGUAGE sql AS $$
    SELECT fairdraw.open_ceremony(ceremony, ARRAY['b public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'x', '2999-05-01', rehearsal => rehearsal)
$$;

-- three inspectors, two of one family; a draw of two units
CREATE TABLE pg_temp.member AS SELECT 'I' || i AS inspector, i = 1 AS lead, CASE WHEN i > 1 THEN '王家' END AS exclusion_group FROM generate_series(1, 3) i;
SELECT pg_temp.open(c) FROM unnest('{c,other,bare,sealed,aborted,earlier}'::text[]) c;
SELECT pg_temp.open('real', false);
SELECT fairdraw.commit_draw(c, d, 'SELECT ''u'' || i AS uid FROM generate_series(1, 4) i', '2') IS NOT NULL
FROM (VALUES ('c', 'd'), ('c', 'e'), ('c', 'once'), ('other', 'other/d'), ('sealed', 'sealed/d'), ('aborted', 'aborted/d'), ('earlier', 'earlier/d'), ('real', 'real/d')) v (c, d);
SELECT fairdraw.commit_data(c, 'staff', 'TABLE pg_temp.member') IS NOT NULL FROM unnest('{c,other,sealed,aborted,real}'::text[]) c;
SELECT fairdraw.commit_data('c', 'none', 'TABLE pg_temp.member') IS NOT NULL;
SELECT fairdraw.seal_ceremony(c) IS NOT NULL FROM unnest('{sealed,earlier}'::text[]) c;
SELECT fairdraw.execute_ceremony('earlier', '{"b": "0123456789abcdef"}') IS NOT NULL;
SELECT fairdraw.abort_ceremony('aborted', 'a mistake');

-- so it is accepted
SELECT pg_temp.commit();
SELECT pg_temp.commit('{d,e,earlier/d}');

--
-- Names
--
SELECT pg_temp.commit(ceremony => 'no such');
SELECT pg_temp.commit(ceremony => 'sealed', draws => '{sealed/d}');
SELECT pg_temp.commit(ceremony => 'aborted', draws => '{aborted/d}');
SELECT pg_temp.commit(label => '');
SELECT pg_temp.commit(label => ' l');
SELECT pg_temp.commit(label => repeat('l', 256));
SELECT pg_temp.commit(draws => '{}');
SELECT pg_temp.commit(draws => '{d,NULL}');
SELECT pg_temp.commit(draws => '{d,no such}');
SELECT pg_temp.commit(draws => '{e,d,e}');
SELECT pg_temp.commit(staff => 'no-such');
SELECT pg_temp.commit(rules => 'no-such');
SELECT pg_temp.commit(recusals => 'no-such');
-- "none" stands in the text where there is none
SELECT pg_temp.commit(staff => 'none');
SELECT pg_temp.commit(rules => 'none');
SELECT pg_temp.commit(recusals => 'none');
-- data of another ceremony do not count
SELECT pg_temp.commit(ceremony => 'bare', draws => '{earlier/d}');
SELECT fairdraw.commit_lottery('c', 'once', '{once}', 'staff', NULL, NULL) IS NOT NULL;
SELECT pg_temp.commit(label => 'once');
-- one lottery a draw
SELECT pg_temp.commit(draws => '{d,once}');
SELECT pg_temp.commit(label => 'once', ceremony => 'other', draws => '{other/d}');
SELECT pg_temp.refused(format('SELECT fairdraw.commit_lottery(%s)', arguments)) FROM unnest(ARRAY[
    $$NULL, 'l', '{d}', 'staff', NULL, NULL$$, $$'c', NULL, '{d}', 'staff', NULL, NULL$$, $$'c', 'l', NULL, 'staff', NULL, NULL$$,
    $$'c', 'l', '{d}', NULL, NULL, NULL$$, $$'c', 'l', '{d}', 'staff', NULL, NULL, NULL$$]) arguments;

--
-- Draws of other ceremonies: executed ones only, and no rehearsal for what counts
--
SELECT pg_temp.commit(draws => '{other/d}');
SELECT pg_temp.commit(draws => '{d,sealed/d}');
SELECT pg_temp.commit(draws => '{aborted/d}');
SELECT pg_temp.commit(ceremony => 'real', draws => '{real/d,earlier/d}');

--
-- Options
--
SELECT pg_temp.commit(options => '[]');
SELECT pg_temp.commit(options => '{"speed": 1}');
SELECT pg_temp.commit(options => '{"precision_bits": 25}');
SELECT pg_temp.commit(options => '{"max_edges": 1000}');
SELECT pg_temp.commit(options => '{"max_pair_prob": 0}');
SELECT pg_temp.commit(options => '{"groups": {"lead": {"min": 2, "max": 1}}}');
-- who is in a group follows from the staff, so that there are these groups and no others
SELECT pg_temp.commit(options => '{"groups": {"leads": {"min": 1}}}');
SELECT pg_temp.commit(options => '{"groups": {"exclusion": {"min": 1}}}');
SELECT pg_temp.commit(options => '{"groups": {"lead": {}, "senior": {}, "junior": {}, "bureau": {}, "station": {}, "qualified": {}}}');

--
-- Staff
--
SELECT pg_temp.staff('SELECT 1 AS person');
SELECT pg_temp.staff('SELECT ''a'' AS inspector WHERE false');
SELECT pg_temp.staff('VALUES (''a'')');
SELECT pg_temp.staff('SELECT NULL::text AS inspector');
SELECT pg_temp.staff('SELECT ''a'' AS inspector UNION ALL SELECT ''a''');
SELECT pg_temp.staff('SELECT '' a'' AS inspector');
SELECT pg_temp.staff('SELECT repeat(''a'', 256) AS inspector');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, -1 AS max_load');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, -1 AS min_load');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, 1.5 AS max_load');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, 2147483648 AS max_load');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, 1 AS max_load, 2 AS min_load');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''yes'' AS lead');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, 1 AS senior');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, '''' AS station');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''food  lift'' AS tags');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''food '' AS tags');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''{food,lift}'' AS tags');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, '''' AS exclusion_group');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''2026-02-29'' AS licence_from');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''2026-2-28'' AS licence_to');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''infinity''::date AS licence_to');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, date ''2026-02-02'' AS licence_from, date ''2026-02-01'' AS licence_to');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, '''' AS on_duty');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''2026-02-30'' AS on_duty');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''2026-02-01..2026-01-31'' AS on_duty');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''2026-02-01 monday'' AS on_duty');
-- the row, where there is no inspector to name
SELECT pg_temp.staff('SELECT * FROM (VALUES (''a'', 1), (NULL, 2)) s (inspector, max_load)');
-- columns with other names mean nothing; an empty list says that there are no tags
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''?'' AS phone, '''' AS tags');

--
-- Rules
--
SELECT pg_temp.rules('SELECT 1 AS weekday');
SELECT pg_temp.rules('SELECT ''d'' AS "Draw"');
SELECT pg_temp.rules('SELECT 0 AS need');
SELECT pg_temp.rules('SELECT ''two'' AS need');
SELECT pg_temp.rules('SELECT ''2026-13-01'' AS day');
SELECT pg_temp.rules('SELECT ''everywhere'' AS scope');
SELECT pg_temp.rules('SELECT ''stations'' AS scope');
SELECT pg_temp.rules('SELECT NULL AS draw, ''stations'' AS scope, NULL AS stations UNION ALL SELECT ''d'', NULL, ''east''');
SELECT pg_temp.rules('SELECT ''stations'' AS scope, '''' AS stations');
SELECT pg_temp.rules('SELECT ''stations'' AS scope, ''east  west'' AS stations');
SELECT pg_temp.rules('SELECT '''' AS station');
SELECT pg_temp.rules('SELECT '' d'' AS draw');
SELECT pg_temp.rules('SELECT '''' AS uid');
SELECT pg_temp.rules('SELECT ''a  b'' AS one_tags');
-- two rows that name the same visits
SELECT pg_temp.rules('SELECT 1 AS need UNION ALL SELECT 2');
SELECT pg_temp.rules('SELECT * FROM (VALUES (''d'', ''all'', ''u1'', 1), (''d'', NULL, ''u1'', 2), (NULL, ''all'', ''u1'', 3), (''d'', ''all'', NULL, 4), (''d'', ''all'', ''u1'', 5)) r (draw, stratum, uid, need)');
SELECT pg_temp.rules('SELECT * FROM (VALUES (''d'', ''all'', ''u1'', 1), (''d'', NULL, ''u1'', 2), (NULL, ''all'', ''u1'', 3), (''d'', ''all'', NULL, 4), (''e'', ''all'', ''u1'', 5)) r (draw, stratum, uid, need)');
-- a rule may speak of what is not drawn, and of nothing
SELECT pg_temp.rules('SELECT ''no such draw'' AS draw, ''no such stratum'' AS stratum, ''no such uid'' AS uid, 1 AS need');
SELECT pg_temp.rules('SELECT 1 AS need WHERE false');

-- a visit without a day cannot be compared with licences and days on duty: it may have one by its uid, so that this is a warning
SET client_min_messages = warning;
SELECT pg_temp.staff('SELECT ''a'' AS inspector, date ''2026-12-31'' AS licence_to');
SELECT pg_temp.staff('SELECT ''a'' AS inspector, ''2026-12-31'' AS on_duty');
SELECT pg_temp.refused($$SELECT fairdraw.commit_data('c', 'people', 'SELECT ''a'' AS inspector, date ''2026-01-01'' AS licence_from'),
    fairdraw.commit_data('c', 'days', 'SELECT ''d'' AS draw, ''all'' AS stratum, ''2026-03-01'' AS day'), fairdraw.commit_lottery('c', 'l', '{e,d}', 'people', 'days', NULL)$$);
SELECT pg_temp.refused($$SELECT fairdraw.commit_data('c', 'people', 'SELECT ''a'' AS inspector, date ''2026-01-01'' AS licence_from'),
    fairdraw.commit_data('c', 'days', 'SELECT ''d'' AS draw, ''all'' AS stratum, ''2026-03-01'' AS day'), fairdraw.commit_lottery('c', 'l', '{d}', 'people', 'days', NULL)$$);
SET client_min_messages = error;

--
-- Recusals
--
SELECT pg_temp.recusals('SELECT ''u1'' AS uid, ''I1'' AS inspector, ''x'' AS cause');
SELECT pg_temp.recusals('SELECT ''I1'' AS inspector');
SELECT pg_temp.recusals('SELECT ''u1'' AS uid');
SELECT pg_temp.recusals('SELECT ''u1'' AS uid, ''I1'' AS inspector, ''王家'' AS exclusion_group');
SELECT pg_temp.recusals('SELECT NULL AS uid, ''I1'' AS inspector');
SELECT pg_temp.recusals('SELECT ''u1 '' AS uid, ''I1'' AS inspector');
SELECT pg_temp.recusals('SELECT ''u1'' AS uid, ''I1'' AS inspector UNION ALL SELECT ''u2'', ''I9''');
SELECT pg_temp.recusals('SELECT ''u1'' AS uid, ''李家'' AS exclusion_group');
-- a uid that is never drawn may be recused, and one twice
SELECT pg_temp.recusals('SELECT ''gone'' AS uid, ''I1'' AS inspector UNION ALL SELECT ''u1'', ''I1'' UNION ALL SELECT ''u1'', ''I1''');
SELECT pg_temp.recusals('SELECT ''u1'' AS uid, ''I1'' AS inspector, ''x'' AS reason WHERE false');

-- nothing of all this was kept
SELECT label FROM fairdraw_data.lottery;

--
-- Executing
--
SELECT fairdraw.commit_data('c', 'single', 'SELECT ''I1'' AS inspector, 5 AS max_load') IS NOT NULL,
       fairdraw.commit_data('c', 'relatives', 'SELECT ''u'' || i AS uid, ''王家'' AS exclusion_group FROM generate_series(1, 4) i') IS NOT NULL,
       fairdraw.commit_data('c', 'dated', 'SELECT ''I'' || i AS inspector, date ''2026-01-31'' AS licence_to FROM generate_series(1, 3) i') IS NOT NULL,
       fairdraw.commit_data('c', 'crossed', $$SELECT 'I' || i AS inspector, i < 3 AS lead, CASE WHEN i IN (2, 3) THEN '王家' END AS exclusion_group FROM generate_series(1, 4) i$$) IS NOT NULL,
       fairdraw.commit_data('c', 'three', 'SELECT 3 AS need') IS NOT NULL;
CREATE TABLE pg_temp.tried (label text, staff text, rules text, recusals text, options jsonb);
INSERT INTO pg_temp.tried VALUES
    ('good', 'staff', NULL, NULL, '{}'),
    ('too few', 'single', NULL, NULL, '{}'),
    ('recused', 'staff', NULL, 'relatives', '{}'),
    ('family', 'staff', 'three', NULL, '{}'),
    ('crossing', 'crossed', NULL, NULL, '{"groups": {"lead": {"min": 1}}}'),
    ('pool', 'staff', NULL, NULL, '{"min_pool": 4}'),
    ('no day', 'dated', NULL, NULL, '{}'),
    ('pair', 'staff', NULL, NULL, '{"max_pair_prob": 0.25}'),
    ('no visits', 'staff', NULL, NULL, '{}');
SELECT label, fairdraw.commit_draw('c', label, 'SELECT ''u'' || i AS uid FROM generate_series(1, 4) i', CASE label WHEN 'no visits' THEN '0' ELSE '2' END::jsonb) IS NOT NULL,
       fairdraw.commit_lottery('c', label, ARRAY[label], staff, rules, recusals, options) IS NOT NULL
FROM pg_temp.tried;

SELECT pg_temp.refused('SELECT fairdraw.execute_lottery(NULL)');
SELECT pg_temp.refused('SELECT fairdraw.execute_lottery(''no such'')');
-- not before the ceremony
SELECT pg_temp.refused('SELECT fairdraw.execute_lottery(''good'')');
SELECT fairdraw.seal_ceremony('c') IS NOT NULL;
SELECT pg_temp.refused('SELECT fairdraw.execute_lottery(''good'')');
SELECT fairdraw.execute_ceremony('c', '{"b": "0123456789abcdef"}') IS NOT NULL;
-- nor is there anything to see of one that was not executed
SELECT pg_temp.refused(format('SELECT fairdraw.%s(''good'')', f)) FROM unnest('{teams,substitutes,lottery_metrics,chances_text,teams_text,verify_lottery}'::text[]) f;
SELECT fairdraw.execute_lottery('good') IS NOT NULL;
-- once
SELECT pg_temp.refused('SELECT fairdraw.execute_lottery(''good'')');

-- where there are no teams the reasons are told, and nothing is stored
-- (which units are drawn is random)
SELECT regexp_replace(pg_temp.refused(format('SELECT fairdraw.execute_lottery(%L)', label)), '/ u[1-4]', '/ u?', 'g')
FROM pg_temp.tried WHERE label <> 'good';
\set SHOW_CONTEXT errors
SELECT fairdraw.execute_lottery('no visits');
\set SHOW_CONTEXT never
SELECT l.label, count(o) AS outcomes, (SELECT count(*) FROM fairdraw_data.team t WHERE t.lottery = l.lottery) AS rows
FROM fairdraw_data.lottery l LEFT JOIN fairdraw_data.lottery_outcome o USING (lottery) GROUP BY l.lottery ORDER BY l.lottery;


--
-- A second ceremony for units that were drawn: not where they have teams, or
-- could have, so that nobody tries until he is content
--
SELECT pg_temp.open(c) FROM unnest('{next,given up,hopeless}'::text[]) c;
SELECT fairdraw.commit_data(c, 'staff', 'SELECT ''I'' || i AS inspector FROM generate_series(1, 5) i') IS NOT NULL FROM unnest('{next,given up,hopeless}'::text[]) c;
SELECT pg_temp.commit(ceremony => 'next', draws => '{good}');
SELECT pg_temp.commit(ceremony => 'next', draws => '{earlier/d,good}');
-- a draw without a lottery
SELECT pg_temp.commit(ceremony => 'next', draws => '{earlier/d}');
-- one that was committed, and not executed: its outcome may be known
SELECT fairdraw.commit_lottery('given up', 'given up', '{earlier/d}', 'staff', NULL, NULL) IS NOT NULL;
SELECT pg_temp.commit(ceremony => 'next', draws => '{earlier/d}');
SELECT fairdraw.seal_ceremony('given up') IS NOT NULL;
SELECT pg_temp.commit(ceremony => 'next', draws => '{earlier/d}');
-- until its ceremony is aborted
SELECT fairdraw.abort_ceremony('given up', 'a mistake');
SELECT pg_temp.refused('SELECT fairdraw.execute_lottery(''given up'')');
SELECT pg_temp.commit(ceremony => 'next', draws => '{earlier/d}');
-- one that cannot be done
SELECT fairdraw.commit_data('hopeless', 'few', 'SELECT ''I1'' AS inspector') IS NOT NULL, fairdraw.commit_lottery('hopeless', 'hopeless', '{earlier/d}', 'few', NULL, NULL) IS NOT NULL;
SELECT fairdraw.seal_ceremony('hopeless') IS NOT NULL;
SELECT fairdraw.execute_ceremony('hopeless', '{"b": "0123456789abcdef"}') IS NOT NULL;
SELECT fairdraw.commit_lottery('next', 'next', '{earlier/d}', 'staff', NULL, NULL) IS NOT NULL;
SELECT fairdraw.seal_ceremony('next') IS NOT NULL;
SELECT fairdraw.execute_ceremony('next', '{"b": "fedcba9876543210"}') IS NOT NULL;
SELECT fairdraw.execute_lottery('next') IS NOT NULL;
SELECT count(*) FROM fairdraw.teams('next') WHERE role = 'team';
-- one that can be done, and was not executed: whoever knows the seed knows its teams
SELECT fairdraw.commit_lottery('other', 'other', '{other/d}', 'staff', NULL, NULL) IS NOT NULL;
SELECT fairdraw.seal_ceremony('other') IS NOT NULL;
SELECT fairdraw.execute_ceremony('other', '{"b": "0123456789abcdef"}') IS NOT NULL;
SELECT pg_temp.commit(ceremony => 'bare', draws => '{other/d}');
SELECT count(*) FROM fairdraw_data.lottery_outcome JOIN fairdraw_data.lottery USING (lottery) WHERE label = 'other';

--
-- Reports
--
SELECT pg_temp.refused(format('SELECT fairdraw.%s(''no such'')', f))
FROM unnest('{teams,substitutes,lottery_metrics,lottery_text,chances_text,teams_text,export_lottery,verify_lottery}'::text[]) f;
SELECT pg_temp.refused(format('SELECT fairdraw.%s(NULL)', f))
FROM unnest('{teams,substitutes,lottery_metrics,lottery_text,chances_text,teams_text,export_lottery,verify_lottery}'::text[]) f;
SELECT pg_temp.refused('SELECT fairdraw.export_lottery(''good'', ''press'')');
SELECT pg_temp.refused('SELECT fairdraw.export_lottery(''good'', NULL)');

DROP SCHEMA fairdraw_data CASCADE;
