-- How often 95 % intervals hold: a register in which every problem is known is
-- drawn from :seeds times, and what estimate() says of each sample is compared
-- with what is true of all.  Leaves a table interval_report.
--
-- psql variables:
--   seeds   draws of each size
--   shapes  kinds of registers, an array: classes, even, skewed
--
-- 8000 firms with risk weights from 1 to 10:
--   classes  1, 2, 5 and 10 for 50, 30, 15 and 5 % of them, as risk classes are
--   even     as many of each weight
--   skewed   46 % have weight 1, 3 % have weight 10, the others lie between
CREATE TABLE firm AS
SELECT shape, 'F' || lpad(i::text, 4, '0') AS uid,
    CASE shape
        WHEN 'classes' THEN (ARRAY[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 5, 5, 5, 10])[1 + i % 20]
        WHEN 'even' THEN 1 + i % 10
        WHEN 'skewed' THEN 1 + floor(10 * ((i % 1000 + 0.5) / 1000) ^ 3)::integer
    END AS weight
FROM unnest(:'shapes'::text[]) AS shape, generate_series(0, 7999) AS i;
CREATE INDEX ON firm (shape);
ANALYZE firm;

-- A problem in 1, 3 or 10 % of the firms, independent of the weight or in
-- proportion to it: who has it, is drawn, too, by a seed of its own.
CREATE TABLE scenario AS
SELECT row_number() OVER (ORDER BY prevalence, by_risk)::integer AS scenario, prevalence, by_risk
FROM (VALUES (0.01), (0.03), (0.10)) AS p (prevalence), (VALUES (false), (true)) AS r (by_risk);
CREATE TABLE problem AS
SELECT shape, scenario, d.uid
FROM unnest(:'shapes'::text[]) AS shape, scenario,
    LATERAL fairdraw.draw(format('SELECT uid, %s AS weight FROM firm WHERE shape = %L', CASE WHEN by_risk THEN 'weight' ELSE '1' END, shape),
        to_jsonb((8000 * prevalence)::integer), 'problems', 'scenario ' || scenario, 'pareto') AS d;
-- a firm's results, one a scenario
CREATE TABLE result AS
SELECT f.shape, f.uid, array_agg((p.uid IS NOT NULL)::integer::double precision ORDER BY s.scenario) AS y
FROM firm f CROSS JOIN scenario s LEFT JOIN problem p ON (p.shape, p.scenario, p.uid) = (f.shape, s.scenario, f.uid)
GROUP BY f.shape, f.uid;
CREATE UNIQUE INDEX ON result (shape, uid);
ANALYZE result;

-- each draw serves all scenarios
CREATE TABLE drawn AS
SELECT d.shape, d.n, d.seed, d.probability, r.y
FROM (SELECT shape, n, seed, s.uid, s.probability
    FROM unnest(:'shapes'::text[]) AS shape, (VALUES (100), (300), (1000)) AS sizes (n), generate_series(1, :seeds) AS seed,
        LATERAL fairdraw.draw(format('SELECT uid, weight FROM firm WHERE shape = %L', shape), to_jsonb(n), 'seed ' || seed, method => 'pareto') AS s
    OFFSET 0) AS d
    JOIN result r USING (shape, uid);
CREATE INDEX ON drawn (shape, n, seed);
VACUUM ANALYZE drawn;

-- A draw is a stratum and a domain of its own, so that one call estimates from
-- all draws of a size, each by itself; the row of them all is left out.
CREATE TABLE estimated AS
SELECT s.shape, s.n, e.domain::integer AS seed, c.scenario, c.prevalence, c.by_risk, how.what, how.interval, e.estimate, e.se, e.low, e.high
FROM (SELECT DISTINCT shape, n FROM drawn) AS s
    CROSS JOIN scenario AS c
    CROSS JOIN (VALUES ('rate', 'korn-graubard', '{}'::jsonb), ('rate', 'kish', '{"interval": "kish"}'),
        ('rate', 'wilson', '{"interval": "wilson"}'), ('total', 't', '{}')) AS how (what, interval, options)
    CROSS JOIN LATERAL fairdraw.estimate(
        format('SELECT y[%s] AS y, probability, seed::text AS stratum, seed::text AS domain FROM drawn WHERE (shape, n) = (%L, %s)', c.scenario, s.shape, s.n),
        how.what, 0.95, how.options || '{"design": "pareto"}') AS e
WHERE e.domain IS NOT NULL;

-- The raw share, as if visits were a simple random sample: k of n.  The interval
-- of Clopper and Pearson holds the truth exactly if neither k or fewer nor k or
-- more is rarer than 2.5 %, so that no quantile is needed.
CREATE TABLE raw_holds AS
WITH RECURSIVE binomial (n, prevalence, k, p) AS (
    SELECT n, prevalence, 0, (1 - prevalence::double precision) ^ n
    FROM (VALUES (100), (300), (1000)) AS sizes (n), (SELECT DISTINCT prevalence FROM scenario) AS s
    UNION ALL
    SELECT n, prevalence, k + 1, CASE WHEN p > 1e-250 THEN p * (n - k) / (k + 1) * (prevalence / (1 - prevalence))::double precision ELSE 0 END FROM binomial WHERE k < n
), tails AS (
    SELECT n, prevalence, k, sum(p) OVER (PARTITION BY n, prevalence ORDER BY k) AS at_most,
        sum(p) OVER (PARTITION BY n, prevalence ORDER BY k DESC) AS at_least
    FROM binomial
)
SELECT n, prevalence, k, at_most > 0.025 AND at_least > 0.025 AS holds FROM tails;
CREATE TABLE raw AS
SELECT shape, n, seed, scenario, k, holds
FROM (SELECT shape, n, seed, ARRAY[sum(y[1]), sum(y[2]), sum(y[3]), sum(y[4]), sum(y[5]), sum(y[6])]::integer[] AS found
    FROM drawn GROUP BY shape, n, seed) AS d
    CROSS JOIN scenario CROSS JOIN LATERAL (SELECT found[scenario] AS k) AS f
    JOIN raw_holds USING (n, prevalence, k);

-- Shares of the draws whose interval holds (one that cannot be told does not), the standard
-- error beside the spread of the estimates, and the mean width.
CREATE TABLE interval_report AS
WITH shares AS (
    SELECT shape, n, scenario, prevalence, by_risk, count(*) FILTER (WHERE interval = 'korn-graubard') AS draws,
        avg(holds) FILTER (WHERE interval = 'korn-graubard')::double precision AS korn_graubard,
        avg(holds) FILTER (WHERE interval = 'kish')::double precision AS kish,
        avg(holds) FILTER (WHERE interval = 'wilson')::double precision AS wilson,
        avg(holds) FILTER (WHERE interval = 't')::double precision AS total,
        avg(estimate) FILTER (WHERE interval = 'korn-graubard') AS estimate,
        sqrt(avg(se ^ 2) FILTER (WHERE interval = 'korn-graubard')) / stddev_pop(estimate) FILTER (WHERE interval = 'korn-graubard') AS se_to_spread,
        avg(high - low) FILTER (WHERE interval = 'korn-graubard') AS width,
        avg(high - low) FILTER (WHERE interval = 'kish') AS width_kish
    FROM (SELECT *, coalesce(prevalence * CASE what WHEN 'total' THEN 8000 ELSE 1 END BETWEEN low AND high, false)::integer AS holds FROM estimated) AS e
    GROUP BY shape, n, scenario, prevalence, by_risk
)
SELECT * FROM shares
    JOIN (SELECT shape, n, scenario, avg(holds::integer)::double precision AS raw, avg(k::double precision / n) AS raw_share
        FROM raw GROUP BY shape, n, scenario) AS r USING (shape, n, scenario)
ORDER BY shape, n, scenario;
