--
-- estimate_state: what one pass over a sample keeps of it, and exact sums
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA estimate_state_test;
SET search_path = estimate_state_test, fairdraw, public;
\set SHOW_CONTEXT never

CREATE TABLE visit AS
    SELECT i AS number, (ARRAY['food', '电梯', 'plants'])[1 + i % 3] AS stratum, 'd' || i % 7 AS domain, (i * 7919 % 1009) / 10.0::float8 - 20 AS y, 1 + i % 11 / 7.0::float8 AS x,
           CASE WHEN i % 13 = 0 THEN 1 ELSE (1 + i % 17) / 19.0::float8 END AS probability, i % 5 = 0 AS problem, 'draw' AS draw, 'stream' AS stream
    FROM generate_series(1, 900) AS i;
CREATE FUNCTION state_of(what text, sample text DEFAULT 'TABLE visit') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('SELECT estimate_sample(CASE %L WHEN ''rate'' THEN problem::int ELSE y END, x, probability, stratum, domain, draw, stream, %1$L) FROM (%s) AS s', what, sample) INTO result;
    RETURN result;
END
$$;

--
-- The form of a state, by hand
--
-- a number is kept as an integer times 2^-1074 in limbs of 32 bits: limb 33 counts multiples of 2^-18
CREATE FUNCTION sum_of(number numeric) RETURNS text LANGUAGE sql AS
$$ SELECT CASE number WHEN 0 THEN '000000' ELSE CASE WHEN number < 0 THEN '01' ELSE '00' END || '2101' || lpad(to_hex((abs(number) * 262144)::bigint), 8, '0') END $$;
-- y = 1 and -3 with probabilities 1/2 and 1/4, and 5 that is certain: w = 2, 4; c = 1/2, 3/4
SELECT estimate_sample(y, NULL, probability, 'all', NULL, NULL, NULL, 'total')::text
     = encode('fde1', 'hex') || '00' || '00000001'                                              -- what: total; one cell
       || 'ffff' || '0003' || encode('all', 'hex') || 'ffff' || 'ffff'                          -- draw, stratum, domain, stream
       || '0000000000000003' || '0000000000000001' || '0000000000000002'                        -- units, certain, nonzero among the others
       || sum_of(5) || sum_of(0)                                                                -- of the certain ones: y, x
       || sum_of(2 - 12) || sum_of(0) || sum_of(6) || sum_of(0) || sum_of(1.25) || sum_of(0.8125)   -- wy, wx, w, ww, c, cc
       || sum_of(0) || sum_of(1 - 9) || sum_of(0) || sum_of(0) || sum_of(2 + 108) AS by_hand    -- cx, cy, cxx, cxy, cyy
FROM (VALUES (1, 0.5), (-3, 0.25), (5, 1)) AS v (y, probability);
-- a rate keeps more, and a cell for each domain in each stratum, by their bytes
SELECT estimate_sample(y, NULL, probability, 'all', domain, 'd', '', 'rate')::text
     = encode('fde1', 'hex') || '02' || '00000002'
       || '0001' || encode('d', 'hex') || '0003' || encode('all', 'hex') || '0001' || encode('a', 'hex') || '0000'
       || '0000000000000002' || '0000000000000001' || '0000000000000000'
       || sum_of(1) || sum_of(0) || sum_of(0) || sum_of(0) || sum_of(4) || sum_of(16) || sum_of(0.75) || sum_of(0.5625) || sum_of(3) || sum_of(0) || sum_of(12) || sum_of(0) || sum_of(0)
       || '0001' || encode('d', 'hex') || '0003' || encode('all', 'hex') || '0001' || encode('b', 'hex') || '0000'
       || '0000000000000001' || '0000000000000000' || '0000000000000001'
       || sum_of(0) || sum_of(0) || sum_of(2) || sum_of(0) || sum_of(2) || sum_of(4) || sum_of(0.5) || sum_of(0.25) || sum_of(1) || sum_of(1) || sum_of(2) || sum_of(2) || sum_of(2) AS by_hand
FROM (VALUES (1, 0.5, 'b'), (0, 0.25, 'a'), (1, 1, 'a')) AS v (y, probability, domain);
-- x of a ratio: w x = 6, w y = 2; and 7 of the certain one
SELECT estimate_sample(1, x, probability, '', '', NULL, NULL, 'ratio')::text
     = encode('fde1', 'hex') || '03' || '00000001' || 'ffff' || '0000' || '0000' || 'ffff' || '0000000000000002' || '0000000000000001' || '0000000000000001'
       || sum_of(1) || sum_of(7) || sum_of(2) || sum_of(6) || sum_of(2) || sum_of(0) || sum_of(0.5) || sum_of(0.25) || sum_of(3) || sum_of(1) || sum_of(18) || sum_of(6) || sum_of(2) AS by_hand
FROM (VALUES (3, 0.5), (7, 1)) AS v (x, probability);
-- no rows: no state
SELECT estimate_sample(1, 1, 1, 'all', NULL, NULL, NULL, 'mean') IS NULL AS is_null FROM visit WHERE false;
SELECT estimate_merge(NULL) IS NULL AS is_null FROM visit;

--
-- Equal samples have equal bytes
--
SET max_parallel_workers_per_gather = 0;
CREATE TABLE state AS SELECT what, state_of(what) AS state FROM unnest('{total,mean,rate,ratio}'::text[]) AS what;
SELECT what, length(state) / 2 AS bytes FROM state ORDER BY what;
-- rows in any order
SELECT bool_and(state = state_of(what, 'SELECT * FROM visit ORDER BY ' || by)) AS same FROM state, unnest('{number DESC,y,md5(number::text),"domain, number","probability, y DESC"}'::text[]) AS by;
-- parts, merged in any order, as a tree, and with NULL for a part without rows
CREATE TABLE part AS
    SELECT what, parts, part, estimate_sample(CASE what WHEN 'rate' THEN problem::int ELSE y END, x, probability, stratum, domain, draw, stream, what) AS part_state
    FROM unnest('{total,mean,rate,ratio}'::text[]) AS what, unnest('{1,2,7,90,450,900}'::int[]) AS parts, LATERAL (SELECT *, number % parts AS part FROM visit) AS f
    GROUP BY what, parts, part;
INSERT INTO part SELECT what, parts, -1, NULL FROM state, unnest('{1,2,7}'::int[]) AS parts;
SELECT parts, bool_and(merged = state) AS same, bool_and(backwards = state) AS backwards, bool_and(shuffled = state) AS shuffled
FROM (SELECT what, parts, estimate_merge(part_state)::text AS merged, estimate_merge(part_state ORDER BY part DESC)::text AS backwards, estimate_merge(part_state ORDER BY md5(part::text))::text AS shuffled
      FROM part GROUP BY what, parts) AS m JOIN state USING (what)
GROUP BY parts ORDER BY parts;
SELECT bool_and(merged = state) AS same
FROM (SELECT what, estimate_merge(branch)::text AS merged
      FROM (SELECT what, part % 4, estimate_merge(part_state) AS branch FROM part WHERE parts = 90 GROUP BY what, part % 4) AS b GROUP BY what) AS m JOIN state USING (what);
-- parallel workers
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ANALYZE visit;
EXPLAIN (COSTS OFF) SELECT estimate_sample(y, x, probability, stratum, domain, draw, stream, 'mean') FROM visit;
SELECT bool_and(state = state_of(what)) AS same FROM state;
SET parallel_leader_participation = off;
SELECT bool_and(state = state_of(what)) AS same FROM state;
EXPLAIN (COSTS OFF) SELECT estimate_merge(part_state) FROM part WHERE parts = 90;
SELECT bool_and(merged = state) AS same FROM (SELECT what, estimate_merge(part_state)::text AS merged FROM part WHERE parts = 90 GROUP BY what) AS m JOIN state USING (what);
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET parallel_leader_participation;
-- as a window function: the state of the rows so far
SELECT count(*), bool_and(so_far::text = state_of('mean', 'SELECT * FROM visit WHERE number <= ' || number)) AS same
FROM (SELECT number, estimate_sample(y, x, probability, stratum, domain, draw, stream, 'mean') OVER (ORDER BY number) AS so_far FROM visit WHERE number <= 100) AS w;
-- one state used twice in a query is not changed by the first use
SELECT before::text = after::text AS same, before::text <> merged::text AS merged_is_another
FROM (SELECT s AS before, (SELECT estimate_merge(x) FROM (VALUES (s), (o)) AS v (x)) AS merged, s AS after
      FROM (SELECT estimate_sample(y, x, probability, stratum, domain, draw, stream, 'mean') FILTER (WHERE number < 450) AS s,
                   estimate_sample(y, x, probability, stratum, domain, draw, stream, 'mean') FILTER (WHERE number >= 450) AS o FROM visit OFFSET 0) AS a) AS b;
-- nor by estimating from it
SELECT (SELECT array_agg(e::text) FROM estimate_rows(s) AS e) = (SELECT array_agg(e::text) FROM estimate_rows(s) AS e) AS same, s::text = state_of('mean') AS unchanged
FROM (SELECT estimate_sample(y, x, probability, stratum, domain, draw, stream, 'mean') AS s FROM visit OFFSET 0) AS a;

-- an aggregate that somebody makes of these functions may begin with a state
SELECT state_of('mean', 'SELECT * FROM visit WHERE number <= 450') AS first_half \gset
CREATE AGGREGATE merge_into(estimate_state) (SFUNC = estimate_state_merge, STYPE = estimate_state, INITCOND = :'first_half');
CREATE AGGREGATE add_to(double precision, double precision, double precision, text, text, text, text, text) (SFUNC = estimate_state_add, STYPE = estimate_state, INITCOND = :'first_half');
CREATE AGGREGATE merge_twice(estimate_state) (SFUNC = estimate_state_merge, STYPE = estimate_state, FINALFUNC = estimate_state_merge, FINALFUNC_EXTRA);
-- or move over a window
CREATE FUNCTION not_undone(estimate_state, estimate_state) RETURNS estimate_state LANGUAGE sql IMMUTABLE AS 'SELECT NULL::fairdraw.estimate_state';
CREATE AGGREGATE moving_merge(estimate_state) (SFUNC = estimate_state_merge, STYPE = estimate_state, MSFUNC = estimate_state_merge, MINVFUNC = not_undone, MSTYPE = estimate_state);
SELECT (SELECT add_to(y, x, probability, stratum, domain, draw, stream, 'mean')::text FROM visit WHERE number > 450) = state AS added,
       (SELECT merge_into(s)::text FROM (SELECT estimate_sample(y, x, probability, stratum, domain, draw, stream, 'mean') AS s FROM visit WHERE number > 450 GROUP BY number % 3) AS p) = state AS merged,
       (SELECT merge_twice(s)::text FROM (SELECT estimate_sample(y, x, probability, stratum, domain, draw, stream, 'mean') AS s FROM visit GROUP BY number % 3) AS p) = state AS merged_in_the_end
FROM state WHERE what = 'mean';
SELECT count(*), bool_and(moved::text = state_of('mean', format('SELECT * FROM visit WHERE number BETWEEN %s AND %s', number - 2, number))) AS same
FROM (SELECT number, moving_merge(s) OVER (ORDER BY number ROWS 2 PRECEDING) AS moved
      FROM (SELECT number, estimate_sample(y, x, probability, stratum, domain, draw, stream, 'mean') AS s FROM visit WHERE number <= 30 GROUP BY number) AS p) AS m;
-- two aggregates over one state, each of which adds another one in the end
CREATE AGGREGATE add_and(estimate_state ORDER BY double precision, double precision, double precision, text, text, text, text, text)
    (SFUNC = estimate_state_add, STYPE = estimate_state, FINALFUNC = estimate_state_merge, FINALFUNC_MODIFY = READ_ONLY);
SELECT state_of('mean', 'SELECT * FROM visit WHERE number > 450') AS second_half \gset
SELECT with_first = state_of('mean', 'TABLE visit UNION ALL SELECT * FROM visit WHERE number <= 450') AS with_first, with_second = state_of('mean', 'TABLE visit UNION ALL SELECT * FROM visit WHERE number > 450') AS with_second
FROM (SELECT (add_and(:'first_half'::estimate_state) WITHIN GROUP (ORDER BY y, x, probability, stratum, domain, draw, stream, 'mean'::text))::text AS with_first,
             (add_and(:'second_half'::estimate_state) WITHIN GROUP (ORDER BY y, x, probability, stratum, domain, draw, stream, 'mean'::text))::text AS with_second FROM visit) AS m;
-- with nothing to add it is that state
SELECT merge_into(NULL)::text = :'first_half' AS same, (SELECT add_to(1, 1, 1, '', '', '', '', 'mean')::text FROM visit WHERE false) = :'first_half' AS same FROM visit;

-- text and binary form give the state back
SELECT bool_and(state::estimate_state::text = state) AS text_form, bool_and(encode(estimate_state_send(state::estimate_state), 'hex') = state) AS binary_form FROM state;
CREATE TABLE stored (what text, state estimate_state);
INSERT INTO stored SELECT what, state::estimate_state FROM state;
\copy stored TO 'results/estimate_state.data' (FORMAT binary)
CREATE TABLE loaded (LIKE stored);
\copy loaded FROM 'results/estimate_state.data' (FORMAT binary)
SELECT count(*), bool_and(l.state::text = s.state) AS same FROM loaded AS l JOIN state AS s USING (what);
\copy stored TO 'results/estimate_state.data'
TRUNCATE loaded;
\copy loaded FROM 'results/estimate_state.data'
SELECT count(*), bool_and(l.state::text = s.state) AS same FROM loaded AS l JOIN state AS s USING (what);

-- states of single days, stored as they came: estimates of any of them together
CREATE TABLE day (day int, state estimate_state);
INSERT INTO day SELECT number % 10, estimate_sample(y, x, probability, stratum, domain, NULL, NULL, 'ratio') FROM visit GROUP BY number % 10;
SELECT to_day, (SELECT array_agg(e::text) FROM estimate_rows((SELECT estimate_merge(state) FROM day WHERE day <= to_day)) AS e)
             = (SELECT array_agg(e::text) FROM estimate(format('SELECT y, x, probability, stratum, domain FROM estimate_state_test.visit WHERE number %% 10 <= %s', to_day), 'ratio') AS e) AS same
FROM generate_series(0, 9, 3) AS to_day;
-- level and options are those of estimate()
SELECT (SELECT array_agg(e::text) FROM estimate_rows((SELECT estimate_merge(state) FROM day), 0.9, '{"variance": "poisson"}') AS e)
     = (SELECT array_agg(e::text) FROM estimate('SELECT y, x, probability, stratum, domain FROM estimate_state_test.visit', 'ratio', 0.9, '{"variance": "poisson"}') AS e) AS same;

--
-- Sums without rounding
--
CREATE FUNCTION total(VARIADIC numbers double precision[]) RETURNS double precision LANGUAGE sql AS
$$ SELECT estimate FROM estimate_rows((SELECT estimate_sample(y, NULL, 1, 'all', NULL, NULL, NULL, 'total') FROM unnest(numbers) AS y)) $$;
-- its bytes: the first of the sums
CREATE FUNCTION total_bytes(VARIADIC numbers double precision[]) RETURNS text LANGUAGE sql AS
$$ SELECT substr(estimate_sample(y, NULL, 1, '', NULL, NULL, NULL, 'total')::text, 83) FROM unnest(numbers) AS y $$;
-- what is far apart
SELECT total(1e300, 1, -1e300), total(1, 1e300, -1e300), total(-1e300, 1e300, 1), total(1e300, 1e-300, -1e300, 1, -1);
SELECT total_bytes(1e300, 1, -1e300) = total_bytes(1) AS same, total_bytes(1e300, 1, -1e300) = sum_of(1) || repeat('000000', 12) AS by_hand;
-- nothing left is 0, without a sign, in no bytes
SELECT total(1e300, -1e300), total(0.1, -0.1, 5e-324, -5e-324), total('-0'), total_bytes(1.7e308, -5e-324, 5e-324, -1.7e308) = repeat('000000', 13) AS none;
-- a sum in the middle may be beyond the range of a double
SELECT total(1.7e308, 1.7e308, 1.7e308, -1.7e308, -1.7e308, -1.6e308), total_bytes(1.7e308, 1.7e308, -1.7e308) = total_bytes(1.7e308) AS same;
-- the smallest numbers there are, and the border to them
SELECT total(5e-324, 5e-324, 5e-324), total(1.7e308, 5e-324, -1.7e308), total(2.2250738585072014e-308, -5e-324), total(-2.225073858507201e-308, 2.2250738585072014e-308);
SELECT total_bytes(5e-324) = '00000100000001' || repeat('000000', 12) AS limb_0, total_bytes(-5e-324) = '01000100000001' || repeat('000000', 12) AS negative,
       total_bytes(2.2250738585072014e-308) = '00010100100000' || repeat('000000', 12) AS two_to_the_52;
-- borrowing across limbs: 2^-500 - 2^-1074 is ones only
SELECT total_bytes(power(2, -500), -5e-324) = '000012' || repeat('ffffffff', 17) || '3fffffff' || repeat('000000', 12) AS ones, total_bytes(-power(2, -500), 5e-324) = '010012' || repeat('ffffffff', 17) || '3fffffff' || repeat('000000', 12) AS negative,
       total_bytes(power(2, -500), -5e-324, 5e-324) = total_bytes(power(2, -500)) AS back;
-- the sum is rounded once: 2^53 + 1 is half way, and a little more decides
SELECT total(9007199254740992, 1) = 9007199254740992 AS even, total(9007199254740992, 1, 1e-10) = 9007199254740994 AS up, total(9007199254740992, 1, -1e-10) = 9007199254740992 AS down,
       total(9007199254740994, 1) = 9007199254740996 AS even, total(-9007199254740992, -1, -1e-10) = -9007199254740994 AS negative, total(9007199254740992, 1, -9007199254740992) AS exact;
-- many summands: carries over several limbs, up and down
CREATE TABLE many AS SELECT i, (CASE WHEN i % 3 = 0 THEN -1 ELSE 1 END * (9007199254740991 - i::bigint * i))::float8 * power(2, i % 190 - 95) AS y FROM generate_series(1, 30000) AS i;
SELECT sum AS by_numeric, total AS exact, sum::float8 = total AS same
FROM (SELECT sum((9007199254740991 - i)::numeric)::numeric AS sum, (SELECT estimate FROM estimate('SELECT 9007199254740991 - i AS y, 1 AS probability FROM generate_series(0, 99999) AS i', 'total')) AS total FROM generate_series(0, 99999) AS i) AS s;
SELECT total, total = by_numeric AS same
FROM (SELECT estimate AS total, (SELECT sum((CASE WHEN i % 3 = 0 THEN -1 ELSE 1 END * (9007199254740991 - i::numeric * i)) * power(2::numeric, i % 190) / power(2::numeric, 95))::float8 FROM many) AS by_numeric
      FROM estimate('SELECT y, 1 AS probability FROM many', 'total')) AS t;
SELECT total(VARIADIC array_agg(y) || array_agg(-y)) AS none, total(VARIADIC array_agg(y) || array_agg(-y) || 1e-300::float8) AS rest FROM many;
-- the same from states of one unit each
SELECT estimate_merge(s)::text = (SELECT estimate_sample(y, NULL, 1, 'all', NULL, NULL, NULL, 'total')::text FROM many) AS same
FROM (SELECT estimate_sample(y, NULL, 1, 'all', NULL, NULL, NULL, 'total') AS s FROM many GROUP BY i) AS p;
-- a state that is doubled again and again: units, and sums, whose top limb grows
CREATE FUNCTION doubled(state estimate_state, times int) RETURNS estimate_state LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. times LOOP
        state := (SELECT fairdraw.estimate_merge(s) FROM (VALUES (state), (state)) AS v (s));
    END LOOP;
    RETURN state;
END
$$;
SELECT n, estimate = 3 * 2 ^ 62 AS estimate FROM estimate_rows(doubled((SELECT estimate_sample(3, NULL, 1, 'all', NULL, NULL, NULL, 'total')), 62));
SELECT substr(doubled(estimate_sample(y, NULL, 1, '', NULL, NULL, NULL, 'total'), 62)::text, 35, 16) AS units, substr(doubled(estimate_sample(y, NULL, 1, '', NULL, NULL, NULL, 'total'), 62)::text, 83, 22) AS sum
FROM unnest('{1.7976931348623157e308,-1.7976931348623157e308}'::float8[]) AS y GROUP BY y ORDER BY y;
-- once more, and the units are too many
SELECT doubled(estimate_sample(3, NULL, 1, 'all', NULL, NULL, NULL, 'total'), 64);
\echo :LAST_ERROR_SQLSTATE
-- the products in between keep 106 bits: (1/3) (1/3) and y x w, once rounded each, would leave something here
SELECT places.what, se = 0 AS none FROM unnest('{mean,ratio}'::text[]) AS places (what), estimate('SELECT 0.1 + number * 0 AS y, (0.1 + number * 0) / 3 AS x, 1 / (3 + number % 7)::float8 AS probability FROM visit', places.what);

--
-- Damaged states: an error, or a state that has just these bytes, but never a crash
--
\pset format unaligned
\pset tuples_only on
SELECT ''::estimate_state;
\echo :LAST_ERROR_SQLSTATE
SELECT 'x'::estimate_state;
\echo :LAST_ERROR_SQLSTATE
SELECT '666'::estimate_state;
\echo :LAST_ERROR_SQLSTATE
SELECT '66646532'::estimate_state;
\echo :LAST_ERROR_SQLSTATE
CREATE FUNCTION refusal(state text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    IF state::fairdraw.estimate_state::text <> state THEN
        RETURN 'accepted as another state';
    END IF;
    RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' | ', SQLSTATE, SQLERRM, NULLIF(detail, ''));
END
$$;
-- a state from its parts: those that are right, and one that is not
CREATE FUNCTION cell(stratum text DEFAULT '000161', domain text DEFAULT 'ffff', units bigint DEFAULT 2, certain bigint DEFAULT 1, nonzero bigint DEFAULT 1, sum text DEFAULT '00210100040000') RETURNS text LANGUAGE sql AS
$$ SELECT 'ffff' || stratum || domain || 'ffff' || lpad(to_hex(units), 16, '0') || lpad(to_hex(certain), 16, '0') || lpad(to_hex(nonzero), 16, '0') || repeat('000000', 12) || sum $$;
CREATE FUNCTION flat(cells text[] DEFAULT ARRAY[cell()], magic text DEFAULT '66646531', what text DEFAULT '01', count int DEFAULT NULL, rest text DEFAULT '') RETURNS text LANGUAGE sql AS
$$ SELECT magic || what || lpad(to_hex(COALESCE(count, cardinality(cells))), 8, '0') || array_to_string(cells, '') || rest $$;
SELECT refusal(flat()), refusal(upper(flat()));
-- its beginning, and what is estimated
SELECT refusal(flat(magic => '66647331')), refusal(flat(magic => '66646532')), refusal(flat(what => '03')), refusal(flat(what => '04')), refusal(flat(what => 'ff'));
-- the number of cells
SELECT refusal(flat(count => 0)), refusal(flat(count => 2)), refusal(flat(count => -1)), refusal(flat(rest => '00')), refusal(flat(ARRAY[]::text[]));
-- names: UTF-8, without zero bytes; 1,024 bytes and empty ones
SELECT name, refusal(flat(ARRAY[cell(domain => name)])) FROM unnest('{0000,000161,0003e794b5,0002e794,000180,0002c080,0003eda080,000100,00026100,0003616263,0004616263}'::text[]) AS name;
SELECT refusal(flat(ARRAY[cell(stratum => '0400' || repeat('61', 1024))])), refusal(flat(ARRAY[cell(stratum => '8000' || repeat('61', 10))]));
-- their order; no cell twice
SELECT refusal(flat(ARRAY[cell(a), cell(b)])) FROM (VALUES ('000161', '000162'), ('000162', '000161'), ('000161', '000161'), ('0000', '000161'), ('000161', '0000'), ('00026161', '000162'), ('000162', '00026161'), ('000161', '00026161'), ('00026161', '000161')) AS v (a, b);
SELECT refusal(flat(ARRAY[cell(domain => a), cell(domain => b)])) FROM (VALUES ('ffff', '0000'), ('0000', 'ffff'), ('ffff', 'ffff'), ('000161', '000162'), ('000162', '000161')) AS v (a, b);
SELECT refusal(flat(ARRAY[cell('000161', '000162'), cell('000162', '000161')])), refusal(flat(ARRAY[cell('000161'), cell('000162'), cell('000161')]));
-- counts
SELECT units, certain, nonzero, refusal(flat(ARRAY[cell(units => units, certain => certain, nonzero => nonzero)]))
FROM (VALUES (1, 0, 0), (2, 2, 0), (9223372036854775807, 0, 0), (0, 0, 0), (2, 3, 0), (2, 0, 3), (2, 1, 2), (-1, 0, 0), (-9223372036854775808, 0, 0), (2, -1, 0), (2, 0, -1)) AS v (units, certain, nonzero);
-- sums: sign, place and number of limbs; canonical: no zeros at either end
SELECT sum, refusal(flat(ARRAY[cell(sum => sum)]))
FROM unnest('{000000,01210100040000,02210100040000,ff210100040000,010000,000100,00430100000001,00440100000001,000200,00ff0100000001,00420200000001ffffffff,00430200000001ffffffff,00000100000000,0000020000000100000000,0000020000000000000001,000003000000010000000000000001,00000200000001,000001000000}'::text[]) AS sum;
SELECT limbs, refusal(flat(ARRAY[cell(sum => '0000' || lpad(to_hex(limbs), 2, '0') || repeat('00000001', limbs))])) FROM unnest('{68,69,70,71,255}'::int[]) AS limbs;
SELECT refusal(flat(ARRAY[cell(sum => '00ffff' || repeat('00000001', 255))]));

-- whatever is accepted can be merged and estimated from, or is refused then
\pset format aligned
\pset tuples_only off
CREATE TABLE whole AS
    SELECT what, state_of(what, 'SELECT * FROM visit WHERE number <= 8') AS state, state_of(what, 'SELECT * FROM visit WHERE number <= 30') AS other FROM unnest('{total,mean,rate,ratio}'::text[]) AS what;
CREATE FUNCTION outcome(damaged bytea, good text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    again text;
BEGIN
    again := encode(damaged, 'hex')::fairdraw.estimate_state::text;
    IF again <> encode(damaged, 'hex') THEN
        RETURN 'accepted as another state';
    END IF;
    PERFORM fairdraw.estimate_merge(s) FROM (VALUES (again::fairdraw.estimate_state), (again::fairdraw.estimate_state), (good::fairdraw.estimate_state)) AS v (s);
    PERFORM fairdraw.estimate_rows(again::fairdraw.estimate_state);
    RETURN 'accepted as it is';
EXCEPTION WHEN OTHERS THEN
    IF SQLSTATE IN ('22023', '22P03', '22003', '22004', '22012', 'P0002', 'XX001') THEN
        RETURN 'refused';
    END IF;
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
-- every byte changed, in two ways
SELECT what, outcome(set_byte(bytes, i, get_byte(bytes, i) # mask), other), count(*) > 0 AS some
FROM (SELECT *, decode(state, 'hex') AS bytes FROM whole) AS w, generate_series(0, octet_length(bytes) - 1) AS i, unnest('{1,128}'::int[]) AS mask
GROUP BY what, outcome ORDER BY what, outcome;
-- cut off after every byte
SELECT what, outcome(substr(bytes, 1, i), other), count(*) = octet_length(bytes) AS all
FROM (SELECT *, decode(state, 'hex') AS bytes FROM whole) AS w, generate_series(0, octet_length(bytes) - 1) AS i
GROUP BY what, bytes, outcome ORDER BY what, outcome;
-- a byte more, at every place
SELECT what, outcome(substr(bytes, 1, i) || '\x00' || substr(bytes, i + 1), other), count(*) > 0 AS some
FROM (SELECT *, decode(state, 'hex') AS bytes FROM whole) AS w, generate_series(0, octet_length(bytes)) AS i
GROUP BY what, outcome ORDER BY what, outcome;
-- one byte less
SELECT what, outcome(substr(bytes, 1, i) || substr(bytes, i + 2), other), count(*) > 0 AS some
FROM (SELECT *, decode(state, 'hex') AS bytes FROM whole) AS w, generate_series(0, octet_length(bytes) - 1) AS i
GROUP BY what, outcome ORDER BY what, outcome;
-- noise behind the beginning
SELECT outcome('fde1'::bytea || set_byte(sha256(i::text::bytea), 0, i % 4) || sha256(i::text::bytea), other), count(*) FROM whole, generate_series(1, 500) AS i WHERE what = 'mean' GROUP BY outcome;
-- the binary form is read as carefully: a file of a state whose last byte is missing
CREATE TABLE cut (state bytea);
INSERT INTO cut SELECT substr(decode(state, 'hex'), 1, length(state) / 2 - 1) FROM whole WHERE what = 'mean';
\copy cut TO 'results/estimate_state.data' (FORMAT binary)
CREATE TABLE loaded_whole (state estimate_state);
\copy loaded_whole FROM 'results/estimate_state.data' (FORMAT binary)
-- an estimate needs a cell
SELECT * FROM estimate_rows('666465310100000000');
\echo :LAST_ERROR_SQLSTATE

DROP SCHEMA estimate_state_test CASCADE;
