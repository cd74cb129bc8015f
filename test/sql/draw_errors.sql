--
-- What draw() refuses, and how it says so
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA draw_errors;
SET search_path = draw_errors, fairdraw, public;
\set SHOW_CONTEXT never

-- code, message, detail and hint of what a statement is refused with
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE, SQLERRM, NULLIF(detail, ''), NULLIF(hint, ''));
END
$$;
CREATE FUNCTION refusal_of_frame(frame text, sizes jsonb DEFAULT '1', method text DEFAULT 'auto') RETURNS text LANGUAGE sql AS
$$ SELECT refusal(format('SELECT * FROM draw(%L, %L, ''seed'', ''draw'', %L)', frame, sizes, method)) $$;
-- code and detail alone, where the message would hold what cannot be seen
CREATE FUNCTION brief(refusal text) RETURNS text LANGUAGE sql AS
$$ SELECT CASE refusal WHEN 'accepted' THEN refusal ELSE concat_ws(' | ', split_part(refusal, ' | ', 1), split_part(refusal, ' | ', 3)) END $$;
CREATE FUNCTION refusal_of_uid(uid text) RETURNS text LANGUAGE sql AS
$$ SELECT brief(refusal_of_frame(format('SELECT %L AS uid', uid))) $$;
CREATE FUNCTION refusal_of_weight(weight text) RETURNS text LANGUAGE sql AS
$$ SELECT refusal_of_frame(format('SELECT ''a'' AS uid, %s AS weight', weight)) $$;
\pset format unaligned
\pset tuples_only on

CREATE TABLE firm AS SELECT 'firm-' || i AS uid, 'food' AS stratum, 1 AS weight FROM generate_series(1, 300) AS i;

--
-- Ids
--
SELECT * FROM draw('SELECT NULL AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT '''' AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw($$SELECT ''::char(5) AS uid$$, '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
-- twice, in a small stratum and in a large one, with one weight or two
SELECT * FROM draw('TABLE firm UNION ALL SELECT ''firm-7'', ''lifts'', 1 UNION ALL SELECT ''firm-7'', ''lifts'', 1', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_frame('SELECT uid FROM firm WHERE uid LIKE ''%7'' UNION ALL SELECT ''firm-7''', '1', method) FROM unnest('{pareto,pivotal,poisson}'::text[]) AS method;
SELECT refusal_of_frame('TABLE firm UNION ALL TABLE firm', '20', method) FROM unnest('{auto,pareto,pivotal,poisson}'::text[]) AS method;
SELECT refusal_of_frame('TABLE firm UNION ALL SELECT ''firm-85'', ''food'', 100000', '5', method) FROM unnest('{auto,pareto,pivotal,poisson}'::text[]) AS method;
-- 255 bytes of UTF-8 are allowed
SELECT refusal_of_uid(repeat('x', 255)), refusal_of_uid(repeat('电', 85));
SELECT * FROM draw('SELECT repeat(''x'', 256) AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_uid(repeat('电', 85) || '梯');
-- control characters
SELECT * FROM draw('SELECT E''a\tb'' AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_uid(E'a\n'), refusal_of_uid(U&'\0001'), refusal_of_uid(U&'a\001Fb'), refusal_of_uid(U&'a\007Fb'), refusal_of_uid(U&'a\0080b'), refusal_of_uid(U&'a\009Fb');
-- not in NFC: an e with a combining acute, a Hangul syllable in parts, an Ångström sign, a compatibility ideograph
SELECT * FROM draw($$SELECT U&'cafe\0301' AS uid$$, '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_uid(U&'\1100\1161'), refusal_of_uid(U&'\212B'), refusal_of_uid(U&'\F900'), refusal_of_uid(U&'\+02F800');
SELECT refusal_of_uid('café'), refusal_of_uid(U&'\AC00'), refusal_of_uid(U&'\00C5');
-- invisible and direction-changing: the first and the last of every range, and one from within
SELECT to_hex(c), refusal_of_uid('a' || chr(c) || 'b')
FROM unnest(ARRAY[x'00AD', x'034F', x'061C', x'115F', x'1160', x'17B4', x'17B5', x'180B', x'180E', x'180F', x'200B', x'200D', x'200F',
                  x'2028', x'202A', x'202E', x'2060', x'2066', x'206F', x'3164', x'FE00', x'FE0F', x'FEFF', x'FFA0', x'FFF0', x'FFF9', x'FFFB']::int[]) AS c;
-- their neighbours are allowed
SELECT to_hex(c), refusal_of_uid('a' || chr(c) || 'b')
FROM unnest(ARRAY[x'0020', x'007E', x'00A1', x'00AC', x'00AE', x'061B', x'061D', x'115E', x'17B6', x'2010', x'2027', x'202F', x'205F', x'2070', x'3000', x'3163', x'3165',
                  x'FDF0', x'FE10', x'FFA1', x'FFEE', x'FFFC', x'FFFD', x'D7FF', x'10000', x'20BB7', x'DFFFD']::int[]) AS c;
-- private use, non-characters, and everything from U+E0000
SELECT to_hex(c), refusal_of_uid('a' || chr(c) || 'b')
FROM unnest(ARRAY[x'E000', x'F123', x'F8FF', x'FDD0', x'FDE0', x'FDEF', x'FFFE', x'FFFF', x'1FFFE', x'1FFFF', x'2FFFE', x'DFFFF', x'E0000', x'E0001', x'E0100', x'F0000', x'10FFFD', x'10FFFF']::int[]) AS c;
-- white space at either end
SELECT * FROM draw('SELECT ''a '' AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT to_hex(c), refusal_of_uid(chr(c) || 'a'), refusal_of_uid('a' || chr(c)), refusal_of_uid('a' || chr(c) || 'b')
FROM unnest(ARRAY[x'0020', x'00A0', x'1680', x'2002', x'2009', x'200A', x'202F', x'205F', x'3000']::int[]) AS c;
SELECT refusal_of_uid(' '), refusal_of_uid(U&'\3000');

--
-- Strata
--
SELECT * FROM draw('SELECT uid, NULL AS stratum FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT uid, '''' AS stratum FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT brief(refusal_of_frame(format('SELECT uid, %L AS stratum FROM firm', stratum))) FROM unnest(ARRAY[E'a\tb', ' food', U&'fo\200Bod', U&'cafe\0301', repeat('x', 256)]) AS stratum;

--
-- Weights
--
SELECT * FROM draw('SELECT uid, NULL::int AS weight FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT uid, 0 AS weight FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT uid, 0.1234567 AS weight FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT weight, refusal_of_weight(weight) FROM unnest('{0.0,-1,-0.000001,''NaN''::numeric,''Infinity''::numeric,''-Infinity''::numeric}'::text[]) AS weight;
SELECT weight, refusal_of_weight(weight) FROM unnest('{0.0000001,1.0000001,0.9999999,1e-20,9223372036854.775808,1e13,123456789012345678901234567890}'::text[]) AS weight;
-- six digits, and zeros behind them, are allowed
SELECT weight, refusal_of_weight(weight) FROM unnest('{0.000001,1.1234560000,0.1000000000000000,9223372036854.775807,9223372036854.7758070,1.000000000000000000000000000000000000000000000000000000000000000000000000000000}'::text[]) AS weight;
-- the sum of a stratum
SELECT * FROM draw('SELECT * FROM (VALUES (1, 9223372036854.775807), (2, 0.000001)) AS v (uid, weight)', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_frame('SELECT * FROM (VALUES (1, 9223372036854.775806), (2, 0.000001)) AS v (uid, weight)');
SELECT refusal_of_frame('SELECT uid, 9223372036854 AS weight FROM firm');
-- another stratum has a sum of its own
SELECT refusal_of_frame('SELECT * FROM (VALUES (1, 9223372036854.775807, ''a''), (2, 9223372036854.775807, ''b'')) AS v (uid, weight, stratum)');

--
-- Sizes
--
SELECT * FROM draw('TABLE firm', '-1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('TABLE firm', '1.5', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('TABLE firm', '301', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('TABLE firm', '{"lifts": 1}', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('TABLE firm', '{"food": 1, "lifts": 1}', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_frame('TABLE firm', '{"food": 1, "lifts": 0}');
SELECT refusal_of_frame('TABLE firm', '{"a": 1, "food": 1}');
SELECT sizes, refusal_of_frame('TABLE firm', sizes)
FROM unnest(ARRAY['"1"', 'true', 'null', '[]', '[1]', '{}', '{"food": "1"}', '{"food": null}', '{"food": true}', '{"food": [1]}', '{"food": {}}',
                  '{"food": {"reserve": 1}}', '{"food": {"n": "1"}}', '{"food": {"n": null}}', '{"food": {"n": 1, "r": 1}}', '{"food": {"n": {"n": 1}}}', '{"food": {"n": 1, "reserve": [1]}}',
                  '{"food": -1}', '{"food": 0.5}', '{"food": {"n": 1, "reserve": -1}}', '{"food": {"n": 1, "reserve": 0.1}}', '-0.5', '2147483648', '1e30', '1e-30', '{"food": {"n": 1, "reserve": 18446744073709551617}}']::jsonb[]) AS sizes;
-- 2147483647 is the largest
SELECT refusal_of_frame('TABLE firm', '2147483647');
-- names of strata in the sizes are names: nothing can be said behind them
SELECT sizes, brief(refusal_of_frame('TABLE firm', sizes))
FROM unnest(ARRAY['{"": 1}', '{"food\t1\t0": 1}', '{"food\t1\t0\nstratum: lifts": 1}', '{" food": 1}']::jsonb[]) AS sizes;

--
-- Method, rotation, stream, seed
--
SELECT * FROM draw('TABLE firm', '1', 'seed', 'draw', 'systematic');
\echo :LAST_ERROR_SQLSTATE
SELECT method, refusal_of_frame('TABLE firm', '1', method) FROM unnest(ARRAY['', 'Pareto', 'pareto ', 'sequential']) AS method;
SELECT * FROM draw('TABLE firm', '{"food": {"n": 1, "reserve": 1}}', 'seed', 'draw', 'poisson');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_frame('TABLE firm', '{"food": {"n": 1, "reserve": 0}}', 'poisson');
SELECT * FROM draw('TABLE firm', '1', 'seed', 'draw', 'auto', '2/4');
\echo :LAST_ERROR_SQLSTATE
SELECT rotation, refusal(format('SELECT * FROM draw(''TABLE firm'', ''1'', ''seed'', ''draw'', ''auto'', %L)', rotation))
FROM unnest(ARRAY['1/1', '2/1', '0/2', '3/2', '1/4097', '0/0', '1/0', '-1/2', '1/-2', '01/2', '1/02', '1', '1/', '/2', '', ' 1/2', '1/2 ', '1.0/2', '1/2/3', 'a/b', '99999999999/2', '1/99999999999', '0/1', '1/2', '4095/4096', '1/3']) AS rotation;
SELECT * FROM draw('TABLE firm', '1', 'seed', 'lottery/x');
\echo :LAST_ERROR_SQLSTATE
SELECT brief(refusal(format('SELECT * FROM draw(''TABLE firm'', ''1'', ''seed'', %L)', stream)))
FROM unnest(ARRAY['', ' draw', E'dr\taw', U&'dr\200Baw', repeat('x', 256), 'lottery', 'Lottery/x', 'lottery/']) AS stream;
SELECT * FROM draw('TABLE firm', '1', '');
\echo :LAST_ERROR_SQLSTATE

--
-- NULL for an argument
--
SELECT * FROM draw(NULL, '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT arguments, refusal(format('SELECT * FROM draw(%s)', arguments))
FROM unnest(ARRAY['''TABLE firm'', NULL, ''seed''', '''TABLE firm'', ''1'', NULL', '''TABLE firm'', ''1'', ''seed'', NULL',
                  '''TABLE firm'', ''1'', ''seed'', ''draw'', NULL', '''TABLE firm'', ''1'', ''seed'', ''draw'', ''auto'', NULL']) AS arguments;

--
-- Frames
--
SELECT * FROM draw('SELECT * FROM firm WHERE false', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT weight, stratum AS "Stratum" FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT uid, weight, uid FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_frame('SELECT uid, weight, stratum, stratum FROM firm'), refusal_of_frame('SELECT uid, weight AS "Uid" FROM firm');
SELECT * FROM draw('SELECT uid, weight::float8 FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT weight::numeric AS uid FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_frame(format('SELECT %s FROM firm', columns))
FROM unnest(ARRAY['1.0::real AS weight, uid', '''1'' AS weight, uid', '''1''::money AS weight, uid', 'true AS weight, uid', 'current_date AS uid', 'true AS uid', '1.5::float8 AS uid', 'uid::bytea AS uid', 'array[uid] AS uid', 'firm AS uid', 'uid::name AS uid', 'uid::jsonb AS uid',
                  'uid, 1.5 AS stratum', 'uid, current_date AS stratum']) AS columns;
SELECT refusal_of_frame('VALUES (''a'')');
-- one query that only reads
SELECT * FROM draw('', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('TABLE firm; TABLE firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('INSERT INTO firm VALUES (''x'') RETURNING uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT uid INTO copy FROM firm', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('WITH x AS (INSERT INTO firm VALUES (''x'') RETURNING uid) SELECT uid FROM x', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT uid FROM firm FOR UPDATE', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_frame(frame)
FROM unnest(ARRAY[';', '-- nothing', 'UPDATE firm SET uid = uid RETURNING uid', 'DELETE FROM firm', 'EXPLAIN SELECT uid FROM firm', 'COPY firm TO STDOUT', 'CREATE TABLE x AS TABLE firm', 'DO $d$ BEGIN END $d$',
                  'SET work_mem = 1', 'BEGIN', 'SHOW work_mem', 'EXECUTE s', 'CALL p()', 'DECLARE c CURSOR FOR TABLE firm', 'TABLE firm; DROP TABLE firm', 'SELECT uid FROM firm WHERE uid = $1', 'SELECT FROM firm']) AS frame;
-- functions that write
CREATE FUNCTION writes() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO firm VALUES ('written');
    RETURN 'x';
END
$$;
CREATE FUNCTION lets_itself_write() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('transaction_read_only', 'off', true);
    INSERT INTO firm VALUES ('written');
    RETURN 'x';
END
$$;
CREATE FUNCTION catches() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        PERFORM writes();
    EXCEPTION WHEN OTHERS THEN
        RAISE WARNING 'caught: %', SQLERRM;
    END;
    RETURN writes();
END
$$;
CREATE SEQUENCE numbers;
SELECT * FROM draw('SELECT writes() AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT lets_itself_write() AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT catches() AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM draw('SELECT nextval(''numbers'') AS uid', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM firm;

-- errors point into the text of the frame
\set SHOW_CONTEXT errors
SELECT * FROM draw('SELECT uid FORM firm WHERE', '1', 'seed');
SELECT * FROM draw('SELECT no_such FROM firm', '1', 'seed');
SELECT * FROM draw('TABLE no_such', '1', 'seed');
-- nobody gets out of the parentheses around it
SELECT * FROM draw('SELECT 1) f, (SELECT 2', '1', 'seed');
SELECT * FROM draw('SELECT uid FROM firm) AS f; DELETE FROM firm; SELECT (1', '1', 'seed');
SELECT * FROM draw('SELECT uid FROM firm) AS f --', '1', 'seed');
SELECT * FROM draw('SELECT uid FROM firm /*', '1', 'seed');
\set SHOW_CONTEXT never

--
-- Whose rights count
--
CREATE ROLE regress_drawer;
GRANT USAGE ON SCHEMA draw_errors, fairdraw TO regress_drawer;
CREATE TABLE owned AS TABLE firm;
CREATE TABLE guarded AS SELECT uid, uid LIKE '%7' AS mine FROM firm;
GRANT SELECT ON guarded TO regress_drawer;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON guarded TO regress_drawer USING (mine);
SET ROLE regress_drawer;
-- the caller's: a table that is not granted
SELECT * FROM draw('TABLE owned', '1', 'seed');
\echo :LAST_ERROR_SQLSTATE
-- and row-level security
SELECT count(*), bool_and(mine) FROM draw('SELECT uid FROM guarded', '30', 'seed') AS d JOIN guarded USING (uid);
SELECT * FROM draw('SELECT uid FROM guarded', '31', 'seed');
RESET ROLE;
SELECT count(*) FROM draw('SELECT uid FROM guarded', '31', 'seed');

--
-- After a draw, and after one that failed, the transaction can write again
--
CREATE TABLE result (uid text);
BEGIN;
SELECT count(*) FROM draw('TABLE firm', '1', 'seed');
SHOW transaction_read_only;
INSERT INTO result VALUES ('after a draw');
SAVEPOINT s;
SELECT * FROM draw('SELECT writes() AS uid', '1', 'seed');
ROLLBACK TO s;
SHOW transaction_read_only;
INSERT INTO result VALUES ('after a savepoint');
DO $$
BEGIN
    PERFORM draw('SELECT writes() AS uid', '1', 'seed');
EXCEPTION WHEN read_only_sql_transaction THEN
    INSERT INTO result VALUES ('in a handler');
END
$$;
INSERT INTO result SELECT uid FROM draw('TABLE firm', '1', 'seed');
COMMIT;
TABLE result;
-- a transaction that was read-only stays so
BEGIN READ ONLY;
SELECT count(*) FROM draw('TABLE firm', '1', 'seed');
SHOW transaction_read_only;
INSERT INTO result VALUES ('never');
ROLLBACK;
-- settings that a draw changes while it runs are what they were
SET enable_partitionwise_aggregate = off;
SELECT count(*) FROM draw('SELECT *, 1 AS part FROM firm', '1', 'seed');
SHOW enable_partitionwise_aggregate;
DO $$
BEGIN
    PERFORM draw('SELECT *, 1 AS part, 1 / (weight - 1) AS x FROM firm ORDER BY x', '1', 'seed');
EXCEPTION WHEN division_by_zero THEN
    RAISE WARNING 'enable_partitionwise_aggregate is %', current_setting('enable_partitionwise_aggregate');
END
$$;

--
-- Too large
--
SELECT * FROM draw('SELECT repeat(''x'', 240) || i AS uid FROM generate_series(1, 2000000) AS i', '1', 'seed', 'draw', 'pivotal');
\echo :LAST_ERROR_SQLSTATE

RESET ALL;
SET client_min_messages = warning;
DROP SCHEMA draw_errors CASCADE;
DROP OWNED BY regress_drawer;
DROP ROLE regress_drawer;
