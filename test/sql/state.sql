--
-- draw_state: what one pass over a frame keeps of it
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA state_test;
SET search_path = state_test, fairdraw, public;
\set SHOW_CONTEXT never

CREATE TABLE frame AS
    SELECT 'u' || i AS uid, (ARRAY['food', '电梯', 'large', 'large', 'large'])[1 + i % 5] AS stratum, (1 + i % 17)::numeric AS weight, i AS number
    FROM generate_series(1, 900) AS i;
CREATE TABLE design AS
    SELECT method || ', ' || sizes AS name, draw_design(sizes::jsonb, 'seed', 'draw', method) AS design
    FROM unnest('{pareto,pivotal,poisson}'::text[]) AS method, unnest('{3,"{\"food\": 1, \"电梯\": 2, \"large\": 30}"}'::text[]) AS sizes;

-- the design: one text that says what is to be drawn
SELECT draw_design('{"b": {"n": 2, "reserve": 1}, "a": 3}', 'seed', 'stream', 'pareto', '1/2');
SELECT draw_design('5', 'seed');

-- the state of three units, its readable bytes as they are
SELECT replace(encode(draw_state_send(draw_sample(uid, 'all', 1, draw_design('1', 'seed'))), 'escape'), E'\n', '/') AS state FROM unnest('{a,b,c}'::text[]) AS uid;
-- no rows: no state
SELECT draw_sample('a', 'all', 1, draw_design('1', 'seed')) IS NULL AS is_null FROM frame WHERE false;
SELECT draw_merge(NULL) IS NULL AS is_null FROM frame;

--
-- Equal states have equal bytes
--
CREATE FUNCTION state_of(frame text, design text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT draw_sample(uid, stratum, weight, %L) FROM (%s) AS f', design, frame) INTO result;
    RETURN result;
END
$$;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE state AS SELECT name, design, state_of('TABLE frame', design) AS state FROM design;
SELECT name, length(state) / 2 AS bytes FROM state ORDER BY name COLLATE "C";
-- rows in any order
SELECT bool_and(state = state_of('SELECT * FROM frame ORDER BY number DESC', design)) AS same,
       bool_and(state = state_of('SELECT * FROM frame ORDER BY md5(uid)', design)) AS same,
       bool_and(state = state_of('SELECT * FROM frame ORDER BY weight, uid', design)) AS same FROM state;
-- an order within the aggregate
SELECT bool_and(state = (SELECT draw_sample(uid, stratum, weight, design ORDER BY number % 7, uid)::text FROM frame)) AS same FROM state;
-- parts, merged in any order, as a tree, and with NULL for a part without rows
CREATE TABLE part AS
    SELECT name, parts, part, draw_sample(uid, stratum, weight, design) AS part_state
    FROM design, unnest('{1,2,7,90,450,900}'::int[]) AS parts, LATERAL (SELECT *, number % parts AS part FROM frame) AS f
    GROUP BY name, design, parts, part;
INSERT INTO part SELECT name, parts, -1, NULL FROM design, unnest('{1,2,7}'::int[]) AS parts;
SELECT parts, bool_and(merged = state) AS same, bool_and(backwards = state) AS backwards, bool_and(shuffled = state) AS shuffled
FROM (SELECT name, parts, draw_merge(part_state)::text AS merged, draw_merge(part_state ORDER BY part DESC)::text AS backwards, draw_merge(part_state ORDER BY md5(part::text))::text AS shuffled
      FROM part GROUP BY name, parts) AS m JOIN state USING (name)
GROUP BY parts ORDER BY parts;
SELECT bool_and(merged = state) AS same
FROM (SELECT name, draw_merge(branch)::text AS merged
      FROM (SELECT name, part % 4, draw_merge(part_state) AS branch FROM part WHERE parts = 90 GROUP BY name, part % 4) AS b GROUP BY name) AS m JOIN state USING (name);
-- parallel workers
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ANALYZE frame;
EXPLAIN (COSTS OFF) SELECT draw_sample(uid, stratum, weight, 'design') FROM frame;
SELECT bool_and(state = state_of('TABLE frame', design)) AS same FROM state;
SET parallel_leader_participation = off;
SELECT bool_and(state = state_of('TABLE frame', design)) AS same FROM state;
EXPLAIN (COSTS OFF) SELECT draw_merge(part_state) FROM part WHERE parts = 90;
SELECT bool_and(merged = state) AS same FROM (SELECT name, draw_merge(part_state)::text AS merged FROM part WHERE parts = 90 GROUP BY name) AS m JOIN state USING (name);
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET parallel_leader_participation;
-- as a window function: the state of the rows so far
SELECT count(*), bool_and(so_far::text = (SELECT draw_sample(uid, stratum, weight, draw_design('2', 'seed'))::text FROM frame WHERE number <= i)) AS same
FROM (SELECT number AS i, draw_sample(uid, stratum, weight, draw_design('2', 'seed')) OVER (ORDER BY number) AS so_far FROM frame) AS w;
-- one state used twice in a query is not changed by the first use
SELECT count(DISTINCT t) AS states
FROM (SELECT s::text FROM (SELECT draw_sample(uid, stratum, weight, draw_design('3', 'seed')) AS s FROM frame OFFSET 0) AS a
      UNION ALL SELECT draw_merge(s)::text FROM (SELECT draw_sample(uid, stratum, weight, draw_design('3', 'seed')) AS s FROM frame) AS a) AS u (t);
SELECT before::text = after::text AS same, before::text <> merged::text AS merged_is_another
FROM (SELECT s AS before, (SELECT draw_merge(x) FROM (VALUES (s), (o)) AS v (x)) AS merged, s AS after
      FROM (SELECT draw_sample(uid, stratum, weight, draw_design('3', 'seed')) FILTER (WHERE number < 450) AS s,
                   draw_sample(uid, stratum, weight, draw_design('3', 'seed')) FILTER (WHERE number >= 450) AS o FROM frame OFFSET 0) AS a) AS b;

-- an aggregate that somebody makes of these functions may begin with a state
SELECT draw_sample(uid, stratum, weight, draw_design('3', 'seed'))::text AS first_half FROM frame WHERE number <= 450 \gset
CREATE AGGREGATE merge_into(draw_state) (SFUNC = draw_state_merge, STYPE = draw_state, INITCOND = :'first_half');
CREATE AGGREGATE add_to(text, text, numeric, text) (SFUNC = draw_state_add, STYPE = draw_state, INITCOND = :'first_half');
CREATE AGGREGATE merge_twice(draw_state) (SFUNC = draw_state_merge, STYPE = draw_state, FINALFUNC = draw_state_merge, FINALFUNC_EXTRA);
SELECT (SELECT add_to(uid, stratum, weight, draw_design('3', 'seed'))::text FROM frame WHERE number > 450) = state_of('TABLE frame', draw_design('3', 'seed')) AS added,
       (SELECT merge_into(s)::text FROM (SELECT draw_sample(uid, stratum, weight, draw_design('3', 'seed')) AS s FROM frame WHERE number > 450 GROUP BY number % 3) AS p)
       = state_of('TABLE frame', draw_design('3', 'seed')) AS merged,
       (SELECT merge_twice(s)::text FROM (SELECT draw_sample(uid, stratum, weight, draw_design('3', 'seed')) AS s FROM frame GROUP BY number % 3) AS p)
       = state_of('TABLE frame', draw_design('3', 'seed')) AS merged_in_the_end;

-- text and binary form give the state back
SELECT bool_and(state::draw_state::text = state) AS text_form, bool_and(encode(draw_state_send(state::draw_state), 'hex') = state) AS binary_form FROM state;
CREATE TABLE stored (name text, state draw_state);
INSERT INTO stored SELECT name, state::draw_state FROM state;
\copy stored TO 'results/state.data' (FORMAT binary)
CREATE TABLE loaded (LIKE stored);
\copy loaded FROM 'results/state.data' (FORMAT binary)
SELECT count(*), bool_and(l.state::text = s.state) AS same FROM loaded AS l JOIN state AS s USING (name);
\copy stored TO 'results/state.data'
TRUNCATE loaded;
\copy loaded FROM 'results/state.data'
SELECT count(*), bool_and(l.state::text = s.state) AS same FROM loaded AS l JOIN state AS s USING (name);
-- a state that came from elsewhere goes on as if it had been made here
SELECT bool_and((SELECT draw_merge(x) FROM (VALUES (half::draw_state), (other::draw_state)) AS v (x))::text = state) AS same
FROM (SELECT *, state_of('SELECT * FROM frame WHERE number % 2 = 0', design) AS half, state_of('SELECT * FROM frame WHERE number % 2 = 1', design) AS other FROM state) AS s;

-- a frozen frame: strata by number, weights as micro, the same state
SELECT bool_and((SELECT draw_sample(uid, (array_position(ARRAY['food', 'large', '电梯'], stratum)), (weight * 1000000)::bigint, design)::text FROM frame) = state) AS same
FROM state WHERE name LIKE '%food%';

--
-- What is refused
--
SELECT draw_sample(NULL, 'all', 1, draw_design('1', 'seed'));
\echo :LAST_ERROR_SQLSTATE
SELECT draw_sample('a', NULL, 1, draw_design('1', 'seed'));
SELECT draw_sample('a', 'all', NULL, draw_design('1', 'seed'));
SELECT draw_sample('a', 'all', 1::numeric, NULL);
SELECT draw_sample('a', 1, NULL, draw_design('{"all": 1}', 'seed'));
\echo :LAST_ERROR_SQLSTATE
-- another design from one row to the next
SELECT draw_sample(uid, 'all', 1, draw_design('1', uid)) FROM unnest('{a,b}'::text[]) AS uid;
\echo :LAST_ERROR_SQLSTATE
SELECT draw_sample(uid, 'all', 1, design) IS NOT NULL AS same_design FROM (SELECT i::text AS uid, draw_design('1', repeat('x', 10)) || repeat('', i) AS design FROM generate_series(1, 100) AS i) AS f;
-- states of different designs: seed, method, sizes or rotation
SELECT draw_merge(s) FROM (SELECT draw_sample('a', 'all', 1, draw_design('1', seed)) AS s FROM unnest('{a,b}'::text[]) AS seed GROUP BY seed) AS f;
\echo :LAST_ERROR_SQLSTATE
SELECT draw_merge(s) FROM (SELECT draw_sample('a', 'all', 1, draw_design('1', 'seed', 'draw', method)) AS s FROM unnest('{pareto,poisson}'::text[]) AS method GROUP BY method) AS f;
SELECT draw_merge(s) FROM (SELECT draw_sample('a', 'all', 1, draw_design(n, 'seed')) AS s FROM unnest('{1,2}'::jsonb[]) AS n GROUP BY n) AS f;
SELECT draw_merge(s) FROM (SELECT draw_sample('a', 'all', 1, draw_design('1', 'seed', 'draw', 'auto', r)) AS s FROM unnest('{0/1,1/2}'::text[]) AS r GROUP BY r) AS f;
-- sums of parts that are too large together
SELECT draw_merge(s) FROM (SELECT draw_sample(i::text, 'all', 9223372036854.0, draw_design('1', 'seed')) AS s FROM generate_series(1, 2) AS i GROUP BY i) AS f;
\echo :LAST_ERROR_SQLSTATE
-- the functions under the aggregates, outside of them
SELECT draw_state_merge(draw_sample('a', 'all', 1, draw_design('1', 'seed')), NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT draw_state_add(NULL, 'a', 'all', 1, draw_design('1', 'seed'));
-- frozen units that cannot be
SELECT draw_sample('a', 2, 1::bigint, draw_design('{"all": 1}', 'seed'));
\echo :LAST_ERROR_SQLSTATE
SELECT draw_sample('a', 0, 1::bigint, draw_design('{"all": 1}', 'seed'));
SELECT draw_sample('a', 1, 0::bigint, draw_design('{"all": 1}', 'seed'));
SELECT draw_sample('', 1, 1::bigint, draw_design('{"all": 1}', 'seed'));
SELECT draw_sample('a', 1, 1::bigint, draw_design('1', 'seed'));
-- text that is no state
SELECT ''::draw_state;
\echo :LAST_ERROR_SQLSTATE
SELECT 'x'::draw_state;
\echo :LAST_ERROR_SQLSTATE
SELECT '666'::draw_state;
SELECT '66647332'::draw_state;
SELECT '6664733100000001'::draw_state;

-- designs that draw_design() does not write
CREATE FUNCTION refusal(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE statement;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' | ', SQLSTATE, SQLERRM, NULLIF(detail, ''));
END
$$;
CREATE FUNCTION refusal_of_design(lines text) RETURNS text LANGUAGE sql AS $$
    SELECT refusal(format('SELECT draw_sample(''a'', ''all'', 1, %L)', E'fairdraw/1 design\nkey: ' || stream_key('seed', 'draw') || E'\nmethod: pareto\nrotation: 0/1\n' || lines))
$$;
\pset format unaligned
\pset tuples_only on
SELECT draw_sample('a', 'all', 1, 'design');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal(format('SELECT draw_sample(''a'', ''all'', 1, %L)', design))
FROM unnest(ARRAY['', E'fairdraw/2 design\n', E'fairdraw/1 design\nkey: 1234\n', E'fairdraw/1 design\nkey: ' || stream_key('seed', 'draw') || E'\nmethod: any\n',
                  E'fairdraw/1 design\nkey: ' || stream_key('seed', 'draw') || E'\nmethod: pareto\nrotation: 2/4\n']) AS design;
SELECT replace(replace(lines, E'\t', ' '), E'\n', '/') AS lines, refusal_of_design(lines)
FROM unnest(ARRAY[E'every: 1\t0\n', E'stratum: all\t1\t0\n', E'stratum: all\t1\t0\tdone\n', E'stratum: all\t1\t0\t1\t2000000\n', E'stratum: all\t2\t0\t1\t2000000\t9000000\tb\n',
                  '', E'every: 1\n', E'every: 1\t0', E'every: 1\t0\nevery: 1\t0\n', E'every: 1\t0\nstratum: all\t1\t0\n', E'every: 01\t0\n', E'every: -1\t0\n', E'every: 1\t2147483648\n', E'every: 1\t99999999999999999999\n',
                  E'every:  1\t0\n', E'stratum: all\n', E'stratum: all\t1\n', E'stratum: \t1\t0\n', E'stratum: all\t1\t0\tfinished\n', E'stratum: all\t1\t0\t2\t1\n', E'stratum: all\t1\t0\t0\t1\n', E'stratum: all\t1\t0\t1\t0\n',
                  E'stratum: all\t1\t0\t1\t9223372036854775808\n', E'stratum: all\t1\t0\t1\t5\t1\n', E'stratum: all\t1\t0\t1\t5\t1\t\n',
                  E'stratum: b\t1\t0\nstratum: all\t1\t0\n', E'stratum: all\t1\t0\nstratum: all\t1\t0\n', E'stratum: ' || repeat('x', 256) || E'\t1\t0\n']) AS lines;

--
-- Damaged states: an error, or a state that has just these bytes, but never a crash
--
\pset format aligned
\pset tuples_only off
CREATE TABLE whole AS
    SELECT 'whole strata' AS kind, state_of('SELECT * FROM frame WHERE number < 8', draw_design('2', 'seed')) AS state
    UNION ALL
    SELECT 'a large stratum', state_of('SELECT uid, ''all'' AS stratum, weight FROM frame WHERE number < 300', draw_design('1', 'seed', 'draw', 'pareto'))
    UNION ALL
    SELECT 'second pass', state_of('SELECT uid, CASE WHEN number < 5 THEN ''done'' ELSE ''again'' END AS stratum, weight FROM frame WHERE number < 40',
                                   E'fairdraw/1 design\nkey: ' || stream_key('seed', 'draw') || E'\nmethod: pareto\nrotation: 1/2\nstratum: again\t3\t1\t2\t500000000\t18000000\tu99\nstratum: done\t1\t0\tdone\n')
    UNION ALL
    SELECT 'second pass, poisson', state_of('SELECT uid, ''again'' AS stratum, weight FROM frame WHERE number < 40',
                                   E'fairdraw/1 design\nkey: ' || stream_key('seed', 'draw') || E'\nmethod: poisson\nrotation: 0/1\nstratum: again\t3\t0\t3\t500000000\n');
CREATE FUNCTION outcome(damaged bytea, good draw_state) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    again text;
BEGIN
    again := encode(damaged, 'hex')::draw_state::text;
    IF again <> encode(damaged, 'hex') THEN
        RETURN 'accepted as another state';
    END IF;
    -- whatever was accepted can be merged, or is refused then
    PERFORM draw_merge(s) FROM (VALUES (good), (again::draw_state)) AS v (s);
    PERFORM draw_merge(s) FROM (VALUES (again::draw_state), (again::draw_state)) AS v (s);
    RETURN 'accepted as it is';
EXCEPTION WHEN OTHERS THEN
    IF SQLSTATE IN ('22023', '22P03', '22003') THEN
        RETURN 'refused';
    END IF;
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
-- every byte changed, in four ways
SELECT kind, outcome(set_byte(bytes, i, get_byte(bytes, i) # mask), state::draw_state), count(*) > 0 AS some
FROM (SELECT *, decode(state, 'hex') AS bytes FROM whole) AS w, generate_series(0, octet_length(bytes) - 1) AS i, unnest('{1,2,128,255}'::int[]) AS mask
GROUP BY kind, outcome ORDER BY kind, outcome;
-- cut off after every byte
SELECT kind, outcome(substr(bytes, 1, i), state::draw_state), count(*)
FROM (SELECT *, decode(state, 'hex') AS bytes FROM whole) AS w, generate_series(0, octet_length(bytes) - 1) AS i
GROUP BY kind, outcome ORDER BY kind, outcome;
-- a byte more, at every place
SELECT kind, outcome(substr(bytes, 1, i) || '\x00' || substr(bytes, i + 1), state::draw_state), count(*)
FROM (SELECT *, decode(state, 'hex') AS bytes FROM whole) AS w, generate_series(0, octet_length(bytes)) AS i
GROUP BY kind, outcome ORDER BY kind, outcome;
-- one byte less
SELECT kind, outcome(substr(bytes, 1, i) || substr(bytes, i + 2), state::draw_state), count(*)
FROM (SELECT *, decode(state, 'hex') AS bytes FROM whole) AS w, generate_series(0, octet_length(bytes) - 1) AS i
GROUP BY kind, outcome ORDER BY kind, outcome;
-- noise behind the beginning
SELECT outcome('fds1' || sha256(i::text::bytea) || sha256(i::text::bytea), state::draw_state), count(*) FROM whole, generate_series(1, 500) AS i GROUP BY outcome;
-- the binary form is read as carefully: a file of a state whose last byte is missing
CREATE TABLE cut (state bytea);
INSERT INTO cut SELECT substr(bytes, 1, octet_length(bytes) - 1) FROM (SELECT decode(state, 'hex') AS bytes FROM whole LIMIT 1) AS w;
\copy cut TO 'results/state.data' (FORMAT binary)
CREATE TABLE loaded_whole (state draw_state);
\copy loaded_whole FROM 'results/state.data' (FORMAT binary)

DROP SCHEMA state_test CASCADE;
