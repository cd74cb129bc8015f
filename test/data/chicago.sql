-- Real results, known of everybody: 12,367 food businesses of the City of
-- Chicago, each with the result of its latest inspection.  3 % are drawn by risk
-- :seeds times, and what their results say of all is compared with what is true.
-- Leaves a table chicago_report.
--
-- psql variables:
--   folder  where enterprises.csv and inspections.csv lie
--   seeds   draws of each design
--
-- Designs:
--   category   weights by the city's category: high 6, medium 3, low 1
--   record     weights by the inspection before the latest: failed 10, passed
--              with conditions 5, none before 2, passed 1
--   districts  the same weights, 3 % of each police district
CREATE TABLE enterprise (licence bigint PRIMARY KEY, name text, facility text, risk text, ward integer,
    police_district integer, zip text, latitude numeric, longitude numeric);
CREATE TABLE inspection (inspection_id bigint PRIMARY KEY, licence bigint, inspected_on date, kind text, result text,
    critical integer, serious integer, minor integer, inspector text);
\set file :folder /enterprises.csv
COPY enterprise FROM :'file' CSV HEADER;
\set file :folder /inspections.csv
COPY inspection FROM :'file' CSV HEADER;

CREATE TABLE firm AS
SELECT licence::text AS uid, coalesce(police_district::text, 'none') AS district,
    CASE risk WHEN 'high' THEN 6 WHEN 'medium' THEN 3 WHEN 'low' THEN 1 END AS category,
    CASE results[2] WHEN 'Fail' THEN 10 WHEN 'Pass w/ Conditions' THEN 5 WHEN 'Pass' THEN 1 ELSE 2 END AS record,
    (results[1] = 'Fail')::integer AS failed
FROM enterprise JOIN (SELECT licence, array_agg(result ORDER BY inspected_on DESC, inspection_id DESC) AS results
    FROM inspection GROUP BY licence) AS i USING (licence);
CREATE UNIQUE INDEX ON firm (uid);
CREATE TABLE design AS
SELECT 'category' AS design, 'SELECT uid, category AS weight FROM firm' AS frame, jsonb_build_object('all', ceil(count(*) * 0.03)) AS sizes FROM firm
UNION ALL
SELECT 'record', 'SELECT uid, record AS weight FROM firm', jsonb_build_object('all', ceil(count(*) * 0.03)) FROM firm
UNION ALL
SELECT 'districts', 'SELECT uid, district AS stratum, record AS weight FROM firm', jsonb_object_agg(district, n)
FROM (SELECT district, ceil(count(*) * 0.03) AS n FROM firm GROUP BY district) AS s;

CREATE TABLE drawn AS
SELECT d.design, d.seed, d.stratum, d.probability, f.failed
FROM (SELECT design, seed, s.uid, s.stratum, s.probability
    FROM design, generate_series(1, :seeds) AS seed, LATERAL fairdraw.draw(frame, sizes, 'seed ' || seed) AS s OFFSET 0) AS d
    JOIN firm f USING (uid);
CREATE INDEX ON drawn (design, seed);
VACUUM ANALYZE drawn;

CREATE TABLE estimated AS
SELECT d.design, d.seed, e.*
FROM (SELECT DISTINCT design, seed FROM drawn ORDER BY design, seed) AS d
    CROSS JOIN LATERAL fairdraw.estimate(
        format('SELECT failed AS y, probability, stratum FROM drawn WHERE (design, seed) = (%L, %s)', design, seed), 'rate') AS e;

-- The raw share, as if the drawn were a simple random sample: k of n.  The
-- interval of Clopper and Pearson holds the truth exactly if neither k or fewer
-- nor k or more is rarer than 2.5 %, so that no quantile is needed.
CREATE TABLE raw_holds AS
WITH RECURSIVE truth AS (
    SELECT avg(failed)::double precision AS share FROM firm
), binomial (n, share, k, p) AS (
    SELECT n, share, 0, (1 - share) ^ n FROM (SELECT DISTINCT n FROM estimated) AS sizes, truth
    UNION ALL
    SELECT n, share, k + 1, CASE WHEN p > 1e-250 THEN p * (n - k) / (k + 1) * share / (1 - share) ELSE 0 END FROM binomial WHERE k < n
), tails AS (
    SELECT n, k, sum(p) OVER (PARTITION BY n ORDER BY k) AS at_most, sum(p) OVER (PARTITION BY n ORDER BY k DESC) AS at_least FROM binomial
)
SELECT n, k, at_most > 0.025 AND at_least > 0.025 AS holds FROM tails;

CREATE TABLE chicago_report AS
SELECT design, e.n, count(*) AS draws, truth.share AS truth,
    avg((truth.share BETWEEN low AND high)::integer)::double precision AS holds,
    avg(h.holds::integer)::double precision AS raw_holds,
    avg(estimate) AS estimate, avg(r.k::double precision / e.n) AS raw_share,
    sqrt(avg(se ^ 2)) / stddev_pop(estimate) AS se_to_spread, avg(high - low) AS width
FROM estimated e
    JOIN (SELECT design, seed, count(*) AS n, sum(failed) AS k FROM drawn GROUP BY design, seed) AS r USING (design, seed)
    JOIN raw_holds h ON h.n = r.n AND h.k = r.k
    CROSS JOIN (SELECT avg(failed)::double precision AS share FROM firm) AS truth
GROUP BY design, e.n, truth.share ORDER BY design;
