--
-- What estimate() and the aggregates under it refuse, and how they say so
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA estimate_errors;
SET search_path = estimate_errors, fairdraw, public;
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
CREATE FUNCTION refusal_of_sample(sample text, what text DEFAULT 'mean') RETURNS text LANGUAGE sql AS
$$ SELECT refusal(format('SELECT * FROM estimate(%L, %L)', sample, what)) $$;
CREATE FUNCTION refusal_of_options(options text, what text DEFAULT 'mean') RETURNS text LANGUAGE sql AS
$$ SELECT refusal(format('SELECT * FROM estimate(''TABLE visit'', %L, 0.95, %L)', what, options)) $$;
\pset format unaligned
\pset tuples_only on

CREATE TABLE visit AS SELECT 'food' AS stratum, 'north' AS domain, i AS y, 1 AS x, 0.5 AS probability FROM generate_series(1, 4) AS i;
SELECT refusal_of_sample('TABLE visit'), refusal_of_options('{}'), refusal_of_sample('TABLE visit', 'ratio');

--
-- Probabilities
--
SELECT * FROM estimate('SELECT 1 AS y, 0 AS probability');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT y, 2 AS probability, stratum, domain FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT probability, refusal_of_sample(format('SELECT 1 AS y, %L::float8 AS probability', probability)) FROM unnest('{-0.5,-0,1.0000000000000002,NaN,Infinity,-Infinity}'::text[]) AS probability;
-- the largest below 1 and the smallest whose reciprocal is a number are allowed
SELECT probability, refusal_of_sample(format('SELECT 1 AS y, %s::float8 AS probability', probability), 'total') FROM unnest('{0.9999999999999999,1e-150}'::text[]) AS probability;
SELECT * FROM estimate('SELECT 1 AS y, 1e-310::float8 AS probability');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT 1 AS y, NULL::float8 AS probability');
\echo :LAST_ERROR_SQLSTATE

--
-- y and x
--
SELECT * FROM estimate('SELECT NULL::int AS y, 0.5 AS probability');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT CASE WHEN y < 4 THEN y END AS y, probability, stratum, domain FROM visit', 'total');
\echo :LAST_ERROR_SQLSTATE
SELECT y, refusal_of_sample(format('SELECT %L::%s AS y, 0.5 AS probability', y, type)) FROM unnest('{NaN,Infinity,-Infinity}'::text[]) AS y, unnest('{float8,real}'::text[]) AS type;
SELECT refusal_of_sample('SELECT ''NaN''::numeric AS y, 0.5 AS probability');
-- a numeric beyond the range of double precision
SELECT split_part(refusal_of_sample('SELECT 1e309 AS y, 0.5 AS probability'), ' | ', 1);
-- in a rate 0 and 1
SELECT * FROM estimate('SELECT 2 AS y, 0.5 AS probability', 'rate');
\echo :LAST_ERROR_SQLSTATE
SELECT y, refusal_of_sample(format('SELECT %s AS y, 0.5 AS probability, 7 AS domain', y), 'rate') FROM unnest('{0,1,-0.0::float8,1.0,true,-1,0.5,1.0000000000000002::float8,NULL::boolean}'::text[]) AS y;
-- x
SELECT * FROM estimate('SELECT 1 AS y, NULL::int AS x, 0.5 AS probability', 'ratio');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT 1 AS y, ''Infinity''::float8 AS x, 0.5 AS probability', 'ratio');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample('SELECT 1 AS y, ''NaN''::float8 AS x, 1 AS probability', 'ratio');
-- nothing to compare y to, in a domain or in the whole
SELECT * FROM estimate('SELECT 1 AS y, 0 AS x, 0.5 AS probability', 'ratio');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('TABLE visit UNION ALL SELECT ''food'', ''south'', 1, 0, 1', 'ratio');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample('SELECT 1 AS y, x, 0.5 AS probability, x AS domain FROM unnest(ARRAY[-1, 1]) AS x', 'ratio');
SELECT refusal_of_sample('SELECT 0 AS y, 0 AS x, 1 AS probability', 'ratio');

--
-- Too large or too small
--
SELECT * FROM estimate('SELECT 1e154::float8 AS y, 0.5 AS probability');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT 1 AS y, 1e154::float8 AS x, 0.5 AS probability, ''food'' AS stratum, ''d'' AS domain', 'ratio');
\echo :LAST_ERROR_SQLSTATE
SELECT what, refusal_of_sample('SELECT 1 AS y, 1 AS x, 1e-160::float8 AS probability', what) FROM unnest('{total,mean,rate,ratio}'::text[]) AS what;
SELECT y, refusal_of_sample(format('SELECT %s AS y, 0.5 AS probability', y)) FROM unnest('{1e-150,-1e-200,1e-320,1e-130}'::text[]) AS y;
SELECT refusal_of_sample('SELECT 0 AS y, 1e-150::float8 AS x, 0.5 AS probability', 'ratio'), refusal_of_sample('SELECT 0 AS y, i AS x, 0.5 AS probability FROM generate_series(0, 1) AS i', 'ratio');
-- each row can be added up, but their sum is no number
SELECT * FROM estimate('SELECT 1.7e308::float8 AS y, 1 AS probability, d AS domain FROM unnest(''{a,b}''::text[]) AS d', 'total');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT 1.7e308::float8 AS y, 1 AS probability, ''d'' AS domain FROM generate_series(1, 2)', 'total');
SELECT refusal_of_sample('SELECT 1e300::float8 AS y, 1e-100::float8 AS x, 1 AS probability', 'ratio');
-- nor may the sum of squares be none, in the whole, in a domain, or with the mean of others
SELECT what, refusal_of_sample('SELECT y, 0.5 AS probability FROM (VALUES (8e153), (-8e153), (8e153)) AS v (y)', what) FROM unnest('{total,mean}'::text[]) AS what;
SELECT refusal_of_sample('SELECT y, 0.5 AS probability, ''d'' AS domain FROM (VALUES (8e153), (-8e153), (8e153)) AS v (y)', 'total');
SELECT refusal_of_sample('SELECT y, probability FROM (VALUES (1.7e200, 1), (5, 0.5), (3, 0.5)) AS v (y, probability)');
SELECT refusal_of_sample('SELECT y, 1e-100 AS x, 0.5 AS probability FROM (VALUES (1e150), (5e150), (3e150)) AS v (y)', 'ratio');
-- what is certain has no square
SELECT estimate FROM estimate('SELECT 1.7e308::float8 AS y, 1 AS probability', 'total');

--
-- Names
--
SELECT * FROM estimate('SELECT y, probability, NULL AS stratum FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT y, probability, stratum, CASE WHEN y < 4 THEN NULL ELSE domain END AS domain FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample(format('SELECT y, probability, %s FROM visit', columns))
FROM unnest(ARRAY['NULL AS domain', 'NULL AS draw', 'NULLIF(y, 1) AS draw', '''d'' AS draw, NULL AS stream', '''d'' AS draw, NULLIF(y, 2) AS stream']) AS columns;
-- the message does not depend on the order of rows
SELECT bool_and(refusal_of_sample('SELECT 1 AS y, 0.5 AS probability, NULL AS domain, i % 7 AS stratum FROM generate_series(1, 30) AS i ORDER BY ' || by) LIKE '%in a row of stratum "0"%') FROM unnest('{i,-i,hashint4(i)}'::text[]) AS by;
-- streams without draws
SELECT * FROM estimate('SELECT y, probability, 1 AS stream FROM visit');
\echo :LAST_ERROR_SQLSTATE
-- one draw, two streams, in one stratum, in two strata or in two domains
SELECT * FROM estimate('SELECT y, probability, stratum, ''2027-03'' AS draw, y % 2 AS stream FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample(format('SELECT y, probability, y AS %s, 1 AS draw, ''s'' || y / 3 AS stream FROM visit', name)) FROM unnest('{stratum,domain}'::text[]) AS name;
-- a unit that stands in two rows, or in two rows of its draw
SELECT * FROM estimate('SELECT y, probability, y / 2 AS uid FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample(format('SELECT y, probability, %s FROM visit', columns)) FROM unnest(ARRAY['y / 2 AS uid, y AS draw', 'y / 2 AS uid, 1 AS draw', 'y AS uid, 1 AS draw', 'y AS uid, 1 AS part']) AS columns;
SELECT * FROM estimate('SELECT y, probability, NULLIF(y, 2) AS uid FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample('SELECT 1 AS y, 1 AS probability, now() AS uid');
-- names that are too long: 1,024 bytes of UTF-8 are allowed
SELECT refusal_of_sample(format('SELECT y, probability, %s AS draw, repeat(''x'', %s) AS %I FROM visit', 1, 1024, name)) FROM unnest('{stratum,domain,stream}'::text[]) AS name;
SELECT * FROM estimate('SELECT y, probability, repeat(''x'', 1025) AS domain FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample(format('SELECT y, probability, %s repeat(''电'', 342) AS %I FROM visit', CASE name WHEN 'stream' THEN '1 AS draw, ' END, name)) FROM unnest('{stratum,draw,stream}'::text[]) AS name;

--
-- The sample query
--
SELECT * FROM estimate('SELECT 1 AS probability');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT y, stratum FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT y, probability FROM visit', 'ratio');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample('SELECT 1 AS "Y", 1 AS probability'), refusal_of_sample('SELECT 1 AS y, 2 AS y, 1 AS probability');
SELECT * FROM estimate('SELECT ''1'' AS y, 0.5 AS probability');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT 1 AS y, true AS probability');
\echo :LAST_ERROR_SQLSTATE
SELECT type, refusal_of_sample(format('SELECT NULL::%s AS y, 1 AS probability', type)) FROM unnest('{money,text,jsonb,date,interval,integer[],fairdraw.result_code}'::text[]) AS type;
SELECT type, refusal_of_sample(format('SELECT 1 AS y, NULL::%s AS probability', type)) FROM unnest('{text,bit}'::text[]) AS type;
SELECT name, refusal_of_sample(format('SELECT 1 AS y, 1 AS probability, now() AS %I', name), CASE name WHEN 'x' THEN 'ratio' ELSE 'mean' END) FROM unnest('{x,stratum,domain,draw,stream}'::text[]) AS name;
-- not one query that only reads
SELECT * FROM estimate('SELECT 1 AS y, 1 AS probability; SELECT 1');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample(sample) FROM unnest(ARRAY['', ';', 'DELETE FROM visit', 'INSERT INTO visit SELECT * FROM visit RETURNING y, probability', 'SELECT y, probability INTO other FROM visit', 'EXPLAIN TABLE visit', 'CREATE TABLE other (y int)']) AS sample;
SELECT refusal_of_sample('WITH d AS (DELETE FROM visit RETURNING *) TABLE d');
CREATE FUNCTION writes() RETURNS integer LANGUAGE sql AS 'INSERT INTO estimate_errors.visit DEFAULT VALUES; SELECT 1';
SELECT * FROM estimate('SELECT writes() AS y, 1 AS probability');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM visit;
-- what PostgreSQL says to the query stands in it
SELECT * FROM estimate('SELECT yy AS y, probability FROM visit');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT FROM WHERE');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('SELECT 1 / (y - 4) AS y, probability FROM visit');
\echo :LAST_ERROR_SQLSTATE
-- no unit at all
SELECT * FROM estimate('SELECT * FROM visit WHERE false');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal_of_sample('SELECT *, 1 AS part FROM visit WHERE false');

--
-- Arguments
--
SELECT * FROM estimate(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT refusal(format('SELECT * FROM estimate(%s)', arguments)) FROM unnest(ARRAY['''TABLE visit'', NULL', '''TABLE visit'', ''mean'', NULL', '''TABLE visit'', ''mean'', 0.95, NULL']) AS arguments;
SELECT * FROM estimate('TABLE visit', 'median');
\echo :LAST_ERROR_SQLSTATE
SELECT what, refusal_of_sample('TABLE visit', what) FROM unnest('{"",Mean,means,tot}'::text[]) AS what;
SELECT * FROM estimate('TABLE visit', 'mean', 95);
\echo :LAST_ERROR_SQLSTATE
SELECT level, refusal(format('SELECT * FROM estimate(''TABLE visit'', ''mean'', %L)', level)) FROM unnest('{0,1,-0.95,NaN,Infinity,-Infinity}'::text[]) AS level;
SELECT level, refusal(format('SELECT * FROM estimate(''TABLE visit'', ''mean'', %L)', level)) FROM unnest('{1e-300,0.9999999999999999}'::text[]) AS level;

-- arguments are looked at before the query runs
SELECT refusal('SELECT * FROM estimate(''SELECT 1 / 0 AS y, 1 AS probability'', ''mean'', 2)');

--
-- Options
--
SELECT * FROM estimate('TABLE visit', 'mean', 0.95, '{"varianz": "rosen"}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('TABLE visit', 'mean', 0.95, '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT options, refusal_of_options(options) FROM unnest(ARRAY['"variance"', '1', 'null', '[{"variance": "rosen"}]', '{"": "rosen"}', '{"Variance": "rosen"}']) AS options;
SELECT * FROM estimate('TABLE visit', 'mean', 0.95, '{"variance": "jackknife"}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('TABLE visit', 'rate', 0.95, '{"interval": "wald"}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('TABLE visit', 'mean', 0.95, '{"design": "systematic"}');
\echo :LAST_ERROR_SQLSTATE
SELECT options, refusal_of_options(options)
FROM unnest(ARRAY['{"variance": "design"}', '{"variance": "Rosen"}', '{"variance": ""}', '{"variance": null}', '{"variance": 1}', '{"variance": true}', '{"variance": ["rosen"]}', '{"variance": {"food": "rosen"}}',
                  '{"interval": "default"}', '{"interval": null}', '{"interval": ["t"]}', '{"interval": {}}',
                  '{"design": "SRS"}', '{"design": null}', '{"design": 5}', '{"design": ["srs"]}', '{"design": {"food": 1}}', '{"design": {"food": null}}', '{"design": {"food": "cluster"}}', '{"design": {"food": {"food": "srs"}}}',
                  '{"design": {"food": "auto"}, "variance": "deville", "interval": "t"}']) AS options;
-- which interval has what
SELECT * FROM estimate('TABLE visit', 'mean', 0.95, '{"interval": "wilson"}');
\echo :LAST_ERROR_SQLSTATE
SELECT what, interval, refusal(format('SELECT * FROM estimate(''SELECT 1 AS y, 1 AS x, 0.5 AS probability'', %L, 0.95, ''{"interval": "%s"}'')', what, interval))
FROM unnest('{total,mean,rate,ratio}'::text[]) AS what, unnest('{korn-graubard,kish,wilson,t}'::text[]) AS interval;
-- the design of every stratum, and of no other
SELECT * FROM estimate('TABLE visit', 'mean', 0.95, '{"design": {}}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM estimate('TABLE visit', 'mean', 0.95, '{"design": {"food": "srs", "lifts": "srs"}}');
\echo :LAST_ERROR_SQLSTATE
SELECT options, refusal_of_options(options) FROM unnest(ARRAY['{"design": {"foo": "srs"}}', '{"design": {"Food": "srs"}}', '{"design": {"food ": "srs", "food": "srs"}}', '{"design": {"": "srs", "food": "srs"}}', '{"design": {"food": "srs", "电梯": "srs"}}']) AS options;

--
-- The layers below: estimate_sample(), estimate_merge(), estimate_rows()
--
SELECT estimate_sample(1, NULL, 2, 'food', 'north', NULL, NULL, 'mean');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal(format('SELECT estimate_sample(%s)', arguments))
FROM unnest(ARRAY['NULL, NULL, 0.5, ''food'', NULL, NULL, NULL, ''mean''', '1, NULL, NULL, ''food'', NULL, NULL, NULL, ''mean''', '1, NULL, 0.5, NULL, NULL, NULL, NULL, ''mean''',
                  '1, NULL, 0.5, ''food'', NULL, NULL, NULL, NULL', '1, NULL, 0.5, ''food'', NULL, NULL, NULL, ''sum''', '1, NULL, 0.5, ''food'', NULL, NULL, NULL, ''ratio''',
                  '2, NULL, 0.5, ''food'', ''north'', NULL, NULL, ''rate''', '1, NULL, 0.5, ''food'', repeat(''x'', 1025), NULL, NULL, ''mean''']) AS arguments;
-- a simple random sample has equal probabilities
SELECT * FROM estimate('SELECT y, y / 10.0 AS probability, stratum FROM visit', 'mean', 0.95, '{"design": "srs"}');
\echo :LAST_ERROR_SQLSTATE
SELECT refusal('SELECT * FROM estimate(''SELECT y, y / 4.0 AS probability, y = 2 AS s, CASE WHEN y < 3 THEN 1 ELSE 2 END AS stratum FROM visit'', ''mean'', 0.95, ''{"design": {"1": "srs", "2": "pareto"}}'')'),
       refusal('SELECT * FROM estimate(''SELECT y, y / 4.0 AS probability, CASE WHEN y = 4 THEN 1 ELSE y END AS stratum FROM visit'', ''mean'', 0.95, ''{"design": "srs"}'')');
-- one word for all rows
SELECT estimate_sample(y, x, probability, stratum, NULL, NULL, NULL, CASE WHEN y < 3 THEN 'mean' ELSE 'total' END) FROM visit;
\echo :LAST_ERROR_SQLSTATE
-- a domain for all rows or for none
SELECT * FROM estimate_rows((SELECT estimate_sample(y, x, probability, stratum, CASE WHEN y < 3 THEN domain END, NULL, NULL, 'mean') FROM visit));
\echo :LAST_ERROR_SQLSTATE
SELECT refusal('SELECT * FROM estimate_rows((SELECT estimate_sample(y, x, probability, y::text, CASE WHEN y > 3 THEN domain END, NULL, NULL, ''mean'') FROM visit))');
-- so with draws and streams
SELECT refusal(format('SELECT * FROM estimate_rows((SELECT estimate_sample(y, x, probability, stratum, NULL, %s, %s, ''mean'') FROM visit))', draw, stream))
FROM (VALUES ('NULLIF(y, 1)::text', 'NULL'), ('y::text', 'NULLIF(y, 4)::text'), ('NULL', 'y::text'), ('NULL', '''s'''), ('y::text', 'y::text')) AS v (draw, stream);
-- states of different estimates
SELECT estimate_merge(s) FROM (SELECT estimate_sample(1, NULL, 0.5, 'food', NULL, NULL, NULL, what) AS s FROM unnest('{mean,rate}'::text[]) AS what GROUP BY what ORDER BY what) AS p;
\echo :LAST_ERROR_SQLSTATE
-- no state
SELECT * FROM estimate_rows(NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT refusal('SELECT * FROM estimate_rows((SELECT estimate_merge(NULL)))'),
       refusal('SELECT * FROM estimate_rows((SELECT estimate_sample(y, x, probability, stratum, NULL, NULL, NULL, ''mean'') FROM visit WHERE false))');
-- the arguments of estimate_rows() are those of estimate()
SELECT refusal(format('SELECT * FROM estimate_rows((SELECT estimate_sample(y, x, probability, stratum, NULL, NULL, NULL, ''mean'') FROM visit), %s)', arguments))
FROM unnest(ARRAY['0.95', 'NULL', '0.95, NULL', '1', '0.95, ''{"interval": "wilson"}''', '0.95, ''{"variance": "none"}''', '0.95, ''{"design": {}}''', '0.95, ''1''']) AS arguments;
-- the functions under the aggregates, outside of them
SELECT estimate_state_add(NULL, 1, NULL, 0.5, 'food', NULL, NULL, NULL, 'mean');
\echo :LAST_ERROR_SQLSTATE
SELECT estimate_state_merge(NULL, NULL);
\echo :LAST_ERROR_SQLSTATE

DROP SCHEMA estimate_errors CASCADE;
