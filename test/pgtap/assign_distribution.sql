-- assign_draw(): inspectors come with the probabilities that assign_plan()
-- states, and what has to hold holds in every draw.  Seeds are fixed, so that
-- every run draws the same.  Wrong probabilities have to fail the same test.
BEGIN;
SET LOCAL client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS fairdraw;
SET LOCAL search_path = fairdraw, public;
SET LOCAL work_mem = '64MB';
SET LOCAL jit = off;

SELECT plan(40);

--
-- Seven instances, 15000 draws of each
--
CREATE TEMP TABLE inspector AS
    SELECT instance, i AS inspector, max_load,
           array_remove(ARRAY[CASE WHEN i % 3 = 0 THEN 'lead' END, CASE WHEN i % 3 < 2 THEN 'senior' ELSE 'junior' END], NULL) AS groups,
           CASE WHEN instance = 'families' AND i <= 6 THEN i % 3 END AS family
    FROM unnest('{even,crews,families,bounds,capped,coarse,narrow}'::text[]) AS instance, generate_series(1, 12) AS i,
         LATERAL (SELECT CASE WHEN instance = 'bounds' THEN 1 + i % 4 ELSE 18 END AS max_load) AS m;
CREATE TEMP TABLE pair AS
    SELECT s.instance, v AS visit, i AS inspector
    FROM (VALUES ('even', 2), ('crews', 3), ('families', 2), ('bounds', 4), ('capped', 4), ('coarse', 2), ('narrow', 3)) AS c (instance, c),
         generate_series(1, 18) AS v, LATERAL (SELECT instance, inspector AS i FROM inspector WHERE inspector.instance = c.instance) AS s
    WHERE CASE s.instance WHEN 'narrow' THEN (v * i + i * i) % 11 < 3 OR (v + i) % 12 = 1 ELSE (v * (i + c) + i * i + (v % 3) * i) % 11 < 7 END;
CREATE TEMP TABLE pool AS SELECT instance, visit, array_agg(inspector) AS inspectors FROM pair GROUP BY instance, visit;
CREATE TEMP TABLE query AS
    SELECT instance, need, options::jsonb,
           format('SELECT visit, %s AS need FROM pool WHERE instance = %L', need, instance) AS visits,
           format('SELECT inspector, max_load, family::text AS exclusion_group, groups FROM inspector WHERE instance = %L', instance) AS staff,
           format('SELECT visit, inspectors FROM pool WHERE instance = %L', instance) AS eligible
    FROM (VALUES ('even', 2, '{}'),
                 ('crews', 2, '{"balance": "cap", "groups": {"lead": {"max": 1}, "senior": {"min": 1}}}'),
                 ('families', 2, '{"groups": {"junior": {"max": 1}}}'),
                 ('bounds', 1, '{"balance": "cap", "evenness": "3/4"}'),
                 ('capped', 1, '{"max_pair_prob": 0.3, "evenness": 0}'),
                 ('coarse', 2, '{"precision_bits": 3}'),
                 ('narrow', 1, '{"load_slack": 0}')) AS q (instance, need, options);
CREATE TEMP TABLE pair_plan AS
    SELECT instance, need, visit::int2, inspector::int2, numerator, denominator FROM query, assign_plan(visits, staff, eligible, options);
CREATE TEMP TABLE drawn AS
    SELECT instance, seed, visit::int2, inspector::int2
    FROM query, generate_series(1, 15000) AS seed, assign_draw(visits, staff, eligible, 'seed ' || seed, options);
CREATE TEMP TABLE load AS SELECT instance, seed, inspector, count(*) FROM drawn GROUP BY 1, 2, 3;
CREATE INDEX ON load (instance, inspector);
ANALYZE;

SELECT cmp_ok((SELECT count(*) FROM pair_plan WHERE numerator > 0 AND numerator < denominator), '>=', 700::bigint, 'there are many pairs that are drawn or not');
SELECT cmp_ok((SELECT count(*) FROM (SELECT DISTINCT instance, seed FROM drawn) AS d), '>=', 100000::bigint, 'and many draws');

--
-- Probabilities
--
CREATE TEMP TABLE frequency AS
    SELECT instance, visit, inspector, need, numerator, denominator, coalesce(count, 0) AS count, 15000 AS draws
    FROM pair_plan LEFT JOIN (SELECT instance, visit, inspector, count(*) FROM drawn GROUP BY 1, 2, 3) AS d USING (instance, visit, inspector);
SELECT is((SELECT count(*) FROM drawn AS d LEFT JOIN pair_plan AS p USING (instance, visit, inspector) WHERE p.numerator IS NULL OR p.numerator = 0), 0::bigint,
          'nobody is drawn who is not eligible, or has probability 0');
SELECT is((SELECT count(*) FROM frequency WHERE numerator = denominator AND count <> draws), 0::bigint, 'who has probability 1 is drawn always');

-- how far the frequencies are from a probability that is claimed
CREATE FUNCTION pg_temp.distance(claimed text, only_instance text DEFAULT NULL, OUT largest numeric, OUT mean_square numeric) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('
        SELECT round(max(abs(z))::numeric, 2), round(avg(z ^ 2)::numeric, 3)
        FROM (SELECT (count - draws * p) / sqrt(draws * p * (1 - p)) AS z
              FROM (SELECT *, (%s)::float8 AS p FROM frequency) AS f WHERE p > 0 AND p < 1 AND instance = coalesce(%L, instance)) AS z', claimed, only_instance) INTO largest, mean_square;
END
$$;
SELECT ok(largest < 5, format('%s: every pair comes with its probability (largest |z| %s)', instance, largest))
FROM query, pg_temp.distance('numerator / denominator::float8', instance) ORDER BY instance;
SELECT ok(mean_square BETWEEN 0.9 AND 1.1, format('and all of them together do, nor do they fit too well (mean z² %s)', mean_square))
FROM pg_temp.distance('numerator / denominator::float8');

-- the power of the test
SELECT ok(largest > 5 AND mean_square > 1.2, format('%s would be noticed (largest |z| %s, mean z² %s)', what, largest, mean_square))
FROM (VALUES (1, 'everybody alike at a visit', 'need::float8 / count(*) OVER (PARTITION BY instance, visit)'),
             (2, 'probabilities of another visit', 'lead(numerator / denominator::float8, 1, 0.5) OVER (PARTITION BY instance, inspector ORDER BY visit)'),
             (3, 'one part in thirty more for some, less for others', 'least(numerator / denominator::float8 * CASE inspector % 2 WHEN 0 THEN 30 / 31.0 ELSE 31 / 30.0 END, 0.999)')) AS w (i, what, claimed),
     pg_temp.distance(claimed) ORDER BY i;
SELECT cmp_ok(largest, '>', 5::numeric, format('a single probability that is 0.03 too large would be noticed (|z| %s)', largest))
FROM pg_temp.distance('CASE WHEN instance = ''even'' AND visit = 5 AND inspector = (SELECT min(inspector) FROM frequency WHERE instance = ''even'' AND visit = 5) THEN numerator / denominator::float8 + 0.03 ELSE 0 END', 'even');

--
-- What holds in every draw
--
SELECT ok(bool_and(count = 18 * need), format('%s: no place is left empty in any draw', instance))
FROM (SELECT instance, seed, count(*) FROM drawn GROUP BY 1, 2) AS d JOIN query USING (instance) GROUP BY instance ORDER BY instance;
SELECT is((SELECT count(*) FROM (SELECT instance, seed, visit, count(*) FROM drawn GROUP BY 1, 2, 3) AS d JOIN query USING (instance) WHERE count <> need), 0::bigint,
          'and every visit has as many inspectors as it needs');
SELECT ok(bool_and(right_loads AND (expected < 1 OR draws = 15000)), format('%s: loads are the expected ones, rounded down or up', instance))
FROM (SELECT instance, inspector, sum(numerator) / denominator AS expected FROM pair_plan GROUP BY instance, inspector, denominator) AS e,
     LATERAL (SELECT coalesce(bool_and(count BETWEEN floor(expected) AND ceil(expected)), true) AS right_loads, count(*) AS draws
              FROM load WHERE (load.instance, load.inspector) = (e.instance, e.inspector)) AS l
GROUP BY instance ORDER BY instance;
SELECT is((SELECT count(*) FROM load JOIN inspector USING (instance, inspector) WHERE count > max_load), 0::bigint, 'nobody does more than his largest load');
SELECT is((SELECT array_agg(DISTINCT (leads, seniors) ORDER BY (leads, seniors))::text
           FROM (SELECT count(*) FILTER (WHERE 'lead' = ANY (groups)) AS leads, count(*) FILTER (WHERE 'senior' = ANY (groups)) AS seniors
                 FROM drawn JOIN inspector USING (instance, inspector) WHERE instance = 'crews' GROUP BY seed, visit) AS t),
          '{"(0,1)","(0,2)","(1,1)","(1,2)"}', 'crews: all teams have at most one lead and at least one senior, and all such teams occur');
SELECT is((SELECT max(count) FROM (SELECT count(*) FROM drawn JOIN inspector USING (instance, inspector) WHERE family IS NOT NULL GROUP BY seed, visit, family) AS f), 1::bigint,
          'families: no two of a family are on a team');
SELECT is((SELECT max(count) FROM (SELECT count(*) FROM drawn JOIN inspector USING (instance, inspector) WHERE instance = 'families' AND 'junior' = ANY (groups) GROUP BY seed, visit) AS f), 1::bigint,
          'families: nor two juniors');

--
-- The law of whole assignments: what is independent is so, and nothing more is correlated than has to be
--
-- two rings of four that share nobody: four outcomes, alike
CREATE TEMP TABLE rings AS
    SELECT left_ring || right_ring AS outcome, count(*)
    FROM (SELECT max(inspector) FILTER (WHERE visit = 'a1') AS left_ring, max(inspector) FILTER (WHERE visit = 'b1') AS right_ring
          FROM generate_series(1, 20000) AS seed,
               assign_draw('SELECT r || k AS visit, 1 AS need FROM unnest(''{a,b}''::text[]) AS r, generate_series(1, 4) AS k', 'SELECT r || k AS inspector FROM unnest(''{a,b}''::text[]) AS r, generate_series(1, 4) AS k',
                           'SELECT r || k AS visit, r || (k + d) % 4 + 1 AS inspector FROM unnest(''{a,b}''::text[]) AS r, generate_series(1, 4) AS k, generate_series(0, 1) AS d', 'seed ' || seed)
          GROUP BY seed) AS d
    GROUP BY 1;
SELECT is((SELECT array_agg(outcome ORDER BY outcome) FROM rings), '{a2b2,a2b3,a3b2,a3b3}', 'two rings that share nobody have all four outcomes');
SELECT cmp_ok((SELECT sum((count - 5000) ^ 2 / 5000) FROM rings), '<', 16.27::double precision, 'which are alike (chi-square, 3 df, once in a thousand times above)');
-- two labels of one seed
CREATE TEMP TABLE labels AS
    SELECT one || other AS outcome, count(*)
    FROM generate_series(1, 20000) AS seed,
         LATERAL (SELECT inspector AS one FROM assign_draw('SELECT 1 AS visit, 1 AS need', 'SELECT 1 AS inspector UNION SELECT 2', 'SELECT 1 AS visit, 1 AS inspector UNION SELECT 1, 2', 'seed ' || seed, label => 'one')) AS a,
         LATERAL (SELECT inspector AS other FROM assign_draw('SELECT 1 AS visit, 1 AS need', 'SELECT 1 AS inspector UNION SELECT 2', 'SELECT 1 AS visit, 1 AS inspector UNION SELECT 1, 2', 'seed ' || seed, label => 'other')) AS b
    GROUP BY 1;
SELECT cmp_ok((SELECT sum((count - 5000) ^ 2 / 5000) FROM labels), '<', 16.27::double precision, 'draws of two labels are independent of each other');
-- five visits with two places, six inspectors with much room
CREATE TEMP TABLE loose AS
    SELECT v AS visit, i AS inspector FROM generate_series(1, 5) AS v, generate_series(1, 6) AS i WHERE (v * i + i) % 7 < 5;
CREATE TEMP TABLE outcome AS
    SELECT teams, count(*)
    FROM (SELECT seed, string_agg(inspector, '' ORDER BY visit, slot) AS teams
          FROM generate_series(1, 40000) AS seed, assign_draw('SELECT DISTINCT visit FROM loose', 'SELECT i AS inspector, 3 AS max_load FROM generate_series(1, 6) AS i', 'TABLE loose', 'seed ' || seed, '{"balance": "cap", "evenness": 0}')
          GROUP BY seed) AS d
    GROUP BY teams;
SELECT is((SELECT sum(count) FROM outcome), 40000::numeric, 'a loose assignment was drawn 40000 times');
SELECT cmp_ok(round(entropy, 2), '>=', 8.00, format('the entropy of the whole assignment is 8.05 bits, as when this was written (%s)', round(entropy, 3)))
FROM (SELECT -sum(count / 40000.0 * log(2, count / 40000.0)) AS entropy FROM outcome) AS e;

SELECT * FROM finish();
ROLLBACK;
