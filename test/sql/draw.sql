--
-- draw(): a reproducible weighted draw over any query
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA draw_test;
SET search_path = draw_test, fairdraw, public;

-- the frame and the seed of the protocol's vector
CREATE TABLE vector (uid text, stratum text, weight numeric);
INSERT INTO vector VALUES
    ('91110108551385082Q', 'food', 40), ('914403001922038216', 'food', 25), ('91110000101623741K', 'food', 20),
    ('911101066976941872', 'food', 10), ('91110000600037341L', 'food', 5),
    ('LIFT-001', 'lifts', 1), ('LIFT-002', 'lifts', 1), ('LIFT-003', 'lifts', 1), ('LIFT-004', 'lifts', 1.5), ('电梯-005', 'lifts', 1),
    ('BIG-1', 'plants', 90), ('BIG-2', 'plants', 8), ('BIG-3', 'plants', 1), ('BIG-4', 'plants', 1),
    (U&'\+020BB7-1', 'unicode', 1), (U&'\FF08-1', 'unicode', 2), ('Ω-1', 'unicode', 2);
SELECT E'fairdraw/1 seed\nceremony: 015a1c2bc6fe3394f20d66cf928b8677fde134840455ec138c9920c85dc9d3ab\n'
       'dice: 01382438112797316654\nssq: 03,07,12,18,22,30+11\ndlt: 01,08,19,23,34+02,11\n'
       'secret: 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n' AS seed \gset
\set stream 2026-03/targets
\set sizes '{"food": {"n": 2, "reserve": 1}, "lifts": {"n": 2, "reserve": 9}, "plants": 2, "unicode": {"n": 3, "reserve": 1}}'
\set sizes_without_reserve '{"food": 2, "lifts": 2, "plants": 2, "unicode": 3}'

-- the vector: its key, and its rows under every method
SELECT stream_key(:'seed', :'stream');
SELECT * FROM draw('TABLE vector', :'sizes', :'seed', :'stream', 'pareto');
SELECT * FROM draw('TABLE vector', :'sizes', :'seed', :'stream', 'auto');
SELECT * FROM draw('TABLE vector', :'sizes_without_reserve', :'seed', :'stream', 'poisson');
SELECT * FROM draw('TABLE vector', :'sizes_without_reserve', :'seed', :'stream', 'pareto', '1/2');

-- a draw as one value, to compare two of them with the order of their rows
CREATE FUNCTION drawn(frame text, sizes jsonb, seed text, stream text DEFAULT 'draw', method text DEFAULT 'auto', rotation text DEFAULT '0/1')
RETURNS text[] LANGUAGE sql AS 'SELECT array_agg(d::text) FROM draw(frame, sizes, seed, stream, method, rotation) AS d';

-- auto means pivotal in a stratum of 200 units and pareto in one of 201
CREATE TABLE border AS
    SELECT i || '/' || size AS uid, size::text AS stratum, 1 + i % 4 AS weight
    FROM unnest('{200,201}'::int[]) AS size, generate_series(1, size) AS i;
SELECT stratum, (SELECT array_agg(d) FROM draw('TABLE border', '20', 'seed', 'draw', 'auto') AS d WHERE d.stratum = s.stratum)
              = (SELECT array_agg(d) FROM draw('TABLE border', '20', 'seed', 'draw', 'pivotal') AS d WHERE d.stratum = s.stratum) AS is_pivotal,
                (SELECT array_agg(d) FROM draw('TABLE border', '20', 'seed', 'draw', 'auto') AS d WHERE d.stratum = s.stratum)
              = (SELECT array_agg(d) FROM draw('TABLE border', '20', 'seed', 'draw', 'pareto') AS d WHERE d.stratum = s.stratum) AS is_pareto
FROM unnest('{200,201}'::text[]) AS s (stratum);

--
-- Frames
--
CREATE TABLE firm AS
    SELECT 'firm-' || i AS uid, (ARRAY['food', '电梯', 'Ω'])[1 + i % 3] AS stratum, (1 + i % 7)::numeric AS weight, i AS number
    FROM generate_series(1, 1000) AS i;

-- only uid is needed: one stratum "all", weights of 1
SELECT * FROM draw('SELECT uid FROM firm', '3', 'seed');
-- columns are found by name, whatever stands beside them
SELECT drawn('SELECT number, weight, stratum, now() AS loaded, uid FROM firm', '5', 'seed') = drawn('SELECT uid, stratum, weight FROM firm', '5', 'seed') AS same;
-- a weight of 1 is the default
SELECT drawn('SELECT uid, stratum, 1 AS weight FROM firm', '5', 'seed') = drawn('SELECT uid, stratum FROM firm', '5', 'seed') AS same;

-- every type of id gives what its text gives
CREATE DOMAIN credit_code AS varchar(18) CHECK (value <> '');
SELECT type, drawn(format('SELECT number::%s AS uid FROM firm', type), '5', 'seed') = drawn('SELECT number::text AS uid FROM firm', '5', 'seed') AS same
FROM unnest('{smallint,integer,bigint,varchar,credit_code,text}'::text[]) AS type;
SELECT drawn('SELECT uid::char(20) FROM firm', '5', 'seed') = drawn('SELECT uid FROM firm', '5', 'seed') AS "blanks of char(n) do not count";
SELECT drawn('SELECT md5(uid)::uuid AS uid FROM firm', '5', 'seed') = drawn('SELECT md5(uid)::uuid::text AS uid FROM firm', '5', 'seed') AS "uuid is its text";
-- and every type of weight
CREATE DOMAIN risk AS numeric(8, 2);
SELECT type, drawn(format('SELECT uid, weight::%s FROM firm', type), '5', 'seed') = drawn('SELECT uid, weight FROM firm', '5', 'seed') AS same
FROM unnest('{smallint,integer,bigint,"numeric(20,9)",risk}'::text[]) AS type;

-- the text of a frame is a SELECT, TABLE, VALUES or WITH, with or without a semicolon and comments
SELECT frame, drawn(frame, '5', 'seed') = drawn('SELECT uid FROM firm', '5', 'seed') AS same
FROM (VALUES ('SELECT uid FROM firm;'), ('SELECT uid FROM firm -- all of them'), ('SELECT uid FROM firm; -- all of them'),
             ('/* ; */ SELECT uid FROM firm /* all of them */ ; ;'), (E'\n\tSELECT uid\nFROM firm\n'), ('(SELECT uid FROM firm)'),
             ('WITH f AS (SELECT uid FROM firm) TABLE f'), ('SELECT uid FROM firm WHERE number < 500 UNION ALL SELECT uid FROM firm WHERE number >= 500'),
             ('SELECT uid FROM firm ORDER BY number DESC LIMIT 1000'), ('WITH RECURSIVE f AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM f WHERE i < 1000) SELECT ''firm-'' || i AS uid FROM f')) AS f (frame);
SELECT uid FROM draw('TABLE vector', '0', 'seed');
SELECT uid FROM draw($$SELECT * FROM (VALUES ('a'), ('b'), ('c')) AS v (uid)$$, '1', 'seed');
-- the caller's search_path says which table is meant
CREATE SCHEMA draw_other;
CREATE TABLE draw_other.firm AS SELECT 'other' AS uid;
SET search_path = draw_other;
SELECT uid FROM fairdraw.draw('TABLE firm', '1', 'seed');
SET search_path = '';
SELECT uid FROM fairdraw.draw('TABLE draw_other.firm', '1', 'seed');
SET search_path = draw_test, fairdraw, public;
-- objects of the same names in front change nothing
CREATE FUNCTION draw_other.lower_first(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE TYPE draw_other.text AS (a int);
CREATE TYPE draw_other.numeric AS (a int);
CREATE OPERATOR draw_other.= (FUNCTION = draw_other.lower_first, LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text);
SET search_path = draw_other, pg_catalog;
CREATE TABLE draw_test.deceived AS SELECT * FROM fairdraw.draw('SELECT uid::varchar, stratum::varchar, weight FROM draw_test.firm', '5', 'seed');
SET search_path = draw_test, fairdraw, public;
SELECT (SELECT array_agg(d::text) FROM deceived AS d) = drawn('TABLE firm', '5', 'seed') AS same;
-- a frame may hold quotes, backslashes and dollars, in ids, strata and sizes
SELECT stratum, uid FROM draw($q$SELECT * FROM (VALUES ($$it's$$, $$\a'b$$), ($$$1$$, 'c"d'), ('%s', '$1')) AS v (uid, stratum)$q$,
                              '{"\\a''b": 1, "c\"d": 1, "$1": 1}', 'seed');
-- (19 has standard strings only)
SELECT current_setting('server_version_num')::integer < 190000 AS has_other_strings \gset
\if :has_other_strings
SET standard_conforming_strings = off;
SET escape_string_warning = off;
\endif
SELECT stratum, uid FROM draw($q$SELECT * FROM (VALUES ($$it's$$, $$\a'b$$), ($$$1$$, 'c"d'), ('%s', '$1')) AS v (uid, stratum)$q$,
                              $q${"\\a'b": 1, "c\"d": 1, "$1": 1}$q$, 'seed');
\if :has_other_strings
RESET standard_conforming_strings;
RESET escape_string_warning;
\endif
-- a frame may be another draw: firms first, then one of their branches each
SELECT uid FROM draw($$SELECT uid FROM fairdraw.draw('TABLE draw_test.firm', '20', 'first')$$, '3', 'second');
-- a draw sees what its transaction wrote
BEGIN;
DELETE FROM firm WHERE uid <> 'firm-7';
SELECT uid FROM draw('TABLE firm', '1', 'seed');
ROLLBACK;
DO $$
BEGIN
    DELETE FROM draw_test.firm WHERE uid <> 'firm-8';
    RAISE WARNING 'drawn: %', (SELECT uid FROM fairdraw.draw('TABLE draw_test.firm', '1', 'seed'));
    RAISE EXCEPTION 'nothing is kept';
END
$$;

--
-- Sizes
--
SELECT sizes, (SELECT json_object_agg(stratum, count ORDER BY stratum COLLATE "C") FROM (SELECT stratum, count(*) FROM draw('TABLE firm', sizes, 'seed') GROUP BY stratum) AS c) AS drawn
FROM unnest(ARRAY['2', '2.0', '0', '{"food": 1, "Ω": 0, "电梯": 3}', '{"food": {"n": 1}, "Ω": {"n": 2, "reserve": 2}, "电梯": {"reserve": 1, "n": 0}}',
                  '{"food": 333, "Ω": 1, "电梯": 1}']::jsonb[]) AS sizes;
-- what can be had of a reserve is had
SELECT role, count(*) FROM draw('TABLE firm', '{"food": {"n": 330, "reserve": 2147483647}, "Ω": 0, "电梯": 0}', 'seed') GROUP BY role ORDER BY role;
SELECT role, count(*) FROM draw('SELECT uid FROM firm', '{"all": {"n": 1, "reserve": 2000}}', 'seed') GROUP BY role ORDER BY role;
-- where nobody is wanted there is no reserve
SELECT role, count(*) FROM draw('SELECT uid FROM firm', '{"all": {"n": 0, "reserve": 2}}', 'seed') GROUP BY role ORDER BY role;

--
-- What a draw is a function of
--
-- the same rows again, for the same seed; others for another seed, stream or rotation
SELECT drawn('TABLE firm', '5', 'seed') = drawn('TABLE firm', '5', 'seed') AS same_seed,
       drawn('TABLE firm', '5', 'seed') = drawn('TABLE firm', '5', 'Seed') AS other_seed,
       drawn('TABLE firm', '5', 'seed') = drawn('TABLE firm', '5', 'seed', 'other') AS other_stream,
       drawn('TABLE firm', '5', 'seed', 'draw', 'auto', '0/1') = drawn('TABLE firm', '5', 'seed', 'draw', 'auto', '1/2') AS other_rotation;
-- not of the order of the rows
SELECT method, bool_and(drawn('SELECT * FROM firm ORDER BY ' || by, '30', 'seed', 'draw', method) = drawn('TABLE firm', '30', 'seed', 'draw', method)) AS same
FROM unnest('{pareto,pivotal,auto,poisson}'::text[]) AS method,
     unnest('{uid,number DESC,weight,md5(uid),"ticket(stream_key(''seed'', ''draw''), uid)","ticket(stream_key(''seed'', ''draw''), uid) DESC"}'::text[]) AS by
GROUP BY method ORDER BY method;
-- not of other strata
SELECT drawn('SELECT * FROM firm WHERE stratum = ''food''', '30', 'seed') = (SELECT array_agg(d::text) FROM draw('TABLE firm', '30', 'seed') AS d WHERE stratum = 'food') AS same;
-- not of the scale of the weights
SELECT method, (SELECT array_agg((stratum, role, rank, uid, probability)) FROM draw('SELECT uid, stratum, weight * 0.000001 AS weight FROM firm', '30', 'seed', 'draw', method))
             = (SELECT array_agg((stratum, role, rank, uid, probability)) FROM draw('SELECT uid, stratum, weight * 1000000 AS weight FROM firm', '30', 'seed', 'draw', method)) AS same
FROM unnest('{pareto,pivotal,auto,poisson}'::text[]) AS method;
-- not of the session's settings
SET DateStyle = 'SQL, DMY';
SET bytea_output = 'escape';
SET extra_float_digits = 0;
SET client_encoding = 'EUC_CN';
SET work_mem = '64kB';
SET jit_above_cost = 0;
CREATE TEMP TABLE elsewhere AS SELECT * FROM draw('TABLE firm', '30', 'seed');
RESET ALL;
SET client_min_messages = warning;
SET client_encoding = 'UTF8';
SET search_path = draw_test, fairdraw, public;
SELECT (SELECT array_agg(e::text) FROM elsewhere AS e) = drawn('TABLE firm', '30', 'seed') AS same;

-- a rotation by 1/2 moves a poisson draw to the other half of the circle
SELECT count(*) AS first, (SELECT count(*) FROM draw('SELECT uid FROM firm', '400', 'seed', 'draw', 'poisson', '1/2')) AS second,
       count(*) FILTER (WHERE uid IN (SELECT uid FROM draw('SELECT uid FROM firm', '400', 'seed', 'draw', 'poisson', '1/2'))) AS both
FROM draw('SELECT uid FROM firm', '400', 'seed', 'draw', 'poisson');
-- the draws of one stream overlap as far as they can: the smaller poisson sample is in the larger one
SELECT count(*) AS smaller, count(*) FILTER (WHERE uid IN (SELECT uid FROM draw('SELECT uid, weight FROM firm', '120', 'seed', 'draw', 'poisson'))) AS in_larger
FROM draw('SELECT uid, weight FROM firm', '100', 'seed', 'draw', 'poisson');
-- a pareto sample holds the poisson sample, or is held by it
SELECT seed, cardinality(pareto) AS pareto, cardinality(poisson) AS poisson, pareto <@ poisson OR poisson <@ pareto AS nested
FROM generate_series(1, 5) AS seed,
     LATERAL (SELECT array_agg(uid) AS pareto FROM draw('SELECT uid, weight FROM firm', '50', seed::text, 'draw', 'pareto')) AS a,
     LATERAL (SELECT array_agg(uid) AS poisson FROM draw('SELECT uid, weight FROM firm', '50', seed::text, 'draw', 'poisson')) AS b;

-- certain units: n * weight is at least the sum, again and again
SELECT role, rank, uid, weight, probability FROM draw('SELECT * FROM (VALUES (1, 60), (2, 20), (3, 11), (4, 3), (5, 3), (6, 3)) AS v (uid, weight)', '4', 'seed');
SELECT role, array_agg(uid ORDER BY rank) FROM draw('SELECT i AS uid, CASE i WHEN 5 THEN 10 ELSE 1 END AS weight FROM generate_series(1, 11) AS i', '2', 'seed') GROUP BY role ORDER BY role;
-- all of a stratum: everybody is certain
SELECT role, count(*), min(probability) FROM draw('TABLE firm', '{"food": 333, "电梯": 0, "Ω": 0}', 'seed') GROUP BY role ORDER BY role;
-- the expected size of a poisson sample is n
SELECT round(avg(count), 1) BETWEEN 49 AND 51 AS about_50, min(count) < 50 AND max(count) > 50 AS differs
FROM (SELECT (SELECT count(*) FROM draw('SELECT uid, weight FROM firm', '50', 'seed ' || seed, 'draw', 'poisson')) FROM generate_series(1, 400) AS seed) AS c;

--
-- One pass over the frame, or two
--
CREATE FUNCTION frame_is_read(query text) RETURNS SETOF firm LANGUAGE plpgsql STABLE AS $$
BEGIN
    RAISE WARNING 'the frame is read';
    RETURN QUERY EXECUTE query;
END
$$;
-- the draw of a stratum in plain SQL, for frames without certain units
CREATE FUNCTION plain(frame text, n int, reserve int DEFAULT 0) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    result text[];
BEGIN
    EXECUTE format('
        SELECT array_agg(uid ORDER BY key)
        FROM (SELECT uid, pareto_key(ticket(stream_key(''seed'', ''draw''), uid), (weight * 1000000)::bigint, %s, (sum(weight * 1000000) OVER ())::bigint) AS key
              FROM (%s) AS f ORDER BY key LIMIT %s) AS k', n, frame, n + reserve) INTO result;
    RETURN result;
END
$$;

-- one pass is the rule, in small strata and in large ones
SELECT count(*) FROM draw('SELECT * FROM frame_is_read(''TABLE firm'')', '10', 'seed');
SELECT count(*) FROM draw('SELECT uid, weight FROM frame_is_read(''TABLE firm'')', '{"all": {"n": 100, "reserve": 20}}', 'seed', 'draw', 'pareto');
SELECT count(*) FROM draw('SELECT uid, weight FROM frame_is_read(''TABLE firm'')', '{"all": {"n": 200, "reserve": 100}}', 'seed', 'draw', 'pareto');
SELECT count(*) FROM draw('SELECT uid, weight FROM frame_is_read(''TABLE firm'')', '100', 'seed', 'draw', 'poisson');

-- a reserve of half of n takes a second pass where n is a large part of the frame
SELECT array_agg(uid ORDER BY rank) = plain('TABLE firm', 400, 200) AS same
FROM draw('SELECT uid, weight FROM frame_is_read(''TABLE firm'')', '{"all": {"n": 400, "reserve": 200}}', 'seed', 'draw', 'pareto');
-- so does a reserve that is many times n
SELECT array_agg(uid ORDER BY rank) = plain('TABLE firm', 10, 500) AS same
FROM draw('SELECT uid, weight FROM frame_is_read(''TABLE firm'')', '{"all": {"n": 10, "reserve": 500}}', 'seed', 'draw', 'pareto');

-- an unlikely frame: of many units those that have the smallest random numbers of this seed
CREATE TABLE unlikely AS
    SELECT 'u-' || i AS uid, 'all' AS stratum, (1 + i % 3)::numeric AS weight, i AS number
    FROM generate_series(1, 5000) AS i ORDER BY ticket(stream_key('seed', 'draw'), 'u-' || i) LIMIT 300;
-- pareto draws are the same after the second pass that it takes
SELECT array_agg(uid ORDER BY rank) = plain('TABLE unlikely', 100) AS same
FROM draw('SELECT * FROM frame_is_read(''TABLE unlikely'')', '100', 'seed', 'draw', 'pareto');
-- and poisson takes everybody, though 100 were expected
SELECT count(*) FROM draw('SELECT * FROM frame_is_read(''TABLE unlikely'')', '100', 'seed', 'draw', 'poisson');
-- so it does beside certain units, which a second pass knows by the smallest of them, of equal ones too
SELECT role, count(*)
FROM draw('SELECT * FROM frame_is_read(''SELECT uid, stratum, CASE WHEN number % 30 = 0 THEN 1000.000001 ELSE weight END, number FROM unlikely'')', '100', 'seed', 'draw', 'poisson')
GROUP BY role ORDER BY role;
SELECT (SELECT array_agg(uid ORDER BY rank) FROM draw('SELECT * FROM frame_is_read(''SELECT uid, stratum, CASE WHEN number % 30 = 0 THEN 1000.000001 ELSE weight END, number FROM unlikely'')',
                                                      '{"all": {"n": 100, "reserve": 40}}', 'seed', 'draw', 'pareto') WHERE role <> 'certain')
     = plain('SELECT * FROM unlikely WHERE number % 30 > 0', 100 - (SELECT count(*)::int FROM unlikely WHERE number % 30 = 0), 40) AS same;
-- and where n times the weight of a certain unit is no 64-bit number: here it would look as if just below the sum
SELECT array_agg(uid ORDER BY rank) FILTER (WHERE role = 'drawn') = plain('SELECT uid, 1 AS weight FROM unlikely', 64) AS same, count(*) FILTER (WHERE role = 'certain') AS certain
FROM draw($$SELECT * FROM frame_is_read('SELECT uid, stratum, 1.0, number FROM unlikely UNION ALL SELECT ''c'' || i, ''all'', 288230376156.399243, i FROM generate_series(1, 10) AS i')$$,
          '74', 'seed', 'draw', 'pareto');
-- a second pass leaves alone the strata whose first one sufficed
SELECT drawn('SELECT * FROM frame_is_read(''TABLE firm UNION ALL TABLE unlikely'')', '{"food": 30, "Ω": {"n": 20, "reserve": 20}, "电梯": 1, "all": 100}', 'seed', 'draw', 'pareto')
     = (SELECT array_agg(d::text) FROM (SELECT * FROM draw('TABLE unlikely', '100', 'seed', 'draw', 'pareto')
                                        UNION ALL SELECT * FROM draw('TABLE firm', '{"food": 30, "Ω": {"n": 20, "reserve": 20}, "电梯": 1}', 'seed', 'draw', 'pareto')) AS d) AS same;
-- a frame that is another one in the second pass is noticed
CREATE FUNCTION another_each_time() RETURNS SETOF firm LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('draw_test.readings', coalesce(current_setting('draw_test.readings', true), '') || 'I', false);
    RETURN QUERY SELECT * FROM firm WHERE number < 900 + length(current_setting('draw_test.readings'));
END
$$;
SELECT count(*) FROM draw('SELECT uid FROM another_each_time()', '10', 'seed');
SELECT count(*) FROM draw('SELECT uid FROM another_each_time()', '{"all": {"n": 10, "reserve": 500}}', 'seed', 'draw', 'pareto');

--
-- Many strata: 10000 of 150 units, as plain SQL draws them
--
CREATE TABLE many AS SELECT (i % 10000)::text AS stratum, 'u' || i AS uid, (1 + i / 10000 % 3)::numeric AS weight FROM generate_series(1, 1500000) AS i;
ANALYZE many;
SELECT count(*) FILTER (WHERE d.uid IS NOT NULL AND p.uid IS NOT NULL) AS same, count(*) FILTER (WHERE d.uid IS NULL OR p.uid IS NULL) AS different
FROM draw('TABLE many', '2', 'seed', 'draw', 'pareto') AS d
FULL JOIN (SELECT stratum, uid, rank FROM
              (SELECT stratum, uid, row_number() OVER (PARTITION BY stratum ORDER BY pareto_key(ticket(key, uid), micro, 2, w)) AS rank
               FROM (SELECT stratum, uid, weight::bigint * 1000000 AS micro, (sum(weight::bigint) OVER (PARTITION BY stratum))::bigint * 1000000 AS w, stream_key('seed', 'draw') AS key FROM many) AS u) AS k
           WHERE rank <= 2) AS p USING (stratum, uid, rank);
DROP TABLE many;

--
-- The same rows however the frame is scanned
--
CREATE TABLE wide AS SELECT 'w-' || i AS uid, 's' || i % 7 AS stratum, (1 + i % 40)::numeric AS weight, i % 3 AS part FROM generate_series(1, 30000) AS i;
CREATE TABLE parted (LIKE wide) PARTITION BY LIST (part);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES IN (0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
INSERT INTO parted TABLE wide;
ANALYZE wide;
ANALYZE parted;
SET max_parallel_workers_per_gather = 0;
CREATE TEMP TABLE serial AS
    SELECT method, drawn('SELECT uid, stratum, weight FROM wide', '50', 'seed', 'draw', method) AS rows FROM unnest('{pareto,pivotal,auto,poisson}'::text[]) AS method;
-- a column "part", which no row of the result depends on
SELECT method, rows = drawn('TABLE wide', '50', 'seed', 'draw', method) AS same FROM serial;
-- partitions
SELECT method, rows = drawn('SELECT uid, stratum, weight FROM parted', '50', 'seed', 'draw', method) AS same FROM serial;
SELECT method, rows = drawn('TABLE parted', '50', 'seed', 'draw', method) AS same FROM serial;
-- parallel workers
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT draw_sample(uid, stratum, weight, draw_design('50', 'seed')) FROM wide;
SELECT method, rows = drawn('SELECT uid, stratum, weight FROM wide', '50', 'seed', 'draw', method) AS same FROM serial;
SELECT method, rows = drawn('TABLE wide', '50', 'seed', 'draw', method) AS same FROM serial;
SELECT method, rows = drawn('TABLE parted', '50', 'seed', 'draw', method) AS same FROM serial;
-- also where the first pass does not suffice
SELECT drawn('SELECT uid, weight FROM wide', '{"all": {"n": 100, "reserve": 10000}}', 'seed', 'draw', 'pareto')
     = drawn('SELECT uid, weight FROM (SELECT * FROM wide ORDER BY uid LIMIT 30000) AS w', '{"all": {"n": 100, "reserve": 10000}}', 'seed', 'draw', 'pareto') AS same;
-- and in parallel with leaders or without
SET parallel_leader_participation = off;
SELECT method, rows = drawn('SELECT uid, stratum, weight FROM wide', '50', 'seed', 'draw', method) AS same FROM serial;
-- draw() itself stays with the leader, so that its query can have workers
SELECT proparallel, provolatile FROM pg_proc WHERE oid = 'draw(text,jsonb,text,text,text,text)'::regprocedure;

RESET ALL;
SET client_min_messages = warning;
DROP SCHEMA draw_test, draw_other CASCADE;
