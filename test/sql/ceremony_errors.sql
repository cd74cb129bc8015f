--
-- What a ceremony refuses, and how it says so
--
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on

-- the error of a statement; characters that cannot be seen by their number
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
    detail text;
    hint text;
    report text;
    c integer;
BEGIN
    EXECUTE statement;
    RETURN 'NOT REFUSED';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    report := format('%s: %s', state, message);
    FOREACH c IN ARRAY '{9,10,127,133,160,173,769,8203,8238,12288,57344,65039,65279,65534,917505}'::integer[] LOOP
        report := replace(report, chr(c), format('<U+%s>', upper(CASE WHEN c < 65536 THEN lpad(to_hex(c), 4, '0') ELSE to_hex(c) END)));
    END LOOP;
    RETURN report || CASE WHEN detail <> '' THEN E'\n  DETAIL:  ' || detail ELSE '' END
                  || CASE WHEN hint <> '' THEN E'\n  HINT:  ' || hint ELSE '' END;
END
$$;
CREATE FUNCTION pg_temp.open(VARIADIC entropy text[]) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.open_ceremony(''c'', %L, ''https://example.org'', ''2999-05-01'', rehearsal => true)', entropy))
$$;
CREATE FUNCTION pg_temp.commit(frame text, sizes text DEFAULT '1', exclusions text DEFAULT NULL, register text DEFAULT NULL,
                               method text DEFAULT 'auto', stream text DEFAULT NULL, rotation text DEFAULT '0/1', label text DEFAULT 'd',
                               ceremony text DEFAULT 'c')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.commit_draw(%L, %L, %L, %L, %L, %L, %L, %L, %L)',
                                  ceremony, label, frame, sizes, exclusions, register, method, stream, rotation))
$$;
CREATE FUNCTION pg_temp.data(query text, name text DEFAULT 'd', ceremony text DEFAULT 'c') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.commit_data(%L, %L, %L)', ceremony, name, query))
$$;
CREATE FUNCTION pg_temp.execute(entropy text, ceremony text DEFAULT 'c') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(format('SELECT fairdraw.execute_ceremony(%L, %L)', ceremony, entropy))
$$;
\set beacon 'beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'
\set past 'beacon public 64 2001-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'

-- every function that needs the records
CREATE TEMP TABLE call (n integer GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO call (statement) VALUES
    ($$SELECT fairdraw.open_ceremony('x', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', '2999-05-01')$$),
    ($$SELECT fairdraw.commit_draw('c', 'x', 'SELECT 1 AS uid', '1')$$),
    ($$SELECT fairdraw.commit_data('c', 'x', 'SELECT 1 AS a')$$),
    ($$SELECT fairdraw.seal_ceremony('c')$$),
    ($$SELECT fairdraw.execute_ceremony('c', '{}')$$),
    ($$SELECT fairdraw.correct_execution('c', '{}', 'reason')$$),
    ($$SELECT fairdraw.abort_ceremony('c', 'reason')$$),
    ($$SELECT fairdraw.disclose_seed('c')$$),
    ($$SELECT fairdraw.selection('d')$$),
    ($$SELECT fairdraw.plan_text('d')$$),
    ($$SELECT fairdraw.ceremony_text('c')$$),
    ($$SELECT fairdraw.seed_text('c')$$),
    ($$SELECT fairdraw.result_text('d')$$),
    ($$SELECT fairdraw.data_text('c', 'd')$$),
    ($$SELECT fairdraw.frame_lines('d')$$),
    ($$SELECT fairdraw.unit_proof('d', 'u')$$),
    ($$SELECT fairdraw.export_draw('d')$$),
    ($$SELECT fairdraw.export_draw('d', 'auditor')$$),
    ($$SELECT fairdraw.verify_draw('d')$$),
    ($$SELECT fairdraw.archive_draw('d', '')$$),
    ($$SELECT fairdraw.commit_lottery('c', 'x', ARRAY['d'], 'staff', NULL, NULL)$$),
    ($$SELECT fairdraw.execute_lottery('l')$$),
    ($$SELECT fairdraw.teams('l')$$),
    ($$SELECT fairdraw.substitutes('l')$$),
    ($$SELECT fairdraw.lottery_metrics('l')$$),
    ($$SELECT fairdraw.lottery_text('l')$$),
    ($$SELECT fairdraw.chances_text('l')$$),
    ($$SELECT fairdraw.teams_text('l')$$),
    ($$SELECT fairdraw.export_lottery('l')$$),
    ($$SELECT fairdraw.export_lottery('l', 'auditor')$$),
    ($$SELECT fairdraw.verify_lottery('l')$$);

--
-- Before setup(), and with records of another version
--
SELECT pg_temp.refused(statement), count(*) FROM call GROUP BY 1;
SELECT pg_temp.refused(format('SELECT fairdraw.grant_duty(''drawer'', %L)', current_user));
SELECT pg_temp.refused(format('SELECT fairdraw.revoke_duty(''drawer'', %L)', current_user));
SELECT fairdraw.setup();
ALTER TABLE fairdraw_data.step DISABLE TRIGGER ALL;
DELETE FROM fairdraw_data.step WHERE step = fairdraw.setup_steps();
SELECT pg_temp.refused(statement), count(*) FROM call GROUP BY 1;
INSERT INTO fairdraw_data.step (step) VALUES (99);
SELECT pg_temp.refused(statement), count(*) FROM call GROUP BY 1;
SELECT pg_temp.refused('SELECT fairdraw.setup()');
DROP SCHEMA fairdraw_data CASCADE;

-- the agency has a name, which is a label
SELECT fairdraw.setup();
SELECT pg_temp.open(:'beacon');
SELECT pg_temp.refused($$SELECT fairdraw.setup('')$$);
SELECT pg_temp.refused($$SELECT fairdraw.setup(E'two\nlines')$$);
ALTER TABLE fairdraw_data.agency DISABLE TRIGGER fairdraw_guard;
DELETE FROM fairdraw_data.agency;
SELECT pg_temp.open(:'beacon');
SELECT fairdraw.setup('某市市场监督管理局');

-- NULL is an error that names the argument (no rows from the last of these)
SELECT pg_temp.refused('SELECT fairdraw.open_ceremony(NULL, ARRAY[''x''], ''p'', ''2999-05-01'')');
SELECT pg_temp.refused('SELECT fairdraw.open_ceremony(''c'', NULL, ''p'', ''2999-05-01'')');
SELECT pg_temp.refused('SELECT fairdraw.open_ceremony(''c'', ARRAY[''x''], NULL, ''2999-05-01'')');
SELECT pg_temp.refused('SELECT fairdraw.open_ceremony(''c'', ARRAY[''x''], ''p'', NULL)');
SELECT p.proname, p.proargnames[a.n], report AS other_report
FROM pg_proc p, generate_series(1, p.pronargs) AS a (n), LATERAL pg_temp.refused(format('SELECT fairdraw.%I(%s)', p.proname,
    (SELECT string_agg(CASE b.n WHEN a.n THEN 'NULL' ELSE '''x''' END, ', ' ORDER BY b.n)
     FROM unnest(p.proargtypes) WITH ORDINALITY AS b (type, n)))) AS report
WHERE p.pronamespace = 'fairdraw'::regnamespace AND p.proname IN ('commit_data', 'seal_ceremony',
    'abort_ceremony', 'disclose_seed', 'selection', 'plan_text', 'ceremony_text', 'seed_text', 'result_text', 'data_text', 'frame_lines',
    'unit_proof', 'export_draw', 'verify_draw', 'archive_draw')
  AND report IS DISTINCT FROM format(E'22004: argument "%s" of %s() is null\n  HINT:  Give it a value, or leave it out where it has a default.',
                                     p.proargnames[a.n], p.proname)
ORDER BY p.proname, a.n;
SELECT pg_temp.refused('SELECT fairdraw.grant_duty(NULL, current_user::regrole)');
SELECT pg_temp.refused('SELECT fairdraw.grant_duty(''drawer'', NULL)');
SELECT pg_temp.refused('SELECT fairdraw.revoke_duty(NULL, current_user::regrole)');
SELECT pg_temp.refused('SELECT fairdraw.revoke_duty(''drawer'', NULL)');

--
-- Without a duty
--
CREATE ROLE regress_fairdraw_stranger;
GRANT SELECT ON call TO regress_fairdraw_stranger;
SET ROLE regress_fairdraw_stranger;
SELECT pg_temp.refused(statement), string_agg(substring(statement FROM 'fairdraw\.(\w+)'), ' ' ORDER BY n) FROM call GROUP BY 1 ORDER BY 2;
SELECT replace(pg_temp.refused($$SELECT fairdraw.setup()$$), session_user, '<owner>');
SELECT replace(pg_temp.refused($$SELECT fairdraw.grant_duty('drawer', 'regress_fairdraw_stranger')$$), session_user, '<owner>');
SELECT replace(pg_temp.refused($$SELECT fairdraw.revoke_duty('drawer', 'regress_fairdraw_stranger')$$), session_user, '<owner>');
RESET ROLE;
SELECT pg_temp.refused($$SELECT fairdraw.grant_duty('owner', 'regress_fairdraw_stranger')$$);
REVOKE SELECT ON call FROM regress_fairdraw_stranger;
DROP ROLE regress_fairdraw_stranger;

--
-- Nothing of that name
--
SELECT pg_temp.refused(statement), string_agg(substring(statement FROM 'fairdraw\.(\w+)'), ' ' ORDER BY n)
FROM call WHERE statement !~ 'open_ceremony' GROUP BY 1 ORDER BY 2;

--
-- Opening: entropy is 'name local|public bits due mask how'
--
SELECT pg_temp.open('');
SELECT pg_temp.open('beacon');
SELECT pg_temp.open('beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@');
SELECT pg_temp.open('beacon  public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');

-- the name
SELECT pg_temp.open('Beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('1st public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('信标 public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open(repeat('b', 64) || ' public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT name, pg_temp.open(name || ' public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand') LIKE '22023: invalid name of entropy: "' || name || '"%' AS refused
FROM unnest('{plan,data,ceremony,secret,entropy,lottery}'::text[]) AS name;
SELECT pg_temp.open(:'beacon', :'beacon');

-- who can know it
SELECT pg_temp.open('beacon private 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');

-- its bits
SELECT pg_temp.open('beacon public 064 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public -64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public 6.4 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public 640000 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public 65 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('ssq public 47 2999-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu');

-- its due time
SELECT pg_temp.open('beacon public 64 2999-03-07 @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public 64 2999-03-07T14:00:00 @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public 64 2999-03-07T14:00:00+08 @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public 64 2999-3-7T14:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public 64 2999-03-07T24:00:00Z @@@@@@@@@@@@@@@@ drand');
SELECT pg_temp.open('beacon public 64 2999-03-07T23:59:60Z @@@@@@@@@@@@@@@@ drand');
SELECT left(pg_temp.open('beacon public 64 2999-02-30T14:00:00Z @@@@@@@@@@@@@@@@ drand'), 5);
SELECT left(pg_temp.open('beacon public 64 2999-13-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'), 5);

-- its mask
SELECT pg_temp.open('beacon public 4 2999-03-07T14:00:00Z ＃＃ drand');
SELECT pg_temp.open(E'beacon public 4 2999-03-07T14:00:00Z #\t# drand');
SELECT pg_temp.open('beacon public 0 2999-03-07T14:00:00Z none drand', :'beacon');

-- how it is obtained
SELECT pg_temp.open('beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ ');
SELECT pg_temp.open('beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@  drand');
SELECT pg_temp.open(E'beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ dr\tand');
SELECT regexp_replace(pg_temp.open('beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ ' || repeat('x', 1025)), 'x{99,}', 'xxx');

-- all of them together
SELECT pg_temp.open(VARIADIC '{}');
SELECT pg_temp.open(NULL);
SELECT pg_temp.open('dlt public 24 2999-03-07T13:30:00Z ##,##,##,##,##+##,## Daletou', 'ssq public 24 2999-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu');
SELECT pg_temp.open(:'beacon', 'dice local 66 2999-03-08T06:00:00Z #################### dice');
SELECT pg_temp.open('dice local 66 2999-03-05T06:00:00Z #################### dice');
SELECT pg_temp.open('dice local 66 2999-03-05T06:00:00Z #################### dice', 'ssq public 39 2999-03-05T13:30:00Z ##,##,##,##,##,##+## Shuangseqiu');

-- the other arguments
SELECT pg_temp.refused($$SELECT fairdraw.open_ceremony('', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', '2999-05-01')$$);
SELECT pg_temp.refused($$SELECT fairdraw.open_ceremony(E'c\td', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', '2999-05-01')$$);
SELECT pg_temp.refused($$SELECT fairdraw.open_ceremony('c', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], ' https://example.org', '2999-05-01')$$);
SELECT pg_temp.refused($$SELECT fairdraw.open_ceremony('c', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', '2999-03-05')$$);
SELECT pg_temp.refused($$SELECT fairdraw.open_ceremony('c', ARRAY['beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', 'infinity')$$);

-- a ceremony that is no rehearsal is opened before its first due time
SELECT pg_temp.refused($$SELECT fairdraw.open_ceremony('c', ARRAY['dice local 66 2001-03-05T06:00:00Z #################### dice',
    'beacon public 64 2999-03-07T14:00:00Z @@@@@@@@@@@@@@@@ drand'], 'https://example.org', '2999-05-01')$$);
SELECT fairdraw.open_ceremony('c', ARRAY[:'past'], 'https://example.org', '2001-05-01', rehearsal => true);

-- its label is used once
SELECT pg_temp.open(:'beacon');

--
-- Committing: uids
--
SELECT pg_temp.commit('SELECT NULL::text AS uid');
SELECT pg_temp.commit($$SELECT '' AS uid$$);
SELECT pg_temp.commit($$VALUES ('a'), ('b'), ('a')$$);
SELECT pg_temp.commit($$SELECT * FROM (VALUES ('a'), ('b'), ('a')) AS f (uid)$$);
SELECT regexp_replace(pg_temp.commit($$SELECT repeat('x', 256) AS uid$$), 'x+', 'xxx');
SELECT regexp_replace(pg_temp.commit($$SELECT repeat('企', 86) AS uid$$), '企+', '企企企');
SELECT pg_temp.commit($$SELECT E'a\tb' AS uid$$);
SELECT pg_temp.commit($$SELECT E'a\nb' AS uid$$);
SELECT pg_temp.commit($$SELECT ' a' AS uid$$);
SELECT pg_temp.commit($$SELECT 'a' || chr(12288) AS uid$$);
SELECT pg_temp.commit($$SELECT chr(160) || 'a' AS uid$$);
SELECT pg_temp.commit($$SELECT 'cafe' || chr(769) AS uid$$);

-- characters that cannot be seen, or that change the direction, or that are none
SELECT pg_temp.commit(format('SELECT ''a'' || chr(%s) || ''b'' AS uid', c))
FROM unnest('{127,133,173,8203,8238,65039,65279,57344,65534,917505}'::integer[]) WITH ORDINALITY AS u (c, n) ORDER BY n;

-- rows are counted where they are seen: the order of uids is that of their bytes
SELECT pg_temp.commit($$SELECT * FROM (VALUES ('B', 1), ('a', 0), ('A', -1)) AS f (uid, weight)$$);

--
-- Committing: weights and strata
--
SELECT pg_temp.commit($$SELECT 'a' AS uid, NULL::numeric AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, 0 AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, -0.5 AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, 'NaN'::numeric AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, 'Infinity'::numeric AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, '-Infinity'::numeric AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, 0.1234567 AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, 0.0000001 AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, 9223372036854.775808 AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, 1e30 AS weight$$);
SELECT pg_temp.commit($$SELECT i AS uid, 9223372036854.775807 AS weight FROM generate_series(1, 2) AS i$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, 1.5::float8 AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, '1.5' AS weight$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, NULL::text AS stratum$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, '' AS stratum$$);
SELECT pg_temp.commit($$SELECT 'a' AS uid, E'a\tb' AS stratum$$);

--
-- Committing: sizes
--
\set three 'SELECT i AS uid, CASE WHEN i < 3 THEN ''a'' ELSE ''b'' END AS stratum FROM generate_series(1, 3) AS i'
SELECT pg_temp.commit(:'three', '-1');
SELECT pg_temp.commit(:'three', '{"a": 1, "b": -1}');
SELECT pg_temp.commit(:'three', '{"a": 3, "b": 1}');
SELECT pg_temp.commit(:'three', '2');
SELECT pg_temp.commit(:'three', '{"a": 1}');
SELECT pg_temp.commit(:'three', '{}');
SELECT pg_temp.commit(:'three', '{"a": 1, "b": 1, "c": 1}');
SELECT pg_temp.commit(:'three', '{"a": 1, "b": 1, "": 1}');
SELECT pg_temp.commit(:'three', '0.5');
SELECT pg_temp.commit(:'three', '3000000000');
SELECT pg_temp.commit(:'three', '"1"');
SELECT pg_temp.commit(:'three', 'null');
SELECT pg_temp.commit(:'three', '[1, 1]');
SELECT pg_temp.commit(:'three', NULL);
SELECT pg_temp.commit(:'three', '{"a": "1", "b": 1}');
SELECT pg_temp.commit(:'three', '{"a": {"reserve": 1}, "b": 1}');
SELECT pg_temp.commit(:'three', '{"a": {"n": 1, "reserve": -1}, "b": 1}');
SELECT pg_temp.commit(:'three', '{"a": {"n": 1, "spare": 1}, "b": 1}');

--
-- Committing: method, rotation, stream, label
--
SELECT pg_temp.commit(:'three', method => 'systematic');
SELECT pg_temp.commit(:'three', method => 'Pareto');
SELECT pg_temp.commit(:'three', method => NULL);
SELECT pg_temp.commit(:'three', '{"a": {"n": 1, "reserve": 1}, "b": 1}', method => 'poisson');
SELECT pg_temp.commit(:'three', rotation => '1/1');
SELECT r, split_part(pg_temp.commit(:'three', rotation => r), E'\n', 1)
FROM unnest('{"",x,1,1/,/2,1/0,2/4,0/2,3/2,-1/2,01/2,1/4097," 1/2",1/2/3}'::text[]) WITH ORDINALITY AS u (r, n) ORDER BY n;
SELECT pg_temp.commit(:'three', rotation => NULL);
SELECT pg_temp.commit(:'three', stream => '');
SELECT pg_temp.commit(:'three', stream => 'lottery/inspectors');
SELECT pg_temp.commit(:'three', stream => E'a\nb');
SELECT pg_temp.commit(:'three', label => '');
SELECT pg_temp.commit(:'three', label => ' d');
SELECT pg_temp.commit(:'three', label => NULL);
SELECT pg_temp.commit(:'three', ceremony => NULL);
SELECT pg_temp.commit(:'three', ceremony => 'C');
SELECT pg_temp.commit(NULL);
SELECT pg_temp.refused($$SELECT fairdraw.commit_draw('c', 'd', 'SELECT 1 AS uid', '1', sealed => NULL)$$);

--
-- Committing: the register is frame and exclusions
--
SELECT pg_temp.commit('SELECT i AS uid FROM generate_series(1, 3) AS i', register => 'SELECT i AS uid FROM generate_series(1, 4) AS i');
SELECT pg_temp.commit('SELECT i AS uid FROM generate_series(1, 3) AS i', register => 'SELECT i AS uid FROM generate_series(0, 3) AS i');
SELECT pg_temp.commit('SELECT i AS uid FROM generate_series(1, 3) AS i', register => 'SELECT i AS uid FROM generate_series(1, 2) AS i');
SELECT pg_temp.commit('SELECT i AS uid FROM generate_series(1, 3) AS i', exclusions => $$SELECT 5 AS uid, 'gone' AS reason$$,
                      register => 'SELECT i AS uid FROM generate_series(1, 3) AS i');
SELECT pg_temp.commit('SELECT i AS uid FROM generate_series(1, 3) AS i', exclusions => $$SELECT 0 AS uid, 'gone' AS reason$$,
                      register => 'SELECT i AS uid FROM generate_series(1, 3) AS i');
SELECT pg_temp.commit('SELECT i AS uid FROM generate_series(1, 3) AS i', register => 'SELECT 1 AS uid FROM generate_series(1, 3)');
SELECT pg_temp.commit('SELECT i AS uid FROM generate_series(1, 3) AS i', register => 'SELECT NULL::text AS uid');
SELECT pg_temp.commit('SELECT i AS uid FROM generate_series(1, 3) AS i', exclusions => $$SELECT 2 AS uid, 'gone' AS reason$$);
SELECT pg_temp.commit('SELECT 1 AS uid', exclusions => $$SELECT 2 AS uid, 'gone' AS reason FROM generate_series(1, 2)$$);
SELECT pg_temp.commit('SELECT 1 AS uid', exclusions => 'SELECT 2 AS uid');
SELECT pg_temp.commit('SELECT 1 AS uid', exclusions => 'SELECT 2 AS uid, NULL::text AS reason');
SELECT pg_temp.commit('SELECT 1 AS uid', exclusions => $$SELECT 2 AS uid, '' AS reason$$);
SELECT pg_temp.commit('SELECT 1 AS uid', exclusions => $$SELECT 2 AS uid, E'gone\nfor good' AS reason$$);

--
-- Committing: queries
--
CREATE SCHEMA regress_fairdraw_errors;
SET search_path = regress_fairdraw_errors, public;
CREATE TABLE firm (uid text);
INSERT INTO firm VALUES ('a'), ('b');
CREATE SEQUENCE number;
CREATE FUNCTION writes() RETURNS text LANGUAGE sql AS $$INSERT INTO firm VALUES ('c') RETURNING uid$$;
CREATE FUNCTION closes() RETURNS text LANGUAGE plpgsql AS $$BEGIN EXECUTE 'CLOSE ALL'; RETURN 'x'; END$$;
SELECT pg_temp.commit('');
SELECT pg_temp.commit('-- nothing');
SELECT pg_temp.commit('SELECT');
SELECT pg_temp.commit('SELECT uid FROM firm WHERE false');
SELECT pg_temp.commit('SELECT uid FROM nowhere');
SELECT pg_temp.commit('SELECT uid FORM firm');
SELECT pg_temp.commit('SELECT uid AS id, 1 AS weight FROM firm');
SELECT pg_temp.commit('SELECT uid, uid FROM firm');
SELECT pg_temp.commit('SELECT true AS uid');
SELECT pg_temp.commit('SELECT 1.5 AS uid');
SELECT pg_temp.commit('SELECT uid, current_date AS stratum FROM firm');
SELECT pg_temp.commit('SELECT uid FROM firm; SELECT uid FROM firm');
SELECT pg_temp.commit('SELECT uid FROM firm) AS f; DROP TABLE firm; SELECT (1');
SELECT pg_temp.commit($$INSERT INTO firm VALUES ('c') RETURNING uid$$);
SELECT pg_temp.commit('DELETE FROM firm RETURNING uid');
SELECT pg_temp.commit($$WITH new AS (INSERT INTO firm VALUES ('c') RETURNING uid) SELECT uid FROM new$$);
SELECT pg_temp.commit('SELECT uid INTO copy FROM firm');
SELECT pg_temp.commit('EXPLAIN SELECT uid FROM firm');
SELECT pg_temp.commit('SHOW search_path');
SELECT pg_temp.commit('SELECT $1 AS uid');
SELECT pg_temp.commit('SELECT uid FROM firm FOR UPDATE');
SELECT left(pg_temp.commit('TABLE firm', exclusions => 'SELECT closes() AS uid, ''x'' AS reason'), 32);
SELECT pg_temp.commit('SELECT writes() AS uid');
SELECT pg_temp.commit($$SELECT nextval('number') AS uid$$);
SELECT pg_temp.commit('SELECT 1 / (i - 2) AS uid FROM generate_series(1, 3) AS i');
SELECT pg_temp.commit($$SELECT fairdraw.seal_ceremony('c') AS uid$$);
SELECT pg_temp.commit($$SELECT fairdraw.commit_data('c', 'x', 'SELECT 1 AS a') AS uid$$);
SELECT pg_temp.commit($$SELECT uid FROM firm, fairdraw.abort_ceremony('c', 'reason')$$);
SELECT pg_temp.commit('TABLE firm', exclusions => 'SELECT writes() AS uid, ''x'' AS reason');
SELECT pg_temp.commit('TABLE firm', register => 'SELECT writes() AS uid');

-- nothing of all that was written, and nothing was committed
SELECT count(*) FROM firm;
SELECT last_value, is_called FROM number;
SELECT (SELECT count(*) FROM fairdraw_data.draw) AS draws, (SELECT count(*) FROM fairdraw_data.frame) AS units,
       (SELECT count(*) FROM fairdraw_data.frame_block) AS blocks, (SELECT count(*) FROM fairdraw_data.exclusion) AS exclusions;

-- after an error that was caught the transaction can write as before
BEGIN;
SELECT pg_temp.commit('SELECT writes() AS uid');
INSERT INTO firm VALUES ('still writable');
SHOW transaction_read_only;
SAVEPOINT s;
SELECT fairdraw.commit_draw('c', 'x', 'SELECT 1 / (i - 2) AS uid FROM generate_series(1, 3) AS i', '1');
ROLLBACK TO s;
INSERT INTO firm VALUES ('still writable');
SELECT fairdraw.commit_data('c', 'x', 'TABLE firm') IS NOT NULL;
ROLLBACK;

-- a transaction that is read-only from the start commits nothing
BEGIN READ ONLY;
SELECT fairdraw.commit_draw('c', 'x', 'TABLE firm', '1');
ROLLBACK;

-- what is allowed: tables of the caller's search_path, a semicolon, comments, WITH, VALUES, trailing zeros, 255 bytes, size 0
SELECT fairdraw.commit_draw('c', 'good/1', 'SELECT uid, 1.50000000 AS weight FROM firm; -- of both', '0') IS NOT NULL;
SELECT fairdraw.commit_draw('c', 'good/2', 'WITH f AS (TABLE firm) TABLE f', '2') IS NOT NULL;
SELECT fairdraw.commit_draw('c', 'good/3', 'SELECT * FROM (VALUES (7::bigint)) AS f (uid)', '1') IS NOT NULL;
SELECT fairdraw.commit_draw('c', 'good/4', $$SELECT repeat('x', 255)::varchar(300) AS uid, 9223372036854.775807 AS weight$$, '1.0') IS NOT NULL;
SELECT fairdraw.commit_draw('c', 'good/5', $$SELECT 'x'::char(9) AS uid, 's '::char(5) AS stratum, 3::smallint AS weight$$, '{"s": 1}') IS NOT NULL;
SELECT fairdraw.commit_draw('c', 'good/6', $$SELECT '6f1f7f6e-1b1c-4f8e-9b0a-3a1d2c4b5e6f'::uuid AS uid, 'unused' AS part$$, '1', sealed => false) IS NOT NULL;
SELECT split_part(t, E'\t', 1), split_part(t, E'\t', 2), length(t)
FROM unnest('{good/1,good/3,good/5,good/6}'::text[]) AS l, fairdraw.frame_lines(l) AS t;

-- a label of a draw is used once, in whatever ceremony
SELECT fairdraw.open_ceremony('other', ARRAY[:'past'], 'https://example.org', '2001-05-01', rehearsal => true);
SELECT pg_temp.commit('TABLE firm', label => 'good/1');
SELECT pg_temp.commit('TABLE firm', label => 'good/1', ceremony => 'other');

--
-- Committing data
--
SELECT pg_temp.data('SELECT 1.5::float8 AS ratio');
SELECT pg_temp.data($$SELECT '{}'::jsonb AS options$$);
SELECT pg_temp.data('SELECT ARRAY[1] AS numbers');
SELECT pg_temp.data('SELECT firm FROM firm');
SELECT pg_temp.data($$SELECT time '12:00' AS at$$);
SELECT pg_temp.data($$SELECT E'a\tb' AS note$$);
SELECT pg_temp.data($$SELECT E'a\nb' AS note$$);
SELECT pg_temp.data($$SELECT E'\\N' AS note$$);
SELECT pg_temp.data('SELECT FROM firm');
SELECT pg_temp.data('SELECT 1 AS "two words "');
SELECT pg_temp.data('SELECT writes() AS uid');
SELECT pg_temp.data('DELETE FROM firm RETURNING uid');
SELECT pg_temp.data('SELECT 1 AS a', 'Staff');
SELECT pg_temp.data('SELECT 1 AS a', 'secret');
SELECT pg_temp.data('SELECT 1 AS a', '');
SELECT pg_temp.data('SELECT 1 AS a', ceremony => 'C');

-- what is allowed: every type of the list, NULL, equal rows, no rows; the same text whatever the session's settings
CREATE TYPE regress_fairdraw_errors.shade AS ENUM ('light');
CREATE DOMAIN regress_fairdraw_errors.name AS varchar(20);
\set values 'SELECT ''x'' AS a, true AS b, 1::smallint AS c, 2::bigint AS d, 1.50 AS e, date ''2026-03-05'' AS f, timestamp ''2026-03-05 06:00'' AS g, timestamptz ''2026-03-05 06:00+08'' AS h, ''6f1f7f6e-1b1c-4f8e-9b0a-3a1d2c4b5e6f''::uuid AS i, ''D''::fairdraw.risk_class AS j, ''other''::fairdraw.result_code AS k, NULL::text AS l, ''y''::regress_fairdraw_errors.name AS m FROM generate_series(1, 2)'
SET datestyle = 'SQL, DMY';
SET timezone = 'Asia/Shanghai';
SELECT fairdraw.commit_data('c', 'all-types', :'values') IS NOT NULL;
SET datestyle = 'ISO, MDY';
SET timezone = 'UTC';
SELECT fairdraw.commit_data('c', 'no-rows', 'SELECT uid FROM firm WHERE false') IS NOT NULL;
SELECT t FROM fairdraw.data_text('c', 'all-types') AS t WHERE t !~ '^salt';
SELECT t FROM fairdraw.data_text('c', 'no-rows') AS t WHERE t !~ '^salt';
SELECT pg_temp.data('SELECT ''light''::regress_fairdraw_errors.shade AS shade');
SELECT pg_temp.data('SELECT 1 AS a', 'no-rows');

--
-- Sealing, and what is refused before and after it
--
SELECT pg_temp.refused($$SELECT fairdraw.seal_ceremony('other')$$);
SELECT pg_temp.execute('{"beacon": "0123456789abcdef"}');
SELECT pg_temp.refused($$SELECT fairdraw.ceremony_text('c')$$);
SELECT pg_temp.refused($$SELECT fairdraw.export_draw('good/1')$$);
SELECT pg_temp.refused($$SELECT fairdraw.unit_proof('good/1', 'a')$$);
SELECT fairdraw.seal_ceremony('c') IS NOT NULL;
SELECT pg_temp.refused($$SELECT fairdraw.seal_ceremony('c')$$);
SELECT pg_temp.commit('TABLE firm');
SELECT pg_temp.data('TABLE firm');
SELECT pg_temp.refused($$SELECT fairdraw.export_draw('good/1', 'press')$$);
SELECT pg_temp.refused($$SELECT fairdraw.unit_proof('good/1', E'a\tb')$$);
SELECT pg_temp.refused($$SELECT fairdraw.data_text('c', 'staff')$$);

-- before it is executed there is nothing to select, to show, to disclose, to correct, to archive
SELECT pg_temp.refused($$SELECT fairdraw.selection('good/1')$$);
SELECT pg_temp.refused($$SELECT fairdraw.result_text('good/1')$$);
SELECT pg_temp.refused($$SELECT fairdraw.seed_text('c')$$);
SELECT pg_temp.refused($$SELECT fairdraw.disclose_seed('c')$$);
SELECT pg_temp.refused($$SELECT fairdraw.correct_execution('c', '{"beacon": "0123456789abcdef"}', 'reason')$$);
SELECT pg_temp.refused($$SELECT fairdraw.archive_draw('good/1', '')$$);

--
-- Executing: a string for each source, which matches its mask
--
SELECT fairdraw.open_ceremony('e', ARRAY['dice local 16 2001-03-05T06:00:00Z ##### dice',
    'ssq public 16 2001-03-05T13:30:00Z ##,##+## Shuangseqiu', 'beacon public 32 2001-03-07T14:00:00Z x@@@@@@@@ drand'],
    'https://example.org', '2001-05-01', rehearsal => true);
SELECT fairdraw.commit_draw('e', 'e', 'SELECT i AS uid FROM generate_series(1, 20) AS i', '3') IS NOT NULL;
SELECT fairdraw.seal_ceremony('e') IS NOT NULL;
SELECT pg_temp.execute(NULL, 'e');
SELECT pg_temp.execute('[]', 'e');
SELECT pg_temp.execute('"01234"', 'e');
SELECT pg_temp.execute('{}', 'e');
SELECT pg_temp.execute('{"dice": "01234", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "01234", "ssq": "01,02+03", "beacon": "x01234567", "dlt": "01"}', 'e');
SELECT pg_temp.execute('{"dice": 1234, "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": null, "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": ["01234"], "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "0123", "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "012345", "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "0123a", "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "０１２３４", "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "01234", "ssq": "01-02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "01234", "ssq": "1,2+3", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "01234", "ssq": "01,02+03", "beacon": "xABCDEF01"}', 'e');
SELECT pg_temp.execute('{"dice": "01234", "ssq": "01,02+03", "beacon": ""}', 'e');
SELECT pg_temp.execute('{"dice": "none", "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.execute('{"dice": "01234", "ssq": "none", "beacon": "x01234567"}', 'e');
SELECT count(*) FROM fairdraw_data.execution;
SELECT fairdraw.execute_ceremony('e', '{"dice": "01234", "ssq": "01,02+03", "beacon": "x01234567"}') IS NOT NULL;

-- once; it cannot be aborted either
SELECT pg_temp.execute('{"dice": "01234", "ssq": "01,02+03", "beacon": "x01234567"}', 'e');
SELECT pg_temp.refused($$SELECT fairdraw.abort_ceremony('e', 'we do not like it')$$);

-- a correction has another value, and a reason
SELECT pg_temp.refused($$SELECT fairdraw.correct_execution('e', '{"dice": "01234", "ssq": "01,02+03", "beacon": "x01234567"}', 'reason')$$);
SELECT pg_temp.refused($$SELECT fairdraw.correct_execution('e', '{"dice": "01235", "ssq": "01,02+03", "beacon": "x01234567"}', '')$$);
SELECT pg_temp.refused($$SELECT fairdraw.correct_execution('e', '{"dice": "01235", "ssq": "01,02+03", "beacon": "x01234567"}', E'a\nb')$$);
SELECT pg_temp.refused($$SELECT fairdraw.correct_execution('e', '{"dice": "01235"}', 'reason')$$);
SELECT pg_temp.refused($$SELECT fairdraw.correct_execution('e', NULL, 'reason')$$);
SELECT pg_temp.refused($$SELECT fairdraw.correct_execution('e', '{"dice": "01235", "ssq": "01,02+03", "beacon": "x01234567"}', NULL)$$);

-- archiving asks for the seed to be public, and for the hash of the auditor's bundle
SELECT pg_temp.refused($$SELECT fairdraw.archive_draw('e', '')$$);
SELECT fairdraw.disclose_seed('e');
SELECT pg_temp.refused($$SELECT fairdraw.disclose_seed('e')$$);
SELECT pg_temp.refused($$SELECT fairdraw.archive_draw('e', repeat('0', 64))$$);

--
-- Aborting
--
SELECT pg_temp.refused($$SELECT fairdraw.abort_ceremony('c', '')$$);
SELECT fairdraw.abort_ceremony('c', 'reason');
SELECT pg_temp.refused($$SELECT fairdraw.abort_ceremony('c', 'reason')$$);
SELECT pg_temp.execute('{"beacon": "0123456789abcdef"}');
SELECT pg_temp.refused($$SELECT fairdraw.seal_ceremony('c')$$);
SELECT pg_temp.commit('TABLE firm');
SELECT pg_temp.data('TABLE firm');
SELECT pg_temp.open(:'past');

--
-- Times.  What is due in 2001 is loaded as a restore would load it.
--
SELECT fairdraw.open_ceremony('future', ARRAY[:'beacon'], 'https://example.org', '2999-05-01');
SELECT fairdraw.commit_data('future', 'rules', 'SELECT 1 AS ratio') IS NOT NULL;
SELECT fairdraw.seal_ceremony('future') IS NOT NULL;
SELECT pg_temp.execute('{"beacon": "0123456789abcdef"}', 'future');
ALTER TABLE fairdraw_data.ceremony DISABLE TRIGGER fairdraw_guard;
ALTER TABLE fairdraw_data.entropy_source DISABLE TRIGGER fairdraw_guard;
INSERT INTO fairdraw_data.ceremony (ceremony, rehearsal, agency, place, disclose, opened_by)
SELECT 'past', false, agency, place, '2001-05-01', opened_by FROM fairdraw_data.ceremony WHERE ceremony = 'future';
INSERT INTO fairdraw_data.entropy_source VALUES ('past', 1, 'beacon', 'public', 64, '2001-03-07T14:00:00Z', '@@@@@@@@@@@@@@@@', 'drand');
ALTER TABLE fairdraw_data.ceremony ENABLE ALWAYS TRIGGER fairdraw_guard;
ALTER TABLE fairdraw_data.entropy_source ENABLE ALWAYS TRIGGER fairdraw_guard;
SELECT fairdraw.commit_data('past', 'rules', 'SELECT 1 AS ratio') IS NOT NULL;
SELECT pg_temp.refused($$SELECT fairdraw.seal_ceremony('past')$$);
SELECT pg_temp.refused($$SELECT fairdraw.abort_ceremony('past', 'reason')$$);

-- a sealing is decided before the first due time: it cannot be kept in suspense
BEGIN;
SELECT fairdraw.open_ceremony('suspense', ARRAY[:'beacon'], 'https://example.org', '2999-05-01');
SELECT fairdraw.commit_data('suspense', 'rules', 'SELECT 1 AS ratio') IS NOT NULL;
SELECT fairdraw.seal_ceremony('suspense') IS NOT NULL;
PREPARE TRANSACTION 'suspense';
BEGIN;
SELECT fairdraw.abort_ceremony('future', 'reason');
PREPARE TRANSACTION 'suspense';

-- a ceremony is not executed without the secret that was committed
SELECT fairdraw.open_ceremony('lost', ARRAY[:'past'], 'https://example.org', '2001-05-01', rehearsal => true);
SELECT fairdraw.commit_data('lost', 'rules', 'SELECT 1 AS ratio') IS NOT NULL;
SELECT fairdraw.seal_ceremony('lost') IS NOT NULL;
ALTER TABLE fairdraw_data.ceremony_secret DISABLE TRIGGER fairdraw_guard;
UPDATE fairdraw_data.ceremony_secret SET secret = repeat('0', 64) WHERE ceremony = 'lost';
SELECT pg_temp.execute('{"beacon": "0123456789abcdef"}', 'lost');
DELETE FROM fairdraw_data.ceremony_secret WHERE ceremony = 'lost';
SELECT pg_temp.execute('{"beacon": "0123456789abcdef"}', 'lost');
ALTER TABLE fairdraw_data.ceremony_secret ENABLE ALWAYS TRIGGER fairdraw_guard;

-- other levels of isolation do as well
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM fairdraw_data.ceremony WHERE ceremony = 'rr';
SELECT fairdraw.open_ceremony('rr', ARRAY[:'past'], 'https://example.org', '2001-05-01', rehearsal => true);
SELECT fairdraw.commit_draw('rr', 'rr', 'SELECT i AS uid FROM generate_series(1, 20) AS i', '3') IS NOT NULL;
SELECT fairdraw.seal_ceremony('rr') IS NOT NULL;
SELECT fairdraw.execute_ceremony('rr', '{"beacon": "0123456789abcdef"}') IS NOT NULL;
SELECT count(*) FROM fairdraw.verify_draw('rr') WHERE NOT ok;
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT fairdraw.open_ceremony('serializable', ARRAY[:'past'], 'https://example.org', '2001-05-01', rehearsal => true);
SELECT fairdraw.commit_draw('serializable', 'serializable', 'SELECT i AS uid FROM generate_series(1, 20) AS i', '3') IS NOT NULL;
SELECT fairdraw.seal_ceremony('serializable') IS NOT NULL;
SELECT fairdraw.execute_ceremony('serializable', '{"beacon": "0123456789abcdef"}') IS NOT NULL;
SELECT count(*) FROM fairdraw.verify_draw('serializable') WHERE NOT ok;
COMMIT;

--
-- Records: nobody changes them, nobody else appends to them, whatever the replication role
--
CREATE TEMP TABLE change AS
SELECT c.relname, v.n, v.kind, CASE v.kind
           WHEN 'INSERT' THEN format('INSERT INTO fairdraw_data.%I OVERRIDING SYSTEM VALUE SELECT * FROM fairdraw_data.%I', c.relname, c.relname)
           WHEN 'UPDATE' THEN format('UPDATE fairdraw_data.%I SET %I = %I', c.relname, a.attname, a.attname)
           WHEN 'DELETE' THEN format('DELETE FROM fairdraw_data.%I', c.relname)
           WHEN 'TRUNCATE' THEN format('TRUNCATE fairdraw_data.%I CASCADE', c.relname) END AS statement
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = c.relnatts,
     (VALUES (1, 'INSERT'), (2, 'UPDATE'), (3, 'DELETE'), (4, 'TRUNCATE')) AS v (n, kind)
WHERE c.relnamespace = 'fairdraw_data'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL (fairdraw.rule_tables())
  -- setup() writes to these two
  AND (v.n > 2 OR c.relname NOT IN ('agency', 'step'));
SELECT kind, replace(pg_temp.refused(statement), format('"%s"', relname), '"..."'), count(*) FROM change GROUP BY n, kind, 2 ORDER BY n;
SET session_replication_role = replica;
SELECT kind, replace(pg_temp.refused(statement), format('"%s"', relname), '"..."'), count(*) FROM change GROUP BY n, kind, 2 ORDER BY n;
RESET session_replication_role;
COPY fairdraw_data.disclosure (ceremony, disclosed_by) FROM stdin;
c	me
\.
SELECT pg_temp.refused($$MERGE INTO fairdraw_data.disclosure d USING (VALUES ('c')) AS v (c) ON false
    WHEN NOT MATCHED THEN INSERT (ceremony, disclosed_by) VALUES (v.c, 'me')$$);
SELECT pg_temp.refused('SELECT fairdraw.guard()');

-- the guard works on any table that it is put on
CREATE TRIGGER guard BEFORE UPDATE ON firm FOR EACH STATEMENT EXECUTE FUNCTION fairdraw.guard();
SELECT pg_temp.refused('UPDATE firm SET uid = uid');

\pset format aligned
\pset tuples_only off
DROP SCHEMA regress_fairdraw_errors CASCADE;
DROP SCHEMA fairdraw_data CASCADE;
