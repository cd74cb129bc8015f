--
-- allocate() and allocation_sizes(): how many units each stratum gives
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA allocate_test;
SET search_path = allocate_test, fairdraw, public;

-- an allocation as one value
CREATE FUNCTION allotted(strata text, n bigint, method text DEFAULT 'proportional', options jsonb DEFAULT '{}') RETURNS text LANGUAGE sql
AS $$ SELECT string_agg(a.stratum || ' ' || a.n, ', ') FROM allocate(strata, n, method, options) AS a $$;

--
-- The methods
--
CREATE TABLE kind (stratum text, units integer, sd numeric, total numeric);
INSERT INTO kind VALUES ('food', 5200, 2.5, 41600), ('lifts', 800, 6, 9600), ('plants', 60, 40, 12000), ('食品', 3000, 1.2, 3600), ('other', 12000, 0.4, 2400);
SELECT * FROM allocate('TABLE kind', 200);
SELECT method, allotted('TABLE kind', 200, method) FROM unnest('{proportional,neyman,power,equal}'::text[]) AS method;
SELECT allotted('TABLE kind', NULL, 'rate', '{"rate": 0.03}');
-- power: with 0 the strata are equally precise, with 1 it is neyman
SELECT q, allotted('TABLE kind', 200, 'power', jsonb_build_object('q', q)) FROM unnest('{0,0.25,0.5,0.75,1}'::numeric[]) AS q;

-- what Neyman's formula gives in fractions is 78.6, 65.8, 39.3, 57.3, 35.0, 15.9, 8.2 here; the best integers, by Wright (2012):
CREATE TABLE region AS SELECT * FROM (VALUES ('1', 589, 78.6), ('2', 913, 65.8), ('3', 321, 39.3), ('4', 171, 57.3), ('5', 471, 35.0), ('6', 186, 15.9), ('7', 245, 8.2)) AS v (stratum, units, share);
SELECT allotted('SELECT stratum, units, share / units AS sd FROM region', 300, 'neyman');
SELECT allotted('SELECT stratum, units FROM region', 300);
-- no allocation next to it, with one unit moved from one stratum to another, has a smaller variance
CREATE TABLE best AS SELECT a.stratum, a.n, share FROM allocate('SELECT stratum, units, share / units AS sd FROM region', 300, 'neyman') AS a JOIN region USING (stratum);
SELECT count(*), bool_and(f.share ^ 2 / (f.n - 1) - f.share ^ 2 / f.n >= t.share ^ 2 / t.n - t.share ^ 2 / (t.n + 1)) AS best
FROM best AS f JOIN best AS t ON f.stratum <> t.stratum;

-- in every method the sum is n, and one more unit takes nothing from any stratum, for every n that the bounds allow
CREATE TABLE district AS SELECT 'd' || i AS stratum, i * i AS units, (i * 7 % 5)::numeric / 2 AS sd, 100 + i * 13 % 7 AS total, least(i % 4, i) AS low, i * i - i / 3 AS high FROM generate_series(0, 9) AS i;
CREATE TABLE given AS
    SELECT method, g.n, a.stratum, a.n AS its
    FROM unnest('{proportional,neyman,power,equal}'::text[]) AS method, generate_series((SELECT sum(low) FROM district), (SELECT sum(high) FROM district)) AS g (n),
         LATERAL allocate('TABLE district', g.n, method) AS a;
SELECT method, min(n), max(n), count(*), bool_and(n = its) AS sum_is_n FROM (SELECT method, n, sum(its) AS its FROM given GROUP BY 1, 2) AS s GROUP BY 1 ORDER BY 1;
SELECT method, bool_and(more - its IN (0, 1)) AS monotone, bool_and(its BETWEEN low AND high) AS within_bounds
FROM (SELECT *, lead(its) OVER (PARTITION BY method, stratum ORDER BY n) AS more FROM given) AS g JOIN district USING (stratum) GROUP BY 1 ORDER BY 1;

--
-- Orders
--
-- rows come in the order of the bytes of their strata, whatever the order of the query
SELECT string_agg(a.stratum, ' ') FROM allocate('SELECT stratum, 10 AS units FROM unnest(''{b,é,B,10,9,食,电,b1,ab}''::text[]) AS stratum', 20) AS a;
SELECT count(DISTINCT allotted(format('SELECT * FROM district ORDER BY md5(stratum || %s)', i), 100, method)) AS answers, method
FROM generate_series(1, 20) AS i, unnest('{proportional,neyman,power,equal}'::text[]) AS method GROUP BY 2 ORDER BY 2;
-- of equal priorities the stratum with more units comes first
SELECT allotted('SELECT * FROM (VALUES (''a'', 10), (''b'', 30), (''c'', 20)) AS v (stratum, units)', n, 'equal') FROM generate_series(3, 6) AS n;
SELECT allotted('SELECT * FROM (VALUES (''a'', 10, 3), (''b'', 30, 1), (''c'', 15, 2)) AS v (stratum, units, sd)', n, 'neyman') FROM generate_series(3, 6) AS n;
-- then the name that is first by its bytes
SELECT allotted('SELECT * FROM (VALUES (''b'', 10), (''B'', 10), (''é'', 10), (''a'', 10)) AS v (stratum, units)', n) FROM generate_series(4, 8) AS n;
-- strata may be numbers, and char(n) without its blanks
SELECT allotted('SELECT * FROM (VALUES (10, 5), (9, 5)) AS v (stratum, units)', 3), allotted('SELECT ''a''::char(5) AS stratum, 5::smallint AS units', 3);

--
-- Bounds
--
-- no stratum is left out: each gives at least one unit, or "min" of them, as far as it has them
CREATE TABLE uneven AS SELECT * FROM (VALUES ('a', 1000), ('b', 3), ('c', 3), ('d', 1)) AS v (stratum, units);
SELECT options, allotted('TABLE uneven', 10, 'proportional', options) FROM unnest('{"{}","{\"min\": 0}","{\"min\": 2}","{\"min\": 3}"}'::jsonb[]) AS options;
SELECT allotted('SELECT * FROM (VALUES (''b'', 3), (''c'', 3), (''d'', 1)) AS v (stratum, units)', 7, 'proportional', '{"min": 99}');
-- a stratum without units gives none
SELECT allotted('SELECT * FROM (VALUES (''a'', 1000), (''b'', 0)) AS v (stratum, units)', n) FROM unnest('{1,10,1000}'::int[]) AS n;
SELECT allotted('SELECT ''a'' AS stratum, 0 AS units', 0);
-- the columns low and high; a low takes the place of "min", and a high of 0 leaves a stratum out
SELECT method, n, allotted('SELECT * FROM (VALUES (''a'', 1000, 0, 1000), (''b'', 30, 8, 30), (''c'', 500, 0, 2), (''d'', 70, 0, 0)) AS v (stratum, units, low, high)', n, method)
FROM unnest('{10,11,40}'::int[]) AS n, unnest('{proportional,equal}'::text[]) AS method ORDER BY n, method;
SELECT allotted('SELECT * FROM (VALUES (''a'', 1000, 1000), (''b'', 30, 0)) AS v (stratum, units, high)', 10);
-- with n at either sum of the bounds every stratum is at its own
SELECT bool_and(its = low) AS all_low FROM given JOIN district USING (stratum) WHERE n = (SELECT sum(low) FROM district);
SELECT bool_and(its = high) AS all_high FROM given JOIN district USING (stratum) WHERE n = (SELECT sum(high) FROM district);
-- with fewer units than strata, and "min": 0, the largest sizes get the first
SELECT allotted('SELECT * FROM (VALUES (''a'', 10, 5), (''b'', 40, 1), (''c'', 20, 3)) AS v (stratum, units, sd)', n, 'neyman', '{"min": 0}') FROM generate_series(0, 4) AS n;

--
-- Deviations
--
-- a stratum whose units are all alike gives its low, until no other can give more; then such strata share by their units
SELECT n, allotted('SELECT * FROM (VALUES (''a'', 10, 5), (''b'', 60, 0), (''c'', 20, 0), (''d'', 5, 1)) AS v (stratum, units, sd)', n, 'neyman') FROM unnest('{4,10,17,18,25,95}'::int[]) AS n;
SELECT allotted('SELECT * FROM (VALUES (''a'', 10, 0), (''b'', 60, 0)) AS v (stratum, units, sd)', 14, 'neyman');
-- a stratum that has nothing, and whose units are all alike, has a total of 0
SELECT allotted('SELECT * FROM (VALUES (''a'', 10, 5, 100), (''b'', 60, 0, 0), (''c'', 0, 0, 0)) AS v (stratum, units, sd, total)', 7, 'power');
-- sd and total in every type of numbers
SELECT method, type, allotted(format('SELECT stratum, units, (sd * 10)::%1$s AS sd, total::%1$s FROM kind', type), 200, method)
FROM unnest('{neyman,power}'::text[]) AS method, unnest('{integer,bigint,numeric,real,double precision}'::text[]) AS type ORDER BY method, type;
-- double precision counts with 15 digits, as its cast to numeric does: the noise behind them breaks no tie
SELECT allotted('SELECT * FROM (VALUES (''a'', 10, 0.1::float8 + 0.2::float8), (''b'', 10, 0.3::float8)) AS v (stratum, units, sd)', 3, 'neyman');
SELECT allotted('SELECT * FROM (VALUES (''a'', 10, 0.3), (''b'', 10, 0.30000000000000004)) AS v (stratum, units, sd)', 3, 'neyman');
-- the scale of deviations and totals does not matter
SELECT count(DISTINCT allotted(format('SELECT stratum, units, sd * 1e%s AS sd, total * 1e%s AS total FROM kind', e, -e), 200, method)) AS answers, method
FROM unnest('{-40,-17,-3,0,1,16,40}'::int[]) AS e, unnest('{neyman,power}'::text[]) AS method GROUP BY 2 ORDER BY 2;
-- powers are computed to enough digits for ties to stay ties: 10 / 3 * sqrt(3) is 80 / 192 * sqrt(192)
SELECT allotted('SELECT * FROM (VALUES (''a'', 10, 1, 3), (''b'', 80, 1, 192)) AS v (stratum, units, sd, total)', n, 'power') FROM generate_series(2, 5) AS n;
-- what is above 0 is never taken for 0, however small beside the others
SELECT allotted('SELECT * FROM (VALUES (''a'', 10, 1), (''b'', 10, 1e-30), (''c'', 100, 0)) AS v (stratum, units, sd)', 15, 'neyman');
-- columns that a method does not look at may be anything
SELECT allotted('SELECT stratum, units, ''?'' AS sd, NULL AS total FROM kind', 20);

--
-- Rates
--
-- rounded up, and so at least one where there is a unit; exact: 0.07 * 100 is 7, which floating point makes 7.000000000000001
SELECT allotted('SELECT i AS stratum, i AS units FROM unnest(''{0,1,7,33,34,66,67,100}''::int[]) AS i', NULL, 'rate', '{"rate": 0.03}');
SELECT allotted('SELECT i AS stratum, i AS units FROM unnest(''{7,14,100,200,1100}''::int[]) AS i', NULL, 'rate', '{"rate": 0.07}'), ceil(0.07::float8 * 100);
SELECT allotted('SELECT ''a'' AS stratum, 7 AS units', NULL, 'rate', '{"rate": 1}'), allotted('SELECT ''a'' AS stratum, 7 AS units', NULL, 'rate', '{"rate": 1e-30}');
-- one for each stratum
SELECT allotted('TABLE kind', NULL, 'rate', '{"rate": {"food": 0.1, "lifts": 0.5, "plants": 1, "食品": 0.03, "other": 0.001}}');
-- bounds come before rates
SELECT allotted('SELECT * FROM (VALUES (''a'', 100, 5, 100), (''b'', 100, 0, 2), (''c'', 100, 0, 50), (''d'', 100, 0, 0)) AS v (stratum, units, low, high)', NULL, 'rate', '{"rate": 0.03}');
SELECT allotted('SELECT * FROM (VALUES (''a'', 100), (''b'', 2)) AS v (stratum, units)', NULL, 'rate', '{"rate": 0.03, "min": 5}');
-- n may be stated, if it is the sum
SELECT allotted('SELECT * FROM (VALUES (''a'', 100), (''b'', 2)) AS v (stratum, units)', 4, 'rate', '{"rate": 0.03}');

--
-- Many
--
-- ten thousand strata, a million units; and numbers near the largest there are
SELECT method, count(*), sum(a.n), min(a.n), max(a.n)
FROM unnest('{proportional,neyman,equal}'::text[]) AS method,
     LATERAL allocate('SELECT i AS stratum, 10 + i % 1000 AS units, 1 + i % 7 AS sd FROM generate_series(1, 10000) AS i', 1000000, method) AS a GROUP BY 1 ORDER BY 1;
SELECT method, n, allotted('SELECT * FROM (VALUES (''a'', 9000000000000000000), (''b'', 223372036854775800), (''c'', 7)) AS v (stratum, units)', n, method)
FROM unnest('{9223372036854775807,1000000000000000000,7}'::bigint[]) AS n, unnest('{proportional,equal}'::text[]) AS method ORDER BY n, method;

--
-- Sizes of a draw
--
SELECT allocation_sizes('TABLE kind', 200, 'neyman');
SELECT allocation_sizes('TABLE kind', 200, 'neyman', '{"reserve": 3}');
SELECT allocation_sizes('SELECT ''a"\b'' AS stratum, 5 AS units', 2);
-- draw() takes them, and draws what allocate() says; of a stratum with n = 0 too, and without the strata that have no units
CREATE TABLE firm AS SELECT format('%s-%s', stratum, i) AS uid, stratum FROM kind, generate_series(1, units / 20) AS i;
CREATE VIEW strata AS SELECT stratum, count(uid) AS units FROM (SELECT stratum FROM kind UNION ALL SELECT 'ghosts') AS k LEFT JOIN firm USING (stratum) GROUP BY 1;
SELECT allotted('TABLE strata', 12, 'proportional', '{"min": 0}');
SELECT stratum, role, count(*) FROM draw('TABLE firm', allocation_sizes('TABLE strata', 12, 'proportional', '{"min": 0, "reserve": 1}'), 'seed') GROUP BY 1, 2 ORDER BY stratum COLLATE "C", role;
SELECT count(*) AS strata, bool_and(drawn IS NOT DISTINCT FROM NULLIF(a.n, 0)) AS same
FROM allocate('TABLE strata', 100) AS a LEFT JOIN (SELECT stratum, count(*) AS drawn FROM draw('TABLE firm', allocation_sizes('TABLE strata', 100), 'seed') GROUP BY 1) AS d USING (stratum);
