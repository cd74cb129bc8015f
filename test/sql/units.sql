--
-- Functions on single units: the sample of draw() in plain SQL
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA units_test;
SET search_path = units_test, fairdraw, public;

--
-- Keys and tickets
--
-- K is hex(H(S "/" stream)) with S = hex(H(seed)), and a ticket H(K ":" uid): built-in functions say the same
SELECT stream_key('seed', 'draw') = encode(sha256(convert_to(encode(sha256('seed'), 'hex') || '/draw', 'UTF8')), 'hex') AS key,
       stream_key('种子', '流/1') = encode(sha256(convert_to(encode(sha256(convert_to('种子', 'UTF8')), 'hex') || '/流/1', 'UTF8')), 'hex') AS key_of_utf8;
SELECT count(*) AS tickets, bool_and(ticket(key, uid) = sha256(convert_to(key || ':' || uid, 'UTF8'))) AS same
FROM (SELECT stream_key('seed ' || i % 5, 'draw') AS key, '企业-' || repeat('x', i % 300) || i AS uid FROM generate_series(1, 1000) AS i) AS u;
-- as a shell computes it: printf '%s:%s' "$K" "$ID" | sha256sum
SELECT ticket('764591b0f9e71767b22d042cdee2cae4ba35dbdc91a94df1b78d85ec7a116302', '91110108551385082Q');
-- draw() returns these tickets
SELECT count(*) AS tickets, bool_and(ticket = ticket(stream_key('seed', 'draw'), uid)) AS same FROM draw('SELECT i AS uid FROM generate_series(1, 1000) AS i', '100', 'seed');
-- one bit of the uid changes about half of the ticket
SELECT length(replace((a # b)::text, '0', '')) BETWEEN 96 AND 160 AS about_half
FROM (SELECT ('x' || encode(ticket(key, 'a'), 'hex'))::bit(256) AS a, ('x' || encode(ticket(key, 'b'), 'hex'))::bit(256) AS b FROM stream_key('seed', 'draw') AS key) AS t;

SELECT stream_key('seed', '');
SELECT stream_key('seed', E'a\tb');
SELECT ticket('764591', 'a');
\echo :LAST_ERROR_SQLSTATE
SELECT ticket(upper(stream_key('seed', 'draw')), 'a');
-- NULL is an error, in every argument
SELECT ticket(NULL, 'a');
\echo :LAST_ERROR_SQLSTATE
SELECT ticket(stream_key('seed', 'draw'), NULL);
SELECT stream_key(NULL, 'draw');
SELECT stream_key('seed', NULL);
SELECT pareto_key(NULL, 1, 1, 2);
SELECT pareto_key('\x00', NULL, 1, 2);
SELECT pareto_key('\x00', 1, NULL, 2);
SELECT pareto_key('\x00', 1, 1, NULL);
SELECT pareto_key('\x00', 1, 1, 2, NULL);
SELECT poisson_drawn(NULL, 1, 1, 2);
SELECT poisson_drawn('\x00', NULL, 1, 2);
SELECT poisson_drawn('\x00', 1, NULL, 2);
SELECT poisson_drawn('\x00', 1, 1, NULL);
SELECT poisson_drawn('\x00', 1, 1, 2, NULL);
SELECT draw_design(NULL, 'seed');
SELECT draw_design('1', NULL);

-- all are immutable and safe in parallel, so that a planner can send them to the rows
SELECT proname, provolatile, proparallel FROM pg_proc
WHERE oid IN ('stream_key(text,text)'::regprocedure, 'ticket(text,text)'::regprocedure, 'pareto_key(bytea,bigint,bigint,bigint,text)'::regprocedure,
              'poisson_drawn(bytea,bigint,bigint,bigint,text)'::regprocedure, 'draw_design(jsonb,text,text,text,text)'::regprocedure) ORDER BY proname;

--
-- The random number a/2^64 of a unit, and what is done with it, in numeric
--
CREATE FUNCTION number_of(bytes bytea) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT sum(get_byte(bytes, i) * 256::numeric ^ (length(bytes) - 1 - i)) FROM generate_series(0, length(bytes) - 1) AS i
$$;
CREATE FUNCTION position_of(ticket bytea, j int, m int) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT a + CASE WHEN a % 2 = 0 THEN 1 ELSE 0 END
    FROM (SELECT (number_of(substr(ticket, 1, 8)) + div(j * 18446744073709551616, m)) % 18446744073709551616 AS a) AS rotated
$$;
CREATE TABLE unit AS
    SELECT i, ticket(stream_key('seed', 'draw'), i::text) AS ticket, (ARRAY[1, 1000000, 4611686018427387903, 123456789012345678, 999999999999])[1 + i % 5] AS micro,
           (ARRAY[1, 1, 1, 7, 50])[1 + i % 5]::bigint AS n, (ARRAY[2, 9223372036854775807, 4611686018427387904, 9223372036854775807, 50000000000000])[1 + i % 5] AS w,
           j, m, j || '/' || m AS rotation
    FROM generate_series(1, 400) AS i, (VALUES (0, 1), (1, 3), (4095, 4096)) AS r (j, m);

-- poisson_drawn: a * W < n * micro * 2^64
SELECT count(*), count(*) FILTER (WHERE poisson_drawn(ticket, micro, n, w, rotation)) AS drawn,
       bool_and(poisson_drawn(ticket, micro, n, w, rotation) = (position_of(ticket, j, m) * w < n::numeric * micro * 18446744073709551616)) AS same
FROM unit;
-- pareto_key: 16 bytes before the point and 32 behind it of the fraction a(W - n micro)/(b n micro), and the ticket
WITH fraction AS (
    SELECT *, a * (w - n::numeric * micro) AS p, (18446744073709551616 - a) * n * micro AS q
    FROM (SELECT *, position_of(ticket, j, m) AS a, pareto_key(ticket, micro, n, w, rotation) AS key FROM unit) AS u)
SELECT count(*), bool_and(length(key) = 80) AS has_80_bytes, bool_and(substr(key, 49) = ticket) AS ends_with_the_ticket,
       bool_and(number_of(substr(key, 1, 48)) = div(p * 2::numeric ^ 256, q)) AS same
FROM fraction;
-- keys of the same design have the order of the fractions, by cross multiplication
WITH fraction AS (
    SELECT *, a * (w - n::numeric * micro) AS p, (18446744073709551616 - a) * n * micro AS q
    FROM (SELECT *, position_of(ticket, 0, 1) AS a, pareto_key(ticket, micro, 1, 9223372036854775807) AS key
          FROM (SELECT ticket, micro, 1::bigint AS n, 9223372036854775807 AS w FROM unit WHERE rotation = '0/1') AS u) AS u)
SELECT count(*), bool_and((x.key < y.key) = (x.p * y.q < y.p * x.q OR x.p * y.q = y.p * x.q AND x.ticket < y.ticket)) AS same
FROM fraction AS x, fraction AS y WHERE x.ticket <> y.ticket;
-- random numbers are never 0 or 1: with all bits off or on, the key is of the smallest or largest odd a
SELECT pareto_key(decode(repeat('00', 32), 'hex'), 1, 1, 2) > '\x00', encode(substr(pareto_key(decode(repeat('00', 32), 'hex'), 1, 1, 2), 1, 24), 'hex') AS smallest,
       encode(substr(pareto_key(decode(repeat('ff', 32), 'hex'), 1, 1, 2), 1, 24), 'hex') AS largest;
-- rotation 1/2 turns the circle by half of 2^64
SELECT poisson_drawn(decode('7f' || repeat('ff', 31), 'hex'), 1, 1, 2), poisson_drawn(decode('7f' || repeat('ff', 31), 'hex'), 1, 1, 2, '1/2'),
       poisson_drawn(decode('80' || repeat('00', 31), 'hex'), 1, 1, 2), poisson_drawn(decode('80' || repeat('00', 31), 'hex'), 1, 1, 2, '1/2');
-- equal keys: the ticket decides, which differs behind the eighth byte
SELECT pareto_key(decode(repeat('11', 31) || '12', 'hex'), 1, 1, 2) > pareto_key(decode(repeat('11', 32), 'hex'), 1, 1, 2) AS larger,
       substr(pareto_key(decode(repeat('11', 31) || '12', 'hex'), 1, 1, 2), 1, 48) = substr(pareto_key(decode(repeat('11', 32), 'hex'), 1, 1, 2), 1, 48) AS equal_keys;

SELECT pareto_key('\x00', 1, 1, 2);
\echo :LAST_ERROR_SQLSTATE
SELECT pareto_key(ticket, 0, 1, 2) FROM unit LIMIT 1;
\echo :LAST_ERROR_SQLSTATE
SELECT pareto_key(ticket, 1, 2, 2) FROM unit LIMIT 1;
SELECT poisson_drawn(ticket, 9223372036854775807, 9223372036854775807, 9223372036854775807) FROM unit LIMIT 1;
SELECT poisson_drawn(ticket, 1, 1, 2, '2/4') FROM unit LIMIT 1;

--
-- The draw in plain SQL
--
CREATE TABLE frame AS
    SELECT f AS frame, 'u' || i AS uid, (CASE f % 3 WHEN 0 THEN 1 + i % 5 WHEN 1 THEN 1.000001 ^ (i % 97 * 100000) WHEN 2 THEN 1 END)::numeric(12, 6) AS weight
    FROM generate_series(1, 30) AS f, generate_series(1, 20 * f) AS i;
-- step 1 of the selection: certain units, one after another, until none is left to take
CREATE FUNCTION remainder(frame int, INOUT n bigint, OUT w bigint, OUT certain text[]) LANGUAGE plpgsql AS $$
DECLARE
    unit record;
BEGIN
    certain := '{}';
    SELECT sum(weight * 1000000) INTO w FROM frame AS f WHERE f.frame = remainder.frame;
    FOR unit IN SELECT uid, (weight * 1000000)::bigint AS micro FROM frame AS f WHERE f.frame = remainder.frame ORDER BY weight DESC
    LOOP
        EXIT WHEN n = 0 OR n::numeric * unit.micro < w;
        n := n - 1;
        w := w - unit.micro;
        certain := certain || unit.uid;
    END LOOP;
END
$$;
CREATE TABLE design AS SELECT DISTINCT frame, 'seed ' || frame AS seed, (ARRAY['0/1', '1/2', '2/7'])[1 + frame % 3] AS rotation, 7 + frame AS size FROM frame;
-- pareto: ORDER BY pareto_key, uid LIMIT n
SELECT count(*) AS draws, sum(cardinality(drawn)) AS drawn, bool_and(drawn IS NOT DISTINCT FROM plain) AS same
FROM design AS d,
     LATERAL remainder(frame, size) AS r,
     LATERAL (SELECT array_agg(uid ORDER BY rank) AS drawn FROM draw('SELECT uid, weight FROM frame WHERE frame = ' || frame, to_jsonb(size), seed, 'draw', 'pareto', rotation) WHERE role = 'drawn') AS a,
     LATERAL (SELECT array_agg(uid) AS plain
              FROM (SELECT uid FROM frame AS f WHERE f.frame = d.frame AND NOT uid = ANY (certain)
                    ORDER BY pareto_key(ticket(stream_key(seed, 'draw'), uid), (weight * 1000000)::bigint, n, w, rotation), uid LIMIT n) AS o) AS b;
-- poisson: WHERE poisson_drawn
SELECT count(*) AS draws, sum(cardinality(drawn)) AS drawn, bool_and(drawn IS NOT DISTINCT FROM plain) AS same
FROM design AS d,
     LATERAL remainder(frame, size) AS r,
     LATERAL (SELECT array_agg(uid ORDER BY rank) AS drawn FROM draw('SELECT uid, weight FROM frame WHERE frame = ' || frame, to_jsonb(size), seed, 'draw', 'poisson', rotation) WHERE role = 'drawn') AS a,
     LATERAL (SELECT array_agg(uid ORDER BY ticket(stream_key(seed, 'draw'), uid)) AS plain FROM frame AS f
              WHERE f.frame = d.frame AND NOT uid = ANY (certain) AND poisson_drawn(ticket(stream_key(seed, 'draw'), uid), (weight * 1000000)::bigint, n, w, rotation)) AS b;
-- the certain units are these
SELECT sum(cardinality(certain)) AS certain, bool_and(taken @> certain AND certain @> taken) AS same
FROM design AS d,
     LATERAL remainder(frame, size) AS r,
     LATERAL (SELECT coalesce(array_agg(uid), '{}') AS taken FROM draw('SELECT uid, weight FROM frame WHERE frame = ' || frame, to_jsonb(size), seed, 'draw', 'pareto', rotation) WHERE role = 'certain') AS a;

--
-- Weights: read without a numeric operation, and given back
--
-- 10^5 of all lengths and scales, each in a stratum of its own
SELECT setseed(0.5);
CREATE TABLE weight AS
    SELECT i, CASE i % 4 WHEN 0 THEN trunc(random()::numeric * 9223372036854)                                    -- integers
                         WHEN 1 THEN (random()::numeric * 10::numeric ^ (i % 13))::numeric(20, 6)                  -- up to six digits behind the point
                         WHEN 2 THEN (1 + trunc(random()::numeric * 9999)) * 10::numeric ^ (i % 16 - 6)            -- few digits
                         ELSE ((1 + trunc(random()::numeric * 9)) * 10::numeric ^ (i % 16 - 6))::numeric(120, 90)  -- trailing zeros, in the long form
              END AS weight
    FROM generate_series(1, 100000) AS i;
DELETE FROM weight WHERE weight = 0;
INSERT INTO weight VALUES (0, 0.000001), (-1, 9223372036854.775807), (-2, 9000000000000), (-3, 0.0001), (-4, 10000), (-5, 9999.9999), (-6, 100000000.00000001 - 0.00000001), (-7, 0.01);
DELETE FROM weight WHERE weight >= 9223372036854.775808;
SELECT count(*) > 90000 AS many, bool_and(d.weight IS NOT DISTINCT FROM w.weight) AS same, bool_and(d.weight::text = trim_scale(w.weight)::text) AS shortest
FROM draw('SELECT i AS uid, i AS stratum, weight FROM weight', '1', 'seed') AS d FULL JOIN weight AS w ON w.i::text = d.uid;
-- refused exactly where it is not above 0, not finite, not below 2^63 millionths, or has more than six digits behind the point
CREATE FUNCTION fault(weight numeric) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    PERFORM draw_sample('u', 's', weight, draw_design('1', 'seed'));
    RETURN 'none';
EXCEPTION WHEN numeric_value_out_of_range THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN detail;
END
$$;
CREATE TABLE any_weight AS
    SELECT i, (CASE WHEN i % 11 = 0 THEN -1 ELSE 1 END) * trunc(random()::numeric * 10::numeric ^ (i % 20)) * 10::numeric ^ (i % 17 - 13) AS weight
    FROM generate_series(1, 30000) AS i
    UNION ALL
    SELECT -i, weight FROM unnest('{NaN,Infinity,-Infinity,0,-0.0,0.000000,1e-7,9223372036854.775807,9223372036854.775808,9223372036854.7758079,9223372036854.77580700000000000000000001,1e30,-1e30,1e-16000,-1e-16000}'::numeric[]) WITH ORDINALITY AS w (weight, i)
    UNION ALL
    SELECT 100000 + e, ('1e' || e)::numeric FROM generate_series(-300, 300) AS e
    UNION ALL
    SELECT 200000, (repeat('9', 131072) || '.' || repeat('9', 16383))::numeric;
SELECT expected, count(*) >= 3 AS some, bool_and(fault(weight) = expected) AS same
FROM (SELECT weight, CASE WHEN weight IN ('NaN', 'Infinity', '-Infinity') THEN 'A weight is a finite number.'
                          WHEN weight <= 0 THEN 'A weight is greater than 0.'
                          WHEN weight >= 9223372036854.775808 THEN 'A weight is below 9223372036854.775808.'
                          WHEN scale(trim_scale(weight)) > 6 THEN 'A weight has at most 6 fractional digits.'
                          ELSE 'none' END AS expected FROM any_weight) AS w
GROUP BY expected ORDER BY expected COLLATE "C";

DROP SCHEMA units_test CASCADE;
