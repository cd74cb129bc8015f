--
-- estimate(): from the units drawn to all enterprises.  The formulas are those of
-- doc/statistics.md sections 1 to 6, here once more in plain SQL.
--
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET client_encoding = 'UTF8';
CREATE SCHEMA estimate_test;
SET search_path = estimate_test, fairdraw, public;
\set SHOW_CONTEXT never
\pset null -

-- rows of estimate(), their numbers to ten places
CREATE FUNCTION places(double precision) RETURNS numeric LANGUAGE sql AS 'SELECT trim_scale(round($1::numeric, 10))';
CREATE FUNCTION shown(sample text, what text DEFAULT 'mean', level double precision DEFAULT 0.95, options jsonb DEFAULT '{}',
    OUT domain text, OUT n bigint, OUT estimate numeric, OUT se numeric, OUT low numeric, OUT high numeric, OUT df double precision, OUT method text)
RETURNS SETOF record LANGUAGE sql AS
'SELECT domain, n, places(estimate), places(se), places(low), places(high), df, method FROM estimate(sample, what, level, options)';
-- and all of them as one value, to the last bit
CREATE FUNCTION estimates(sample text, what text DEFAULT 'mean', level double precision DEFAULT 0.95, options jsonb DEFAULT '{}')
RETURNS text[] LANGUAGE sql AS 'SELECT array_agg(e::text) FROM estimate(sample, what, level, options) AS e';
CREATE FUNCTION method(sample text, what text DEFAULT 'mean', options jsonb DEFAULT '{}')
RETURNS text LANGUAGE sql AS 'SELECT method FROM estimate(sample, what, 0.95, options) WHERE domain IS NULL';

--
-- Worked by hand
--
-- w = 2, 4, 4; c = 1/2, 3/4, 3/4, their sum 2; w y = 8, 4, 12; the total is 24.
-- A = (1/2 8 + 3/4 4 + 3/4 12) / 2 = 8, the residuals 0, -4, 4: sum of c r^2 = 24.
-- rosen: 3/2 24 = 36.  deville: sum of a^2 = (1/4 + 9/16 + 9/16) / 4 = 11/32, 24 / (21/32) = 256/7.
-- poisson: 1/2 64 + 3/4 16 + 3/4 144 = 152.
CREATE TABLE three (y, probability) AS VALUES (4, 0.5), (1, 0.25), (3, 0.25);
SELECT variance, estimate, se = round(sqrt(by_hand), 10) AS by_hand, se, df, method
FROM (VALUES ('rosen', 36::numeric), ('deville', 256 / 7.0), ('poisson', 152)) AS v (variance, by_hand),
     shown('TABLE three', 'total', 0.95, jsonb_build_object('variance', variance));
-- t(2) at 95 % is 4.3026527297: 24 -+ 25.8159163782
SELECT * FROM shown('TABLE three', 'total', 0.95, '{"variance": "rosen"}');
-- the mean is 24 / 10; y - 2.4 = 1.6, -1.4, 0.6; z w = 0.32, -0.56, 0.24; A = -0.04; residuals 0.36, -0.52, 0.28;
-- sum of c r^2 = 0.0648 + 0.2028 + 0.0588 = 0.3264; 3/2 of it = 0.4896
SELECT estimate, se = round(sqrt(0.4896), 10) AS by_hand FROM shown('TABLE three', 'mean', 0.95, '{"variance": "rosen"}');

-- a simple random sample of 3 among 6, and a unit that is certain: the textbook's formula
-- N^2 (1 - n/N) s^2/n = 36 1/2 13/3 = 78; the certain unit has no part in it
CREATE TABLE simple (y, probability) AS VALUES (1, 0.5), (3, 0.5), (8, 0.5), (10, 1);
SELECT design, estimate, places(se ^ 2) AS variance, df, method
FROM unnest('{srs,pareto,pivotal}'::text[]) AS design, estimate('TABLE simple', 'total', 0.95, jsonb_build_object('design', design));
-- its mean, 34/7, is that of six and of one: z = (y - R) / 7 for each
SELECT design, places(estimate * 7) AS "7 times the mean", places((7 * se) ^ 2) AS variance, df
FROM unnest('{srs,pareto,pivotal}'::text[]) AS design, estimate('TABLE simple', 'mean', 0.95, jsonb_build_object('design', design));

--
-- The formulas, over a sample with everything in it
--
CREATE TABLE visit (stratum text, domain text, probability numeric, y numeric, x numeric);
-- unequal probabilities; domains that come in other strata, too; a domain of one unit
INSERT INTO visit VALUES
    ('food', 'north', 0.31, 12.5, 3), ('food', 'north', 0.12, 3.25, 4), ('food', 'south', 0.45, 7, 1.5), ('food', 'south', 0.08, 0, 2),
    ('food', 'west', 0.27, 1.75, 6), ('food', 'alone', 0.2, 6.5, 2.5), ('food', 'north', 0.99, 2, 7);
-- equal ones
INSERT INTO visit VALUES
    ('lifts', 'north', 0.3, 9, 1), ('lifts', 'north', 0.3, 0, 2), ('lifts', 'west', 0.3, 4, 3), ('lifts', 'west', 0.3, 11, 2.25), ('lifts', 'south', 0.3, 8.5, 3);
-- a domain that is in this stratum only; units that are certain
INSERT INTO visit VALUES
    ('plants', 'port', 0.6, 5, 8), ('plants', 'port', 0.35, 1, 7), ('plants', 'port', 1, 40, 30), ('plants', 'north', 1, 55, 20), ('plants', 'south', 0.85, 9.5, 3);
-- one unit besides a certain one
INSERT INTO visit VALUES ('sole', 'south', 0.4, 6, 5), ('sole', 'west', 1, 20, 5);
-- nothing but certain ones
INSERT INTO visit VALUES ('giants', 'census', 1, 70, 30), ('giants', 'census', 1, 3, 40), ('giants', 'north', 1, 90, 50);
INSERT INTO visit VALUES
    ('yards', 'south', 0.22, 2.5, 1), ('yards', 'west', 0.71, 7.75, 1), ('yards', 'north', 0.5, 5, 0.5);
CREATE TABLE drawn_by (stratum text, design text, variance text);
INSERT INTO drawn_by VALUES ('food', 'pareto', 'rosen'), ('lifts', 'srs', 'rosen'), ('plants', 'pivotal', 'deville'),
    ('sole', 'pareto', 'rosen'), ('giants', 'pareto', 'rosen'), ('yards', 'poisson', 'poisson');
SELECT jsonb_object_agg(stratum, design) AS design FROM drawn_by \gset
-- in a rate y is whether it is more than 5
CREATE FUNCTION sample_of(what text, columns text DEFAULT 'stratum, domain') RETURNS text LANGUAGE sql AS
$$ SELECT format('SELECT %s AS y, x, probability, %s FROM visit', CASE what WHEN 'rate' THEN 'y > 5' ELSE 'y' END, columns) $$;

CREATE FUNCTION by_hand(estimand text, the_variance text DEFAULT NULL)
RETURNS TABLE (domain text, n bigint, certain bigint, estimate numeric, variance numeric, df bigint) LANGUAGE sql AS $$
WITH unit AS (
    SELECT stratum, domain, COALESCE(the_variance, variance) AS variance, CASE estimand WHEN 'rate' THEN (y > 5)::int ELSE y END AS y, CASE estimand WHEN 'ratio' THEN x ELSE 1 END AS x,
           probability AS pi, 1::numeric(50, 40) / probability AS w, 1 - probability AS c
    FROM visit JOIN drawn_by USING (stratum)),
groups AS (SELECT DISTINCT domain FROM unit UNION ALL SELECT NULL),
-- every unit beside every domain
beside AS (SELECT g.domain AS d, COALESCE(g.domain = u.domain, true) AS inside, u.* FROM groups AS g, unit AS u),
sums AS (
    SELECT d, count(*) AS n, count(*) FILTER (WHERE pi = 1) AS certain, sum(w * y) AS wy,
           CASE estimand WHEN 'total' THEN 0 ELSE sum(w * y) / sum(w * x) END AS r, CASE estimand WHEN 'total' THEN 1 ELSE sum(w * x) END AS wx
    FROM beside WHERE inside GROUP BY d),
effect AS (
    SELECT d, stratum, inside, b.variance, c, w * CASE WHEN inside THEN (y - r * x) / wx ELSE 0 END AS zw
    FROM beside AS b JOIN sums AS s USING (d) WHERE pi < 1 AND d IS NOT NULL
    UNION ALL
    SELECT NULL, stratum, inside, b.variance, c, w * (y - r * x) / wx FROM beside AS b, sums AS s WHERE pi < 1 AND b.d IS NULL AND s.d IS NULL),
center AS (
    SELECT d, stratum, variance, count(*) AS m, bool_or(inside) AS has_units, sum(c * zw) / sum(c) AS a, sum((c / total) ^ 2) AS aa
    FROM (SELECT *, sum(c) OVER (PARTITION BY d, stratum) AS total FROM effect) AS e GROUP BY d, stratum, variance),
part AS (
    SELECT e.d, e.stratum, m,
           CASE WHEN m = 1 OR k.variance = 'poisson' THEN sum(c * zw ^ 2)
                WHEN k.variance = 'rosen' THEN m / (m - 1.0) * sum(c * (zw - a) ^ 2)
                WHEN k.variance = 'deville' THEN sum(c * (zw - a) ^ 2) / (1 - aa) END AS v
    FROM effect AS e JOIN center AS k ON e.d IS NOT DISTINCT FROM k.d AND e.stratum = k.stratum
    WHERE has_units GROUP BY e.d, e.stratum, m, k.variance, a, aa)
SELECT s.d, s.n, s.certain, CASE estimand WHEN 'total' THEN wy ELSE r END, COALESCE(sum(v), 0), CASE WHEN s.n > s.certain THEN greatest(least(sum(m - 1), CASE WHEN estimand IN ('mean', 'ratio') THEN s.n - s.certain - 1 END), 1) END
FROM sums AS s LEFT JOIN part AS p ON s.d IS NOT DISTINCT FROM p.d GROUP BY s.d, s.n, s.certain, wy, r
$$;
-- they agree to 13 digits and more, for every estimand and variance ("design": that of each stratum)
SELECT what, COALESCE(v, 'design') AS variance, count(*) AS rows,
       bool_and(e.n = h.n AND e.df IS NOT DISTINCT FROM h.df) AS counts,
       bool_and(abs(e.estimate::numeric - h.estimate) <= 1e-14 * abs(h.estimate)) AS estimates,
       bool_and(CASE WHEN h.n = 1 AND h.variance < 1e-25 AND what <> 'rate' THEN e.se IS NULL
                     ELSE abs(e.se::numeric - sqrt(h.variance)) <= 1e-13 * sqrt(h.variance) + 1e-14 END) AS errors
FROM unnest('{total,mean,rate,ratio}'::text[]) WITH ORDINALITY AS w (what, i), unnest('{NULL,rosen,deville,poisson}'::text[]) WITH ORDINALITY AS o (v, j),
     LATERAL estimate(sample_of(what), what, 0.95, jsonb_strip_nulls(jsonb_build_object('design', :'design'::jsonb, 'variance', v))) AS e
     FULL JOIN LATERAL by_hand(what, v) AS h ON COALESCE(e.domain, 'the whole') = COALESCE(h.domain, 'the whole')
GROUP BY i, what, j, v ORDER BY i, j;
-- the rows and their order: domains by their bytes, the whole at last
SELECT domain, n, places(estimate) AS estimate, places(se) AS se, df, method FROM estimate(sample_of('mean'), 'mean', 0.95, jsonb_build_object('design', :'design'::jsonb));
-- the whole is what the estimate is without domains
SELECT what, (estimates(sample_of(what), what))[7] = (estimates(sample_of(what, 'stratum'), what))[1] AS same FROM unnest('{total,mean,rate,ratio}'::text[]) AS what;
-- totals of domains add up to that of the whole
SELECT places(sum(estimate) FILTER (WHERE domain IS NOT NULL)) = places(sum(estimate) FILTER (WHERE domain IS NULL)) AS adds_up FROM estimate(sample_of('total'), 'total');
-- a rate is the mean of 0 and 1: the same estimate and error, another interval with its own cap for few units
SELECT bool_and(r.estimate = m.estimate AND (r.se = m.se OR m.n = 1) AND (r.df >= m.df) IS NOT FALSE) AS same
FROM estimate(sample_of('rate'), 'rate') AS r JOIN estimate(sample_of('rate'), 'mean') AS m ON r.domain IS NOT DISTINCT FROM m.domain;
-- so is the ratio to 1
SELECT bool_and(r.estimate = m.estimate AND r.se IS NOT DISTINCT FROM m.se AND r.low IS NOT DISTINCT FROM m.low) AS same
FROM estimate('SELECT y, 1 AS x, probability, stratum, domain FROM visit', 'ratio') AS r JOIN estimate(sample_of('mean'), 'mean') AS m ON r.domain IS NOT DISTINCT FROM m.domain;
-- a part of a stratum is no stratum: with the units outside left out, another variance
SELECT domain, places(estimate) AS estimate, places(se) AS se, df FROM estimate(sample_of('total'), 'total') WHERE domain = 'north';
SELECT domain, places(estimate) AS estimate, places(se) AS se, df FROM estimate(sample_of('total') || ' WHERE domain = ''north''', 'total') WHERE domain = 'north';

-- nothing of this depends on the order of rows
SELECT what, bool_and(estimates(sample_of(what) || ' ORDER BY ' || by, what) = estimates(sample_of(what), what)) AS same
FROM unnest('{total,mean,rate,ratio}'::text[]) AS what, unnest('{y,probability DESC,domain,"md5(y::text || x)"}'::text[]) AS by GROUP BY what ORDER BY what;
-- nor on parts that are added up by themselves
SELECT what, bool_and(estimates(sample_of(what, 'stratum, domain, ' || part || ' AS part'), what) = estimates(sample_of(what), what)) AS same
FROM unnest('{total,mean,rate,ratio}'::text[]) AS what, unnest('{y,domain,x > 3,"NULL",stratum}'::text[]) AS part GROUP BY what ORDER BY what;
-- nor on the session's settings
SET extra_float_digits = 0;
SET jit_above_cost = 0;
SET work_mem = '64kB';
CREATE TEMP TABLE elsewhere AS SELECT * FROM estimate(sample_of('ratio'), 'ratio');
RESET extra_float_digits;
RESET jit_above_cost;
RESET work_mem;
SELECT (SELECT array_agg(e::text) FROM elsewhere AS e) = estimates(sample_of('ratio'), 'ratio') AS same;

--
-- What a sample may look like
--
-- y and probability are enough
SELECT * FROM shown('SELECT now() AS loaded, probability, y FROM three');
-- x counts in a ratio only, and may be anything elsewhere
SELECT estimates('SELECT y, probability, NULL::numeric AS x FROM three') = estimates('TABLE three') AS same, estimates('SELECT y, probability, now() AS x FROM three') = estimates('TABLE three') AS same;
-- a uid is of any type, and comes once in a draw
SELECT estimates('SELECT y, probability, y AS uid FROM three') = estimates('TABLE three') AS same, estimates('SELECT y, probability, md5(y::text)::uuid AS uid FROM three') = estimates('TABLE three') AS same;
SELECT n FROM estimate('SELECT y, probability, ''u'' || y AS uid, draw FROM three, generate_series(1, 2) AS draw');
-- every type of number, and boolean
SELECT type, estimates(format('SELECT y::%s, probability FROM three', type), 'total') = estimates('TABLE three', 'total') AS same
FROM unnest('{smallint,integer,bigint,numeric,real,"double precision","numeric(9,2)"}'::text[]) AS type;
SELECT what, estimates('SELECT y > 2 AS y, y < 4 AS x, probability, stratum FROM visit', what) = estimates('SELECT (y > 2)::int AS y, (y < 4)::int AS x, probability, stratum FROM visit', what) AS same
FROM unnest('{total,mean,rate,ratio}'::text[]) AS what;
SELECT type, estimates(format('SELECT y, probability::%s FROM three', type), 'total') = estimates('TABLE three', 'total') AS same
FROM unnest('{numeric,real,"double precision"}'::text[]) AS type;
SELECT estimates('SELECT 3 AS y, 1::smallint AS probability') = estimates('SELECT 3 AS y, 1 AS probability') AS same;
-- every type of id gives what its text gives
CREATE DOMAIN district AS varchar(20);
SELECT type, estimates(format('SELECT y, probability, round(x)::int::%s AS stratum, round(y)::int::%1$s AS domain FROM visit', type))
           = estimates('SELECT y, probability, round(x)::text AS stratum, round(y)::text AS domain FROM visit') AS same
FROM unnest('{smallint,integer,bigint,varchar,district,text}'::text[]) AS type;
SELECT estimates('SELECT y, probability, md5(stratum)::uuid AS stratum, md5(domain)::uuid AS domain FROM visit')
     = estimates('SELECT y, probability, md5(stratum)::uuid::text AS stratum, md5(domain)::uuid::text AS domain FROM visit') AS "uuid is its text",
       estimates('SELECT y, probability, stratum::char(20), domain::char(20) FROM visit') = estimates(sample_of('mean')) AS "blanks of char(n) do not count";
-- domains stand in the order of their bytes; one may be empty, another begin as a third
SELECT domain COLLATE "C" AS domain, n FROM estimate($$SELECT 1 AS y, 0.5 AS probability, d AS domain FROM unnest('{b,a,B,Ä,"",ab,"a b",电梯,Ω}'::text[]) AS d$$);
-- a y may be below 0, and large beside its differences: a mean of 10^9 -+ 1 with s^2/n = 1/3 and c = 1/2
SELECT * FROM shown('SELECT y, 0.5 AS probability FROM (VALUES (-3), (0), (1)) AS v (y)', 'total');
SELECT estimate, places(se ^ 2) AS variance FROM estimate('SELECT 1e9 + i AS y, 0.5 AS probability FROM generate_series(-1, 1) AS i');
SELECT estimate, places(se ^ 2) AS variance FROM estimate('SELECT 1e9 + i AS y, 1 AS x, 0.5 AS probability FROM generate_series(-1, 1) AS i', 'ratio');
SELECT estimate, places(se ^ 2) AS variance FROM estimate('SELECT 1e12 + i AS y, 0.5 AS probability FROM generate_series(-1, 1) AS i');
-- x below 0 as well
SELECT * FROM shown('SELECT y, -y * 2 AS x, probability FROM visit WHERE y > 0 UNION ALL SELECT 4, -4, 0.25', 'ratio');

--
-- How a stratum was drawn
--
-- one word for all, or one for each
SELECT design, method('TABLE three', 'total', jsonb_build_object('design', design)) FROM unnest('{auto,pareto,pivotal,poisson}'::text[]) AS design;
SELECT design, method('TABLE simple', 'total', jsonb_build_object('design', design)) FROM unnest('{auto,pareto,pivotal,poisson,srs}'::text[]) AS design;
SELECT estimates(sample_of('mean'), 'mean', 0.95, jsonb_build_object('design', jsonb_object_agg(stratum, 'poisson'))) = estimates(sample_of('mean'), 'mean', 0.95, '{"design": "poisson"}') AS same FROM drawn_by;
-- variance overrules design
SELECT variance, design, method('TABLE simple', 'total', jsonb_build_object('variance', variance, 'design', design))
FROM unnest('{rosen,deville,poisson}'::text[]) AS variance, unnest('{srs,pivotal,poisson}'::text[]) AS design;
-- "auto" is that of draw(): pivotal up to 200 units, which w and the certain ones add up to when rounded
SELECT units, certain, method(format('SELECT i AS y, 20.0 / %s AS probability FROM generate_series(1, 20) AS i UNION ALL SELECT 1, 1 FROM generate_series(1, %s)', units, certain))
FROM (VALUES (20.1, 0), (200, 0), (200.4, 0), (200.6, 0), (201, 0), (190, 10), (190, 11), (20000, 0)) AS v (units, certain);
SELECT method('TABLE visit'), method('SELECT y, probability * 0.01 AS probability, stratum FROM visit');
SELECT estimates('TABLE visit') = estimates('TABLE visit', 'mean', 0.95, '{"design": "pivotal"}') AS same;

-- one unit in a stratum: the poisson term stands in, 6/10 (6 / 0.4)^2 = 135, and method says so
SELECT estimate, places(se ^ 2) AS variance, df, method FROM estimate('SELECT * FROM visit WHERE stratum = ''sole''', 'total') WHERE domain IS NULL;
SELECT method('SELECT y, probability, domain AS stratum FROM visit WHERE stratum IN (''food'', ''sole'')');
-- a domain has that remark only where it has the unit
SELECT domain, method FROM estimate(sample_of('total') || ' WHERE stratum IN (''sole'', ''lifts'')', 'total');

-- doubtful probabilities: drawn by pareto, unequal, and c adds up to less than 2
CREATE FUNCTION is_doubtful(probabilities numeric[], design text) RETURNS boolean LANGUAGE sql AS
$$ SELECT method(format('SELECT i AS y, p AS probability FROM unnest(%L::numeric[]) WITH ORDINALITY AS u (p, i)', probabilities), 'mean', jsonb_build_object('design', design)) LIKE '%; doubtful probabilities in stratum "all"' $$;
SELECT probabilities, is_doubtful(probabilities, 'pareto') AS pareto, is_doubtful(probabilities, 'pivotal') AS pivotal, is_doubtful(probabilities, 'poisson') AS poisson
FROM (VALUES ('{0.5,0.25,0.75}'::numeric[]), ('{0.5,0.5,0.5}'), ('{0.3,0.3,0.3}'), ('{0.5,0.25,0.25}'), ('{0.5,0.25,0.26}'), ('{0.5,0.25,0.25,1,1}'), ('{0.1,0.2}'), ('{0.6,0.6,0.6,0.7,0.7}'), ('{0.6,0.6,0.6,0.6,0.7}'), ('{0.9}'), ('{1,1}')) AS v (probabilities);
SELECT is_doubtful('{0.5,0.5,1}', 'srs') AS srs;
SELECT method('SELECT y, probability, domain AS stratum FROM visit', 'mean', '{"design": "pareto"}');
SELECT domain, method FROM estimate(sample_of('mean'), 'mean', 0.95, '{"design": "pareto", "variance": "poisson"}') WHERE domain IN ('alone', 'census', 'port');

-- all certain: a census
SELECT * FROM shown('SELECT y, 1 AS probability FROM three', 'total');
SELECT what, s.* FROM unnest('{total,mean,rate,ratio}'::text[]) AS what, shown('SELECT y > 2 AS y, y AS x, 1 AS probability FROM three', what) AS s;
-- that nothing is found in a census is known
SELECT * FROM shown('SELECT 0 AS y, 1 AS probability', 'rate');

--
-- Intervals
--
-- t: estimate -+ t(df) se, with the quantiles of printed tables
CREATE TABLE student (level double precision, df integer, t double precision);
INSERT INTO student VALUES (0.95, 1, 12.7062047361747), (0.95, 2, 4.30265272974946), (0.95, 3, 3.18244630528371), (0.95, 4, 2.77644510519779), (0.95, 5, 2.57058183563631), (0.95, 11, 2.20098516009164), (0.95, 12, 2.17881282966723), (0.95, 14, 2.1447866879178),
    (0.95, 21, 2.07961384472768), (0.95, 23, 2.06865761041905), (0.9, 1, 6.31375151467504), (0.9, 2, 2.91998558035372), (0.9, 3, 2.35336343480182), (0.9, 4, 2.13184678632665), (0.9, 5, 2.01504837333302), (0.9, 11, 1.79588481870404), (0.9, 12, 1.78228755564932), (0.9, 14, 1.76131013577489),
    (0.9, 21, 1.72074290281188), (0.9, 23, 1.71387152774705);
SELECT l AS level, what, count(*) AS rows, bool_and(abs(e.high - (e.estimate + t * e.se)) <= 1e-12 * e.high AND abs(e.low - (e.estimate - t * e.se)) <= 1e-12 * e.high) AS by_hand
FROM unnest('{0.95,0.9}'::double precision[]) AS l, unnest('{total,mean,ratio}'::text[]) AS what,
     estimate(sample_of(what), what, l, jsonb_build_object('design', :'design'::jsonb)) AS e JOIN student AS s USING (df)
WHERE s.level = l AND e.low IS NOT NULL GROUP BY l, what ORDER BY l, what;
-- where the units drawn do not differ, there is none: all of y equal, all of y/x equal, all of w y equal
SELECT * FROM shown('SELECT 0.1 AS y, probability FROM three');
SELECT * FROM shown('SELECT 0.1 * x AS y, x, probability FROM visit', 'ratio');
SELECT * FROM shown('SELECT probability * 7 AS y, probability FROM visit', 'total');
SELECT * FROM shown('SELECT 0 AS y, probability FROM three', 'total');
-- by the poisson formula the size of the sample is part of the chance, for a total
SELECT * FROM shown('SELECT probability * 7 AS y, probability FROM three', 'total', 0.95, '{"variance": "poisson"}');
-- a difference of 10^-14 of the value is one, the last bit is none
SELECT difference, se > 0 AS differ, method FROM unnest('{1e-14,3e-16}'::double precision[]) AS difference, estimate(format('SELECT 1 + %s * i AS y, 0.3::float8 AS probability FROM generate_series(1, 3) AS i', difference));
-- one unit: no error of a mean, nor of a total of nothing; a total of something has the poisson term
SELECT * FROM shown('SELECT 5 AS y, 0.1 AS probability');
SELECT * FROM shown('SELECT 0 AS y, 0.1 AS probability', 'total');
SELECT * FROM shown('SELECT 5 AS y, 0.1 AS probability', 'total');
-- a domain with one unit of a stratum with more
SELECT * FROM shown('SELECT y, 0.5 AS probability, y AS domain FROM three');
SELECT domain, n, estimate, places(se ^ 2) AS variance, df, method FROM estimate('SELECT y, 0.5 AS probability, y AS domain FROM three', 'total');

-- a sample of 24 in three strata: df 21; 7 problems
CREATE TABLE two_dozen AS
    SELECT (ARRAY['a', 'b', 'c'])[1 + i % 3] AS stratum, (ARRAY[0.05, 0.02, 0.1, 0.04])[1 + i % 4] AS probability, i IN (2, 3, 7, 11, 12, 17, 22) AS y FROM generate_series(1, 24) AS i;
-- the regularised incomplete beta function, by Simpson's rule
CREATE FUNCTION beta_part(x double precision, a double precision, b double precision, "to" double precision) RETURNS double precision LANGUAGE sql AS $$
    SELECT sum(CASE WHEN i IN (0, 4000) THEN 1 WHEN i % 2 = 1 THEN 4 ELSE 2 END * ("to" * i / 4000) ^ (a - 1) * (1 - "to" * i / 4000) ^ (b - 1)) * "to" / 12000 FROM generate_series(0, 4000) AS i
$$;
CREATE FUNCTION beta_share(x double precision, a double precision, b double precision) RETURNS numeric LANGUAGE sql AS
$$ SELECT round((beta_part(x, a, b, x) / beta_part(x, a, b, 1))::numeric, 8) $$;
-- korn-graubard: n* = p (1 - p) / v (t(n - 1) / t(df))^2, below n here; the ends leave alpha/2 outside
SELECT level, n, df, places(n_star) AS "n*", beta_share(low, n_star * p, n_star * (1 - p) + 1) AS below, 1 - beta_share(high, n_star * p + 1, n_star * (1 - p)) AS above, method
FROM (SELECT s.level, e.*, estimate AS p, estimate * (1 - estimate) / se ^ 2 * ((SELECT t FROM student WHERE df = 23 AND level = s.level) / t) ^ 2 AS n_star
      FROM student AS s, estimate('TABLE two_dozen', 'rate', level) AS e WHERE s.df = 21) AS e;
-- capped at n = 24 where a half is drawn: the interval of clopper and pearson for 7 of 24
SELECT places(low) AS low, places(high) AS high,
       round((SELECT sum(factorial(24) / factorial(k) / factorial(24 - k) * low::numeric ^ k * (1 - low::numeric) ^ (24 - k)) FROM generate_series(7, 24) AS k), 10) AS "7 and more, if low",
       round((SELECT sum(factorial(24) / factorial(k) / factorial(24 - k) * high::numeric ^ k * (1 - high::numeric) ^ (24 - k)) FROM generate_series(0, 7) AS k), 10) AS "7 and less, if high"
FROM estimate('SELECT y, 0.5 AS probability FROM two_dozen', 'rate');
-- kish: the cap is (sum of w)^2 / (sum of w^2); here 630^2 / 21750 = 18.248, below the 18.648 above
SELECT df, beta_share(low, n_star * estimate, n_star * (1 - estimate) + 1) AS below, 1 - beta_share(high, n_star * estimate + 1, n_star * (1 - estimate)) AS above, method
FROM (SELECT sum(1 / probability) ^ 2 / sum(1 / probability ^ 2) AS n_star FROM two_dozen) AS k, estimate('TABLE two_dozen', 'rate', 0.95, '{"interval": "kish"}') AS e;
-- with equal weights the cap is n: n* = 23 / 0.99 is below it, and both intervals are one
SELECT k.low = c.low AND k.high = c.high AS same, c.method, k.method
FROM estimate('SELECT y, 0.01 AS probability FROM two_dozen', 'rate') AS c, estimate('SELECT y, 0.01 AS probability FROM two_dozen', 'rate', 0.95, '{"interval": "kish"}') AS k;
-- wilson, by its formula: n* = p (1 - p) / v, and t(df)
SELECT level, df, abs(low - ((p + t ^ 2 / n_star / 2) - t * sqrt(p * (1 - p) / n_star + t ^ 2 / n_star ^ 2 / 4)) / (1 + t ^ 2 / n_star)) < 1e-12 AS low,
       abs(high - ((p + t ^ 2 / n_star / 2) + t * sqrt(p * (1 - p) / n_star + t ^ 2 / n_star ^ 2 / 4)) / (1 + t ^ 2 / n_star)) < 1e-12 AS high, method
FROM (SELECT s.level, t, e.*, estimate AS p, estimate * (1 - estimate) / se ^ 2 AS n_star FROM student AS s, estimate('TABLE two_dozen', 'rate', level, '{"interval": "wilson"}') AS e WHERE s.df = 21) AS e;
-- capped at n, too
SELECT abs(low - ((p + t ^ 2 / 48) - t * sqrt(p * (1 - p) / 24 + t ^ 2 / 24 ^ 2 / 4)) / (1 + t ^ 2 / 24)) < 1e-12 AS low, df
FROM (SELECT t, e.*, estimate AS p FROM student AS s, estimate('SELECT y, 0.5 AS probability FROM two_dozen', 'rate', 0.95, '{"interval": "wilson"}') AS e WHERE s.df = 23 AND level = 0.95) AS e;
-- certain units are known: the interval of the others is scaled to their share; here 3 with 2 problems
-- (just so where the weights of a stratum are equal, so that it is known for how many the others stand)
CREATE TABLE by_stratum AS SELECT stratum, 1 / ascii(stratum)::float8 AS probability, y FROM two_dozen;
SELECT interval, abs(a.low - (2 + w * e.low) / (3 + w)) < 1e-14 AS low, abs(a.high - (2 + w * e.high) / (3 + w)) < 1e-14 AS high, a.n, a.df = e.df AS df, a.method = e.method AS method
FROM unnest('{korn-graubard,kish,wilson}'::text[]) AS interval, (SELECT sum(1 / probability) AS w FROM by_stratum) AS w,
     estimate('TABLE by_stratum', 'rate', 0.95, jsonb_build_object('interval', interval)) AS e,
     estimate('TABLE by_stratum UNION ALL SELECT ''d'', 1, i < 3 FROM generate_series(1, 3) AS i', 'rate', 0.95, jsonb_build_object('interval', interval, 'design', 'pareto')) AS a;
-- the effective size is capped by the units of the domain, not of the sample
SELECT domain, n, places(low) AS low, places(high) AS high FROM estimate('SELECT y, 0.5 AS probability, stratum AS domain FROM two_dozen', 'rate');
SELECT places(low) AS low, places(high) AS high FROM estimate('SELECT i <= 2 AS y, 0.5 AS probability FROM generate_series(1, 8) AS i', 'rate');

-- no problem found: not none. 100 units of equal weight: at most 1 - 0.025^(1/100)
SELECT *, high = round(1 - 0.025 ^ (1 / 100.0), 10) AS by_hand FROM shown('SELECT false AS y, 0.1 AS probability FROM generate_series(1, 100)', 'rate');
SELECT *, low = round(0.025 ^ (1 / 100.0), 10) AS by_hand FROM shown('SELECT true AS y, 0.1 AS probability FROM generate_series(1, 100)', 'rate');
SELECT *, high = round(1 - 0.05 ^ (1 / 100.0), 10) AS by_hand FROM shown('SELECT false AS y, 0.1 AS probability FROM generate_series(1, 100)', 'rate', 0.9);
-- unequal weights 2, 4, 4: kish's size is 100/36; and a unit that is certain, one of eleven
SELECT *, high = round(1 - 0.025 ^ 0.36, 10) AS by_hand FROM shown('SELECT 0 AS y, probability FROM three', 'rate');
SELECT *, high = round((1 - 0.025 ^ 0.36) * 10 / 11, 10) AS by_hand FROM shown('SELECT 0 AS y, probability FROM three UNION ALL SELECT 0, 1', 'rate');
-- how many the others stand for is estimated, too: with l and h the interval of p, R = (k + W p) / (K + W) and V the variance of W,
-- R - sqrt((R - (k + W l) / (K + W))^2 + (t (p - R) / (K + W))^2 V), and likewise above.  Here W = 10 and V = 16/7: A = 7/2, residuals -3/2, 1/2, 1/2
SELECT *, low = round(10 / 11.0 - sqrt(((1 - 0.025 ^ 0.36) * 10 / 11) ^ 2 + (4.30265272974946 / 121) ^ 2 * 16 / 7), 10) AS low_by_hand, high = round(10 / 11.0 + 4.30265272974946 / 121 * sqrt(16 / 7.0), 10) AS high_by_hand
FROM shown('SELECT 1 AS y, probability FROM three UNION ALL SELECT 0, 1', 'rate');
-- the same size in wilson's formula: t^2 / (n* + t^2)
SELECT low, abs(high - t ^ 2 / (100.0 / 36 + t ^ 2)) < 1e-12 AS by_hand, method FROM estimate('SELECT 0 AS y, probability FROM three', 'rate', 0.95, '{"interval": "wilson"}') AS e JOIN student AS s USING (df) WHERE s.level = 0.95;
SELECT abs(low - 100.0 / 36 / (100.0 / 36 + t ^ 2)) < 1e-12 AS by_hand, high, method FROM estimate('SELECT 1 AS y, probability FROM three', 'rate', 0.95, '{"interval": "wilson"}') AS e JOIN student AS s USING (df) WHERE s.level = 0.95;
-- all alike in each stratum, three with a problem and three without: kish's size is 6, the interval that of 3 of 6
SELECT estimate, se, method, round((SELECT sum(factorial(6) / factorial(k) / factorial(6 - k) * low::numeric ^ k * (1 - low::numeric) ^ (6 - k)) FROM generate_series(3, 6) AS k), 10) AS "3 and more, if low", abs(low + high - 1) < 1e-15 AS symmetric
FROM estimate('SELECT i < 4 AS y, 0.25 AS probability, i < 4 AS s, CASE WHEN i < 4 THEN 1 ELSE 2 END AS stratum FROM generate_series(1, 6) AS i', 'rate');
-- nor does a problem among the certain ones make the others differ
SELECT * FROM shown('SELECT false AS y, 0.5 AS probability FROM three UNION ALL SELECT true, 1', 'rate');
-- one unit alone
SELECT * FROM shown('SELECT true AS y, 0.1 AS probability', 'rate');
-- in one domain none, in another all
SELECT * FROM shown('SELECT domain = ''north'' AS y, probability, domain FROM visit WHERE domain IN (''north'', ''south'')', 'rate');

--
-- Several draws
--
-- strata of the same name are others in another draw: as if draw and stratum were one name
SELECT what, bool_and((d.estimate, d.se, d.low, d.high, d.df) IS NOT DISTINCT FROM (s.estimate, s.se, s.low, s.high, s.df)) AS same
FROM unnest('{total,mean,rate,ratio}'::text[]) AS what, estimate(sample_of(what, 'domain, stratum AS draw, ''s'' AS stratum'), what) AS d
     JOIN estimate(sample_of(what), what) AS s ON d.domain IS NOT DISTINCT FROM s.domain GROUP BY what ORDER BY what;
SELECT estimates('SELECT *, CASE WHEN stratum < ''m'' THEN ''x'' ELSE ''y'' END AS draw FROM visit') = estimates('TABLE visit') AS same;
-- the name of a draw and of a stream is an id of any type
SELECT estimates('SELECT y, probability, round(x)::int AS draw, round(x)::smallint AS stream FROM visit') = estimates('SELECT y, probability, round(x)::text AS draw, round(x)::text AS stream FROM visit') AS same;
-- draws of streams of their own are independent; of a shared one they are not, and every domain says so that has units of them
SELECT method('SELECT y, 0.5 AS probability, y AS stream, y AS draw FROM three');
SELECT method('SELECT y, 0.5 AS probability, 7 AS stream, 1 + y % 3 AS draw FROM three');
SELECT domain, method FROM estimate($$SELECT i AS y, 0.5 AS probability, s AS stream, d AS draw, CASE d WHEN 'c' THEN 'apart' ELSE 'shared' END AS domain
                                      FROM generate_series(1, 3) AS i, (VALUES ('s', 'a'), ('s', 'b'), ('t', 'c')) AS v (s, d)$$);
-- a domain with units of one of them does not, though it has several strata of that
SELECT domain, method FROM estimate($$SELECT i AS y, 0.5 AS probability, i % 2 AS stratum, 's' AS stream, d AS draw, CASE WHEN d = 'a' AND i > 3 THEN 'a only' WHEN i < 3 THEN 'both' ELSE 'b only' END AS domain
                                      FROM generate_series(1, 5) AS i, unnest('{a,b}'::text[]) AS d WHERE d = 'b' OR i <> 3$$, 'total');
-- many strata of one draw share its stream by right
SELECT method('SELECT y, probability, stratum, ''s'' AS stream, 1 AS draw FROM visit');
-- a census says it, too
SELECT method('SELECT y, 1 AS probability, 7 AS stream, y AS draw FROM three');

--
-- Unbiased: over all samples of a design, the estimates of a total average to it,
-- and the estimated variances to the variance
--
CREATE TABLE register AS SELECT * FROM (VALUES (1, 'a', 3, 0.5), (2, 'a', 10, 0.25), (3, 'b', 4.5, 0.75), (4, 'b', -2, 0.625), (5, 'b', 8, 0.125), (6, 'a', 5, 1)) AS v (unit, domain, y, probability);
-- every sample and its chance; a sample without the domain estimates 0
CREATE FUNCTION expected(chances numeric[], probabilities numeric[], design text, OUT domain text, OUT total numeric, OUT variance numeric, OUT "estimated variance" numeric) RETURNS SETOF record LANGUAGE sql AS $$
WITH sample AS (
    SELECT s, chances[s + 1] AS chance, format('SELECT y, (%L::numeric[])[unit] AS probability, domain FROM estimate_test.register WHERE (%s >> (unit - 1)) & 1 = 1', probabilities, s) AS query
    FROM generate_series(1, 63) AS s WHERE chances[s + 1] > 0),
result AS (SELECT chance, e.domain, estimate::numeric, (se ^ 2)::numeric AS v FROM sample, estimate(query, 'total', 0.95, jsonb_build_object('design', design)) AS e)
SELECT domain, round(sum(chance * estimate), 10), round(sum(chance * estimate ^ 2) - sum(chance * estimate) ^ 2, 10), round(sum(chance * COALESCE(v, 0)), 10) FROM result GROUP BY domain ORDER BY domain
$$;
SELECT domain, sum(y) AS total, round(sum((1 - probability) / probability * y ^ 2), 10) AS variance FROM register GROUP BY ROLLUP (domain) ORDER BY domain;
-- poisson: each unit by itself
SELECT e.* FROM (SELECT array_agg((SELECT CASE WHEN bool_or(NOT drawn AND probability = 1) THEN 0 ELSE exp(sum(ln(CASE WHEN drawn THEN probability WHEN probability < 1 THEN 1 - probability END))) END
                                FROM (SELECT *, (s >> (unit - 1)) & 1 = 1 AS drawn FROM register) AS r) ORDER BY s) AS chances FROM generate_series(0, 63) AS s) AS c,
     expected(chances, '{0.5,0.25,0.75,0.625,0.125,1}', 'poisson') AS e;
-- three of six, all samples alike
SELECT domain, sum(inside * y) AS total, round(36 * 0.5 * var_samp(inside * y) / 3, 10) AS variance
FROM (SELECT g.domain, y, (g.domain = r.domain OR g.domain IS NULL)::int AS inside FROM register AS r, (VALUES ('a'), ('b'), (NULL)) AS g (domain)) AS b GROUP BY domain ORDER BY domain;
SELECT e.* FROM (SELECT array_agg(CASE WHEN bit_count(s::bit(6)) = 3 THEN 1 / 20.0 ELSE 0 END ORDER BY s) AS chances FROM generate_series(0, 63) AS s) AS c,
     unnest('{srs,pivotal}'::text[]) AS design, expected(chances, array_fill(0.5, ARRAY[6]), design) AS e;

--
-- From a draw: 30,000 enterprises, 200 of them drawn by risk
--
CREATE TABLE enterprise AS
    SELECT i AS uid, (ARRAY['A', 'B', 'C'])[1 + i % 3] AS stratum, (1 + i % 10)::numeric AS weight, i % 97 < i % 10 AS bad, 'd' || i % 4 AS district FROM generate_series(1, 30000) AS i;
SELECT round(avg(bad::int), 4) AS truth FROM enterprise;
SELECT domain, n, round(e.estimate::numeric, 4) AS estimate, round(low::numeric, 4) AS low, round(high::numeric, 4) AS high, df, method
FROM estimate($$SELECT bad AS y, d.probability, d.stratum, district AS domain FROM draw('TABLE enterprise', '{"A": 100, "B": 50, "C": {"n": 50, "reserve": 20}}', 'seed') AS d JOIN enterprise AS e ON e.uid::text = d.uid WHERE role <> 'reserve'$$, 'rate') AS e;

DROP SCHEMA estimate_test CASCADE;
